extension WebRequest {
    /// Does something, and counts when it is refused for a reason that is worth counting: of whom
    /// too much was refused lately, nothing more is done for a while. Programs of this machine are
    /// not counted.
    /// - Parameters:
    ///   - name: what is asked for; each address is counted apart for it.
    ///   - isCounted: which refusals count.
    /// - Throws: ``WebRefusal/tooManyRequests(retryAfter:)``, and what `body` throws.
    public func limitingRefusals(
        _ limit: RateClass, of name: String, when isCounted: (any Error) -> Bool,
        during body: () async throws -> Void
    ) async throws {
        guard !WebResponder.isLoopback(address) else { return try await body() }
        let caller = "\(address) \(name)"
        try site.limiter.requireCredit(limit, caller)
        do {
            try await body()
        } catch  where isCounted(error) {
            try await site.limiter.countRefusal(limit, caller)
            throw error
        }
    }
}
