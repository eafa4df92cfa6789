import Vocabulary

extension Marketplace {
    /// Compares yesterday with every provider that shows its books, once. Run by the worker.
    /// - Returns: how many comparisons were made.
    @discardableResult
    public func reconcileYesterday() async throws -> Int {
        let day = Day(containing: .systemNow).before
        var count = 0
        for instance in try await database.providers.tables().instances
        where instance.kind == .payment && instance.state != .draft {
            do {
                guard try await providers.payment(instance.id).showsBalance,
                    try await !database.reconciliations.isDone(instance.id, day)
                else { continue }
                let run = try await reconcile(instance.id, day)
                count += 1
                if !run.isClean {
                    logger.error(
                        "reconciliation.unmatched",
                        metadata: [
                            "instance": "\(instance.id)", "day": "\(day)",
                            "lines": "\(run.unmatched)",
                        ])
                }
            } catch {
                // One provider that does not answer must not keep the others from being compared.
                logger.warning(
                    "reconciliation.failed",
                    metadata: ["instance": "\(instance.id)", "error": "\(error)"])
            }
        }
        return count
    }

    /// How long a comparison with faults stands before it is made again, and for how many days.
    private static let againAfterHours = 6
    private static let againDays = 30

    /// Compares again what did not agree the last time, since it may have been mended: the newest
    /// comparison of a day is the one that counts. Run by the worker.
    /// - Returns: how many comparisons were made.
    @discardableResult
    public func reconcileAgain() async throws -> Int {
        let open = try await database.reconciliations.open(
            olderThanHours: Self.againAfterHours, days: Self.againDays, limit: Self.againMax)
        var count = 0
        for (instance, day) in open {
            do {
                try await reconcile(instance, day)
                count += 1
            } catch {
                logger.warning(
                    "reconciliation.failed",
                    metadata: ["instance": "\(instance)", "error": "\(error)"])
            }
        }
        return count
    }

    /// Each asks a provider for three days of its books.
    private static let againMax = 20
}
