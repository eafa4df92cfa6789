import Kernel
import Vocabulary
import Web

enum BankPayoutOrderPages {
    static func show(_ payable: PayableAccount, mayDo: Bool) -> DeskPage {
        let account = payable.account
        let rows = payable.orders.map { order in
            [
                .time(order.requestedAt), .money(order.amount), order.state.rawValue.stateCell,
                Cell(data: order.reason), Cell(data: order.reference ?? ""),
                Cell(data: order.failure ?? ""), .time(order.settledAt),
            ] as [Cell]
        }
        return DeskPage(
            "Account of \(payable.sellerName) at \(payable.providerName)",
            lead: """
                What lies there is the seller's; the market owes nothing of it any more. Where the \
                account does not pay out by itself, somebody has to ask for it.
                """,
            [
                Block(
                    facts: facts(payable),
                    forms: mayDo && payable.refusal == nil
                        ? (payable.funds?.available ?? []).map { form(account.id, $0) } : []),
                Block(
                    "Asked for",
                    table: Table(
                        ["Asked", "Amount#", "State", "Why", "Reference", "Refused", "Settled"],
                        rows), nothing: "Nothing was asked for."),
            ])
    }

    private static func facts(_ payable: PayableAccount) -> [Fact] {
        let account = payable.account
        var facts = [
            Fact("Seller", data: payable.sellerName, to: "/sellers/\(account.seller)/payouts"),
            Fact("Provider", data: payable.providerName, to: "/providers/\(account.instance)"),
            Fact("Reference", data: account.reference ?? "—"),
        ]
        if let funds = payable.funds {
            facts.append(
                Fact(
                    "Pays out",
                    funds.isManual ? "when it is asked for" : "by itself, by its schedule"))
            let sums = funds.available.map { Format.money($0) }.joined(separator: ", ")
            facts.append(Fact("Could go to the bank now", data: sums.isEmpty ? "—" : sums))
        }
        if let refusal = payable.refusal {
            facts.append(
                Fact(
                    "Nothing can be asked for", data: localized(sentence: refusal.explanation)))
        }
        return facts
    }

    private static func form(_ account: ID<PayoutAccount>, _ available: Money) -> DeskForm {
        .dangerous(
            "Send \(available.currency.code) to the bank",
            to: "/payout-accounts/\(account)/bank-payouts",
            hint: """
                The provider sends it to the seller's bank account at once. It cannot be called \
                back here; what the bank does not take comes back into the account.
                """,
            [
                .amount(
                    "amount.amount", "How much, in \(available.currency)", in: "amount.currency",
                    available),
                .hidden("amount.currency", available.currency.code),
            ])
    }

    /// What stands on the page of a seller's payouts: the accounts that can be asked to pay out.
    static func accounts(
        of seller: ID<Seller>, _ marketplace: Marketplace
    ) async throws -> [Block] {
        var rows: [[Cell]] = []
        for account in try await marketplace.payableAccounts(of: seller) {
            let provider = try await marketplace.providerInstance(account.instance)
            rows.append([
                Cell(data: provider.name, to: "/payout-accounts/\(account.id)"),
                Cell(data: account.reference ?? ""),
                account.isReady ? Cell("ready", .good) : Cell("not ready", .waiting),
            ])
        }
        guard !rows.isEmpty else { return [] }
        return [
            Block("Accounts at providers", table: Table(["Provider", "Reference", "State"], rows))
        ]
    }
}
