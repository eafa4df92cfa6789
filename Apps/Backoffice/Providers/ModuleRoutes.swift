import Conformance
import Kernel
import ProviderKit
import Vocabulary
import Web

/// Modules that were found, and what their conformance runs said.
struct ModuleRoutes {
    struct ModulePath: Described {
        let module: String
        static let rules: [String: [Rule]] = ["module": [.length(1...80)]]
    }

    struct VersionInput: Described {
        let version: String
        static let rules: [String: [Rule]] = ["version": [.length(1...40)]]
    }

    let desk: Desk

    func mount() {
        desk.page("/provider-modules/{module}", .readProviders, path: ModulePath.self) {
            call, admin in
            let found = try await Self.found(call.path.module, call.marketplace)
            return ModulePages.show(found, admin)
        }
        desk.read(
            "/provider-modules", "Modules that were found", tag: "Providers", .readProviders
        ) { call, _ in
            let reports = try await call.marketplace.conformanceReports()
            return ModulesAnswer(
                modules: try await call.marketplace.providerModules().map {
                    ModuleAnswer($0, reports)
                },
                refused: Self.refused(call.marketplace),
                hasOpenPrograms: await call.marketplace.hasOpenPrograms(),
                hasLibraries: call.marketplace.hasLibraries)
        }
        desk.read(
            "/provider-modules/{module}",
            "The versions of a module that were found, with their last conformance runs",
            tag: "Providers", .readProviders, path: ModulePath.self
        ) { call, _ in
            ModuleFileAnswer(versions: try await Self.found(call.path.module, call.marketplace))
        }
        var check = Act<ModulePath>(
            "/provider-modules/{module}/conformance", "Try a module against the contract's rules",
            tag: "Providers", .runProviders, done: "The module was tried.",
            back: { "/provider-modules/\($0.module)" })
        check.refusals.append(.unavailable)
        desk.act(check, input: VersionInput.self) { marketplace, path, input, admin in
            _ = try await Self.found(path.module, marketplace)
            return ConformanceAnswer(
                try await marketplace.checkConformance(
                    of: path.module, version: input.version, as: admin.account.id),
                ranAt: nil)
        }
    }

    /// What has to be known of the modules that were found, whoever sets them up.
    static func warnings(_ marketplace: Marketplace) async -> [Block] {
        (marketplace.hasLibraries ? [ModulePages.ownCode] : [])
            + (await marketplace.hasOpenPrograms() ? [ModulePages.openPrograms] : [])
    }

    static func refused(_ marketplace: Marketplace) -> [ModulesAnswer.Refused] {
        marketplace.refusedModules().map {
            ModulesAnswer.Refused(file: $0.file, reason: $0.reason)
        }
    }

    /// The versions of a module that were found, oldest first.
    /// - Throws: ``BackofficeRefusal/moduleMissing`` when there is none.
    private static func found(
        _ key: String, _ marketplace: Marketplace
    ) async throws -> [ModuleFileAnswer.Version] {
        let modules = try await marketplace.providerModules().filter { $0.key == key }
        guard !modules.isEmpty else { throw BackofficeRefusal.moduleMissing }
        let reports = try await marketplace.conformanceReports()
        return modules.map { module in
            ModuleFileAnswer.Version(
                module: ModuleAnswer(module, reports),
                conformance: reports.of(module).map {
                    ConformanceAnswer($0.report, ranAt: $0.ranAt)
                })
        }
    }
}

extension [StoredConformance] {
    /// The one of that version, if it was ever tried.
    func of(_ module: ModuleDescriptor) -> StoredConformance? {
        first { $0.report.module == module.key && $0.report.version == module.version }
    }
}
