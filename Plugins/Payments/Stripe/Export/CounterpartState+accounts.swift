import ProviderKit
import Vocabulary

// Sellers' accounts, what is transferred to them and what is taken back.
extension CounterpartState {
    struct Account: Sendable {
        let id: String
        let marks: CounterpartJSON
        let sellerID: String?
        let created: Int64
    }

    struct Reversal: Sendable {
        let id: String
        let transfer: String
        let amount: Int64
        let currency: String
        let marks: CounterpartJSON
        let reversalID: String?
        let created: Int64
    }

    /// The account that is ready from the beginning.
    static let readyAccount = "acct_conformance"

    mutating func openAccount(_ form: CounterpartForm, _ now: Int64) -> CounterpartJSON {
        let account = Account(
            id: next("acct"), marks: form.marks("metadata"),
            sellerID: form["metadata[guildhall_seller]"], created: now)
        accounts.append(account)
        tell("account.updated", body(account))
        return body(account)
    }

    mutating func transfer(
        _ form: CounterpartForm, _ now: Int64
    ) throws(StripeNo) -> CounterpartJSON {
        guard form["destination"] == Self.readyAccount else {
            throw StripeNo(404, "resource_missing")
        }
        let amount = try Self.units(form, "amount")
        if let charge = form["source_transaction"] {
            let source = payments.first { "ch_of_\($0.id)" == charge }
            guard let source, source.status == "succeeded", amount <= source.received else {
                throw StripeNo(400, "source_transaction_invalid")
            }
        }
        let transfer = Transfer(
            id: next("tr"), amount: amount, currency: form["currency"] ?? "",
            marks: form.marks("metadata"), payoutID: form["metadata[guildhall_payout]"],
            destination: Self.readyAccount, created: now)
        transfers.append(transfer)
        movements.append(
            Movement(
                id: next("txn"), type: "transfer", amount: -transfer.amount,
                currency: transfer.currency, source: body(transfer), created: now))
        tell("transfer.created", body(transfer))
        return body(transfer)
    }

    mutating func reverse(
        _ id: String, _ form: CounterpartForm, _ now: Int64
    ) throws(StripeNo) -> CounterpartJSON {
        guard let transfer = transfers.first(where: { $0.id == id }) else {
            throw StripeNo(404, "resource_missing")
        }
        let amount = try Self.units(form, "amount")
        guard amount <= transfer.amount - reversed(of: id) else {
            throw StripeNo(400, "amount_too_large")
        }
        let reversal = Reversal(
            id: next("trr"), transfer: id, amount: amount, currency: transfer.currency,
            marks: form.marks("metadata"), reversalID: form["metadata[guildhall_reversal]"],
            created: now)
        reversals.append(reversal)
        movements.append(
            Movement(
                id: next("txn"), type: "transfer_refund", amount: amount,
                currency: transfer.currency, source: body(reversal), created: now))
        tell("transfer.reversed", body(transfer))
        return body(reversal)
    }

    private func reversed(of transfer: String) -> Int64 {
        reversals.reduce(0) { $0 + ($1.transfer == transfer ? $1.amount : 0) }
    }

    func body(_ account: Account) -> CounterpartJSON {
        [
            "id": .text(account.id), "object": "account", "payouts_enabled": false,
            "details_submitted": false, "capabilities": ["transfers": "inactive"],
            "requirements": [
                "currently_due": ["external_account"], "past_due": [], "disabled_reason": .null,
            ],
            "metadata": account.marks, "created": .number(account.created),
        ]
    }

    func body(_ transfer: Transfer) -> CounterpartJSON {
        [
            "id": .text(transfer.id), "object": "transfer", "amount": .number(transfer.amount),
            "amount_reversed": .number(reversed(of: transfer.id)),
            "currency": .text(transfer.currency), "destination": .text(transfer.destination),
            "metadata": transfer.marks, "created": .number(transfer.created),
        ]
    }

    func body(_ reversal: Reversal) -> CounterpartJSON {
        [
            "id": .text(reversal.id), "object": "transfer_reversal",
            "amount": .number(reversal.amount), "currency": .text(reversal.currency),
            "transfer": .text(reversal.transfer), "metadata": reversal.marks,
            "created": .number(reversal.created),
        ]
    }

    var transferred: [PayoutSnapshot] {
        transfers.compactMap { transfer in
            Self.money(transfer.amount, transfer.currency).map {
                PayoutSnapshot(
                    reference: transfer.id, payoutID: transfer.payoutID, status: .succeeded,
                    amount: $0, version: 1)
            }
        }
    }
}

extension StripeCounterpart: CounterpartWithAccounts {
    var connectedAccount: String { CounterpartState.readyAccount }

    var accounts: [ConnectedAccount] {
        state.withLock { state in
            state.accounts.map {
                ConnectedAccount(
                    reference: $0.id, sellerID: $0.sellerID, isReady: false, isSubmitted: false,
                    asOf: Instant(secondsSince1970: $0.created))
            }
        }
    }

    var transfers: [PayoutSnapshot] { state.withLock { $0.transferred } }

    var reversals: [ReversalSnapshot] {
        state.withLock { state in
            state.reversals.compactMap { reversal in
                CounterpartState.money(reversal.amount, reversal.currency).map {
                    ReversalSnapshot(
                        reference: reversal.id, transfer: reversal.transfer,
                        reversalID: reversal.reversalID, amount: $0)
                }
            }
        }
    }
}
