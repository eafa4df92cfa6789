import ProviderKit
import Vocabulary

extension SolanaPay {
    /// A page of a reference's transactions, as nodes give at most.
    static let signaturesMax = 1000
    /// Anybody may put a reference into a transaction of their own. So many are read, the oldest
    /// first; what comes after them a person has to look at.
    static let transactionsMax = 40
    /// And so many of all parts of one payment, since a snapshot tells no more.
    static let receiptsMax = 100

    /// How the payment stands on the chain. By the key of the start there is nothing to find: a
    /// start whose answer was lost showed its request to nobody.
    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        guard case .reference(let text) = key else { return nil }
        guard let bill = PaymentBill(text) else { return nil }
        let version = Self.version(now())
        var receipts: [[Receipt]] = []
        for part in bill.parts {
            receipts.append(
                try await self.receipts(
                    of: part,
                    limit: min(Self.transactionsMax, Self.receiptsMax / bill.parts.count),
                    context))
        }
        return bill.snapshot(receipts, version: version)
    }

    /// Nobody can be kept from paying later; but when the money is there, it is said.
    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        guard var snapshot = try await lookup(.reference(reference), context) else {
            throw .invalidRequest(code: "reference", message: "There is no such payment.")
        }
        if snapshot.status == .requiresAction { snapshot.status = .voided }
        return snapshot
    }

    private func receipts(
        of part: PaymentBill.Part, limit: Int, _ context: OperationContext
    ) async throws(ProviderError) -> [Receipt] {
        let request = part.request
        var candidates: [SignatureBody] = []
        var before: String?
        var crowd = 0
        // The oldest come last, and they count first.
        repeat {
            let page = try await chain.signatures(
                naming: request.reference, before: before, limit: Self.signaturesMax, context)
            let succeeded = page.filter { $0.err == nil }
            crowd += succeeded.count
            candidates = Array((candidates + succeeded).suffix(limit))
            before = page.count == Self.signaturesMax ? page.last?.signature : nil
        } while before != nil
        if crowd > limit {
            // Somebody spams the reference, or a customer pays in very many parts.
            log(
                "solana-pay.reference-crowded",
                [
                    "reference": "\(request.reference)", "transactions": "\(crowd)",
                    "read": "\(limit)",
                ])
        }
        var found: [Receipt] = []
        var signatures: [String] = []
        for candidate in candidates.reversed() {
            guard let body = try await chain.transaction(candidate.signature, context),
                let transaction = ChainTransaction(body),
                let credit = transaction.credit(for: request),
                let amount = Int64(exactly: credit.amount), amount <= Money.amountMax
            else { continue }
            signatures.append(candidate.signature)
            found.append(
                Receipt(
                    id: "\(candidate.signature)#\(credit.index)",
                    amount: Money(amount, request.amount.currency),
                    at: transaction.blockTime.map { Instant(secondsSince1970: $0) } ?? now(),
                    isFinal: false, orderID: part.order))
        }
        guard !found.isEmpty else { return [] }
        // Asked apart: a node may list what another fork has.
        let statuses = try await chain.statuses(of: signatures, context)
        return zip(found, statuses).compactMap { receipt, status in
            guard let status, status.err == nil else { return nil }
            var receipt = receipt
            receipt.isFinal = status.isFinal
            return receipt
        }
    }
}

// What a chain cannot do: nothing is reserved, and only the seller can give back.
extension SolanaPay {
    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw .unsupported(operation: "capture") }

    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot { throw .unsupported(operation: "refunds") }

    public func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? { nil }

    public func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        throw .signatureInvalid
    }

    public func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] { [] }
}
