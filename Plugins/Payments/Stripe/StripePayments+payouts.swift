public import ProviderKit
import Vocabulary

extension StripePayments {
    /// Transfers to the seller's connected account, which is `destination.account`.
    public func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        try await transfer(
            AccountTransfer(
                transferID: request.payoutID, account: request.destination.account,
                amount: request.amount, statement: request.statement), context)
    }

    public func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? {
        switch key {
        case .reference(let reference):
            return try await stripe.find(
                TransferBody.self, "/v1/transfers/\(try Self.path(reference))", context
            )?.snapshot()
        case .idempotencyKey(let key):
            return try await stripe.made(
                TransferBody.self, "/v1/transfers", by: key, now: now(), context
            )?.snapshot()
        }
    }

    public func transfer(
        _ request: AccountTransfer, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        guard request.account.hasPrefix("acct_") else {
            throw .invalidRequest(
                code: "account", message: "The seller has no account at Stripe yet.")
        }
        let units = try StripeAmount.units(request.amount)
        var form = StripeForm()
        form.set("amount", units)
        form.set("currency", request.amount.currency.code.lowercased())
        form.set("destination", request.account)
        if let payment = request.payment {
            // The group of the charge is taken over.
            form.set("source_transaction", try await charge(of: payment, context))
        } else {
            try await checkBalance(units, request.amount.currency, context)
            form.set("transfer_group", Self.group(request.transferID))
        }
        form.set("description", request.statement.isEmpty ? nil : request.statement)
        form.set("metadata[guildhall_payout]", request.transferID)
        form.set(StripeMark.key, StripeMark.key(context.idempotencyKey))
        return try await stripe.post(
            TransferBody.self, "/v1/transfers", form, "transfer", context
        ) { () throws(ProviderError) in
            try await stripe.made(
                TransferBody.self, "/v1/transfers", by: context.idempotencyKey, now: now(),
                context)
        }.snapshot()
    }

    public func reverse(
        _ request: TransferReversal, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot {
        let units = try StripeAmount.units(request.amount)
        try await checkAccount(of: request.transfer, units, context)
        var form = StripeForm()
        form.set("amount", units)
        form.set("metadata[guildhall_reversal]", request.reversalID)
        form.set(StripeMark.key, StripeMark.key(context.idempotencyKey))
        let path = "/v1/transfers/\(try Self.path(request.transfer))/reversals"
        return try await stripe.post(ReversalBody.self, path, form, "reverse", context) {
            () throws(ProviderError) in
            try await reversal(by: context.idempotencyKey, of: request.transfer, context)
        }.snapshot(of: request.transfer)
    }

    public func lookupReversal(
        _ key: ProviderLookup, of transfer: String, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot? {
        switch key {
        case .reference(let reference):
            let path =
                "/v1/transfers/\(try Self.path(transfer))/reversals/\(try Self.path(reference))"
            return try await stripe.find(ReversalBody.self, path, context)?.snapshot(of: transfer)
        case .idempotencyKey(let key):
            return try await reversal(by: key, of: transfer, context)?.snapshot(of: transfer)
        }
    }

    /// Asked before, because Stripe would keep a refusal under the key for a day. What was reversed
    /// under this key already needs nothing of the account any more.
    /// - Throws: `declined` when the seller's account has not so much.
    private func checkAccount(
        of transfer: String, _ units: Int64, _ context: OperationContext
    ) async throws(ProviderError) {
        let path = "/v1/transfers/\(try Self.path(transfer))"
        let body = try await stripe.get(TransferBody.self, path, context)
        guard let account = body.destination, body.amountReversed == 0 else { return }
        let balance = try await stripe.get(
            StripeBalance.self, "/v1/balance", account: account, context)
        guard balance.available(in: body.currency) >= units else {
            throw .declined(
                code: "balance_insufficient",
                message: "The seller's account at Stripe has not so much: it was paid on to the "
                    + "seller's bank, or is not available yet.", mayRetry: true)
        }
    }

    /// A transfer is reversed a few times at most, so its whole list is read.
    private func reversal(
        by key: String, of transfer: String, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalBody? {
        let mark = StripeMark.key(key)
        var last: String?
        for _ in 0..<StripeClient.pagesMax {
            var query = StripeForm()
            query.set("limit", 100)
            query.set("starting_after", last)
            let page = try await stripe.get(
                ListBody<ReversalBody>.self, "/v1/transfers/\(try Self.path(transfer))/reversals",
                by: query, context)
            if let found = page.data.first(where: { $0.metadata?.guildhallKey == mark }) {
                return found
            }
            guard page.hasMore, let end = page.data.last else { return nil }
            last = end.id
        }
        throw .unavailable(message: "The transfer has too many reversals.", retryAfterSeconds: nil)
    }

    private func charge(
        of payment: String, _ context: OperationContext
    ) async throws(ProviderError) -> String {
        guard let intent = try await self.payment(payment, context)?.intent,
            let charge = intent.latestCharge
        else {
            throw .invalidRequest(code: "payment_missing", message: "Nothing was paid yet.")
        }
        switch charge {
        case .id(let id): return id
        case .object(let body): return body.id
        }
    }

    /// Asked before, because Stripe would keep a refusal under the key for a day.
    /// - Throws: `unavailable` while the money is still on its way into the platform's balance.
    private func checkBalance(
        _ units: Int64, _ currency: Currency, _ context: OperationContext
    ) async throws(ProviderError) {
        let balance = try await stripe.get(StripeBalance.self, "/v1/balance", context)
        guard balance.available(in: currency.code.lowercased()) >= units else {
            throw .unavailable(
                message: "Not enough of the balance at Stripe is available yet.",
                retryAfterSeconds: 3600)
        }
    }
}
