extension Marketplace {
    /// Says every few seconds that this process lives and how it is, until cancelled.
    public func keepBeating(as process: ProcessIdentity) async {
        var took = Duration.zero
        var isFirst = true
        while !Task.isCancelled {
            let vitals = await vitals(took)
            let started = ContinuousClock.now
            do {
                try await database.health.beat(process, vitals)
                took = ContinuousClock.now - started
                if isFirst { try await database.health.forgetLives(of: process) }
                isFirst = false
            } catch {
                logger.warning("process.not-heard", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: ProcessBeat.every)
        }
    }

    private func vitals(_ took: Duration) async -> ProcessVitals {
        let load = await database.load()
        var vitals = ProcessVitals()
        vitals.tookMilliseconds = took.wholeMilliseconds
        vitals.connectionsTaken = load.taken
        vitals.connectionsMax = load.takenMax
        vitals.connectionsWaiting = load.waiting
        vitals.oldestTransactionSeconds = load.oldest.components.seconds
        vitals.heldBack = providers.directory.down
        return vitals
    }

    /// Says that this process was stopped in order.
    public func stopBeating(as process: ProcessIdentity) async {
        do {
            try await database.health.stop(process)
        } catch {
            logger.warning("process.not-heard", metadata: ["error": "\(error)"])
        }
    }
}
