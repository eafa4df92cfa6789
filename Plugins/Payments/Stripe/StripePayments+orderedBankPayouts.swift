public import ProviderKit
import Vocabulary

extension StripePayments {
    /// Sellers' accounts pay out by Stripe's schedule, unless theirs was made manual.
    public func funds(
        of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> AccountFunds {
        let body = try await stripe.get(
            ScheduledAccountBody.self, "/v1/accounts/\(try Self.path(account))", context)
        let balance = try await stripe.get(
            StripeBalance.self, "/v1/balance", account: account, context)
        return AccountFunds(
            account: account, isManual: body.settings?.payouts?.schedule?.interval == "manual",
            available: balance.available.compactMap { part in
                StripeAmount.money(part.amount, part.currency).flatMap { $0.isPositive ? $0 : nil }
            })
    }

    public func payOut(
        _ request: BankPayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot {
        let account = try Self.path(request.account)
        var form = StripeForm()
        form.set("amount", try StripeAmount.units(request.amount))
        form.set("currency", request.amount.currency.code.lowercased())
        form.set("metadata[guildhall_payout]", request.orderID)
        form.set(StripeMark.key, StripeMark.key(context.idempotencyKey))
        // Whoever wants more than there is asks anew, under another key.
        let body = try await stripe.post(
            BankPayoutBody.self, "/v1/payouts", form, "bank", account: account,
            final: ["balance_insufficient"], context
        ) { () throws(ProviderError) in
            try await made(by: context.idempotencyKey, in: account, context)
        }
        guard let snapshot = body.snapshot(of: account) else {
            throw .ambiguous(message: "The payout is \(body.status.prefix(40)).")
        }
        return snapshot
    }

    public func lookupBankPayout(
        _ key: ProviderLookup, of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot? {
        let account = try Self.path(account)
        let found: BankPayoutBody? =
            switch key {
            case .reference(let reference): try await payout(reference, in: account, context)
            case .idempotencyKey(let key): try await made(by: key, in: account, context)
            }
        guard let found else { return nil }
        guard let snapshot = found.snapshot(of: account) else {
            throw .unavailable(
                message: "The payout is \(found.status.prefix(40)).", retryAfterSeconds: nil)
        }
        return snapshot
    }

    public func original(
        of reference: String, in account: String, _ context: OperationContext
    ) async throws(ProviderError) -> String? {
        try await payout(reference, in: try Self.path(account), context)?.originalPayout?.id
    }

    private func payout(
        _ reference: String, in account: String, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutBody? {
        try await stripe.find(
            BankPayoutBody.self, "/v1/payouts/\(try Self.path(reference))", account: account,
            context)
    }

    private func made(
        by key: String, in account: String, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutBody? {
        try await stripe.made(
            BankPayoutBody.self, "/v1/payouts", by: key, now: now(), account: account, context)
    }
}

/// As far as it says when an account pays out.
private struct ScheduledAccountBody: Decodable, Sendable {
    struct Settings: Decodable, Sendable { let payouts: Payouts? }
    struct Payouts: Decodable, Sendable { let schedule: Schedule? }
    struct Schedule: Decodable, Sendable { let interval: String? }

    let settings: Settings?
}
