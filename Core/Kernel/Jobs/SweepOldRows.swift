extension Marketplace {
    /// Forgets what nobody asks for any more: jobs that were done, answers to repeated requests,
    /// webhooks that were applied, files that nobody imported, and half a year later what people
    /// were told.
    func sweep() async throws {
        try await untilLess { try await database.jobs.sweep() }
        try await untilLess { try await once.sweep() }
        try await untilLess { try await database.webhooks.sweep() }
        try await untilLess { try await database.mails.sweep() }
        try await untilLess { try await database.notices.sweep() }
        try await untilLess { try await database.outbox.sweep() }
        try await untilLess { try await database.purchaseClaims.sweep() }
        try await untilLess { try await database.passwordResets.sweep() }
        try await untilLess { try await database.emailChanges.sweep() }
        try await untilLess { try await database.invitations.sweep() }
        try await untilLess { try await database.keptImports.sweep() }
        try await untilLess { try await database.health.sweep() }
    }

    /// Repeats a sweep until it finds less than it may take; more than a million rows wait for
    /// the next turn.
    private func untilLess(_ sweep: () async throws -> Int) async throws {
        for _ in 0..<100 where try await sweep() < JobStore.sweepMax { return }
    }
}
