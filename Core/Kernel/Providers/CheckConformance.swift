public import Conformance
import Postgres
public import Vocabulary

/// What the last conformance run found of a version of a module.
public struct StoredConformance: Sendable {
    public let report: ConformanceReport
    public let ranAt: Instant
}

extension Marketplace {
    /// Tries a loaded module against the rules of its contract, in a process of its own and, where
    /// the machine permits network namespaces, without a network; keeps what was found, and
    /// whether it was.
    /// - Throws: ``ProviderRefusal/versionMissing(module:version:field:)``,
    ///   ``ProviderRefusal/conformanceFailed`` when nothing could be run,
    ///   ``WorkRefusal/busy(seconds:)``.
    public func checkConformance(
        of key: String, version: String, as admin: ID<Account>?
    ) async throws -> ConformanceReport {
        try await providers.look()
        guard let file = providers.catalog.file(of: key, version: version) else {
            throw ProviderRefusal.versionMissing(module: key, version: version, field: "version")
        }
        let run = ConformanceRun(
            program: settings.program, file: file, within: settings.conformanceDeadline)
        guard case .report(_, let report) = try await checking.run({ [run] in run.run() }) else {
            throw ProviderRefusal.conformanceFailed
        }
        try await database.transaction { tx in
            try await tx.conformance.save(report, by: admin)
            try await tx.audit.record(
                "module.conformance-checked", on: "provider_module", "\(key) \(version)",
                by: admin)
        }
        return report
    }

    /// The last reports, by module and version. A short list by nature.
    public func conformanceReports() async throws -> [StoredConformance] {
        try await database.conformance.all()
    }
}
