import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Asks providers again how refunds stand that they said were with the customer: the customer's
    /// bank may send one back, and a webhook that was lost would otherwise be missed until somebody
    /// compares the books. What is found is booked and told exactly as by the webhook.
    ///
    /// Each is asked for a day after it succeeded, then after two days more, four, eight and
    /// sixteen: 31 in all, because a bank may take 30 to send one back
    /// (docs.stripe.com/refunds#failed-refunds). Run by the worker every hour before books are
    /// compared, and by tests.
    /// - Returns: of how many refunds there was news.
    @discardableResult
    public func sweepRefunds() async throws -> Int {
        try await database.refunds.forgetOldQuestions()
        var found = 0
        var silent: Set<ID<ProviderInstance>> = []
        for _ in 0..<Self.refundsAskedMax {
            guard let asked = try await database.refunds.claimToAsk(without: silent) else { break }
            do {
                if try await isNews(asked) { found += 1 }
                try await database.refunds.noteAsked(asked.refund)
            } catch let quarantined as SnapshotQuarantined {
                logger.error(
                    "refund.quarantined",
                    metadata: [
                        "refund": "\(asked.refund)", "problem": "\(quarantined.problem)",
                    ])
                try await database.refunds.noteAsked(asked.refund)
            } catch {
                // The others of a provider that does not answer wait for the next time; those of
                // other providers do not wait for it.
                silent.insert(asked.instance)
                logger.warning(
                    "refunds.sweep-failed",
                    metadata: ["instance": "\(asked.instance)", "error": "\(error)"])
            }
        }
        return found
    }

    /// Each is a call of its own.
    private static let refundsAskedMax = 500
    private static let refundDeadline: Duration = .seconds(20)

    private func isNews(_ asked: RefundToAsk) async throws -> Bool {
        let provider = try await providers.payment(asked.instance)
        let snapshot: RefundSnapshot?
        do throws(ProviderError) {
            snapshot = try await provider.lookupRefund(
                .reference(asked.reference),
                OperationContext(key: "refund:\(asked.refund)", within: Self.refundDeadline))
        } catch .unsupported, .invalidRequest {
            // Who cannot be asked will not say more the next time.
            try await database.refunds.forgetToAsk(asked.refund)
            return false
        }
        guard let snapshot else { return false }
        let state = try await database.refunds.find(asked.refund)?.state
        try await settleRefund(asked.refund, of: asked.payment, snapshot, attempt: nil)
        let now = try await database.refunds.find(asked.refund)?.state
        guard now != state else { return false }
        logger.notice(
            "refund.found",
            metadata: [
                "refund": "\(asked.refund)", "status": "\(snapshot.status.rawValue)",
            ])
        return true
    }
}
