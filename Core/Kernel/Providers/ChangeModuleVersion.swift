import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Gives an instance another version of its module, which may serve it at once in all
    /// processes: what it made stays with it. The version that it leaves may go on serving others.
    /// Hosts that only the new version declares it does not reach before an administrator allows
    /// them.
    ///
    /// - Parameters:
    ///   - settings: for the new version's own fields, which are checked and stored together with
    ///     the change. What is left out or empty stays as it is.
    ///   - allowingNewHosts: whether new hosts are allowed with this very change.
    /// - Throws: ``ProviderRefusal``; `versionMissing` when it is not loaded,
    ///   `checkFailed` when it does not work with the instance's settings, `stateChanged` when the
    ///   instance is no longer at `version`.
    public func changeModuleVersion(
        _ id: ID<ProviderInstance>, version: Int, to moduleVersion: String,
        settings: [String: String] = [:], allowingNewHosts: Bool = false, reason: String? = nil,
        as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        guard var configuration = try await database.providers.configuration(of: id) else {
            throw ProviderRefusal.instanceMissing
        }
        guard configuration.instance.configurationVersion == version else {
            throw ProviderRefusal.stateChanged
        }
        let key = configuration.instance.moduleKey
        try await providers.look()
        guard let module = providers.catalog.module(key, version: moduleVersion),
            module.descriptor.version == moduleVersion
        else {
            throw ProviderRefusal.versionMissing(
                module: key, version: moduleVersion, field: "moduleVersion")
        }
        let left = providers.catalog.module(key, version: configuration.instance.moduleVersion)
        let allowed = configuration.instance.allowedHosts(
            leaving: left?.descriptor, for: module.descriptor, allowingNew: allowingNewHosts)
        let sealed = try await take(settings, into: &configuration, for: module.descriptor)
        configuration.instance.allowedHosts = allowed
        configuration.instance.moduleVersion = moduleVersion
        let problems = try await problems(with: configuration)
        guard problems.isEmpty else { throw ProviderRefusal.checkFailed(problems) }
        let values = configuration.instance.settings
        return try await database.transaction { tx in
            if sealed != nil { try await tx.providers.lockForSealing() }
            guard let old = try await tx.providers.lock(id)?.instance else {
                throw ProviderRefusal.instanceMissing
            }
            guard old.configurationVersion == version else { throw ProviderRefusal.stateChanged }
            guard old.state != .retired else {
                throw ProviderRefusal.stateWrong(from: "retired", to: "changed")
            }
            let before = try await tx.audit.before("provider_instance", id.description)
            try await tx.providers.change(
                id, moduleVersion: moduleVersion, allowedHosts: allowed)
            if let sealed {
                try await providers.refuseUnlessNewest(sealed)
                try await tx.providers.keep(id, settings: values, sealed)
            }
            try await tx.audit.record(
                "provider.module-changed", on: "provider_instance", id.description, by: admin,
                reason: reason, before: before)
            guard let stored = try await tx.providers.find(id) else {
                throw ProviderRefusal.instanceMissing
            }
            return stored
        }
    }

    /// Puts what was typed for another version beside what is stored.
    /// - Returns: what is to be stored of the secrets; nil when nothing was typed, and everything
    ///   stays as it is, so that the version before can be gone back to.
    private func take(
        _ settings: [String: String], into seen: inout ProviderConfiguration,
        for module: ModuleDescriptor
    ) async throws -> SealedSettings? {
        let (typed, given) = module.divided(settings)
        if typed.isEmpty && given.isEmpty { return nil }
        let values = module.known(seen.instance.settings).merging(typed) { _, new in new }
        if module.sends(to: values, elsewhereThan: seen.instance.settings) {
            try await refuseUnlessTyped(given, seen, module)
        }
        let sealed = try await providers.runtime.seal(
            SettingsDraft(seen, moduleVersion: module.version, values, given))
        seen = seen.taking(values, sealed)
        return sealed
    }
}
