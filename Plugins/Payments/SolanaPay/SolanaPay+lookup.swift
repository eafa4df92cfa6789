import ProviderKit
import Vocabulary

extension SolanaPay {
    /// A page of a reference's transactions, as nodes give at most.
    static let signaturesMax = 1000
    /// Anybody may put a reference into a transaction of their own. So many are read, the oldest
    /// first; what comes after them a person has to look at.
    static let transactionsMax = 40

    /// How the payment stands on the chain. By the key of the start there is nothing to find: a
    /// start whose answer was lost showed its request to nobody.
    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        guard case .reference(let text) = key else { return nil }
        guard let request = TransferRequest(text) else { return nil }
        let version = Self.version(now())
        let receipts = try await receipts(of: request, context)
        return request.snapshot(receipts, version: version)
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
        of request: TransferRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [Receipt] {
        var candidates: [SignatureBody] = []
        var before: String?
        var crowd = 0
        // The oldest come last, and they count first.
        repeat {
            let page = try await chain.signatures(
                naming: request.reference, before: before, limit: Self.signaturesMax, context)
            let succeeded = page.filter { $0.err == nil }
            crowd += succeeded.count
            candidates = Array((candidates + succeeded).suffix(Self.transactionsMax))
            before = page.count == Self.signaturesMax ? page.last?.signature : nil
        } while before != nil
        if crowd > Self.transactionsMax {
            // Somebody spams the reference, or a customer pays in very many parts.
            log(
                "solana-pay.reference-crowded",
                [
                    "reference": "\(request.reference)", "transactions": "\(crowd)",
                    "read": "\(Self.transactionsMax)",
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
                    isFinal: false))
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

extension TransferRequest {
    /// How the payment stands when this is all that came: `confirmed` is told, `finalized` counts.
    func snapshot(
        _ receipts: [Receipt], paymentID: String? = nil, version: Int64
    ) -> PaymentSnapshot {
        let final = Self.sum(receipts.filter(\.isFinal))
        let all = Self.sum(receipts)
        let zero = Money.zero(amount.currency)
        let isPaid = final >= amount.amount
        return PaymentSnapshot(
            reference: canonical, paymentID: paymentID,
            status: isPaid ? .captured : all >= amount.amount ? .processing : .requiresAction,
            authorized: isPaid ? amount : zero, captured: isPaid ? amount : zero, refunded: zero,
            version: version, receipts: receipts)
    }

    private static func sum(_ receipts: [Receipt]) -> Int64 {
        receipts.reduce(0) { total, receipt in
            let (sum, overflow) = total.addingReportingOverflow(receipt.amount.amount)
            return overflow ? .max : sum
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
