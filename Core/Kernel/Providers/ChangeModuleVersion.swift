import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Gives an instance another version of its module, which may serve it at once in all
    /// processes: what it made stays with it. The version that it leaves may go on serving others.
    /// Hosts that only the new version declares it does not reach before an administrator allows
    /// them.
    ///
    /// - Parameter allowingNewHosts: whether that is allowed with this very change.
    /// - Throws: ``ProviderRefusal``; `versionMissing` when it is not loaded,
    ///   `checkFailed` when it does not work with the instance's settings, `stateChanged` when the
    ///   instance is no longer at `version`.
    public func changeModuleVersion(
        _ id: ID<ProviderInstance>, version: Int, to moduleVersion: String,
        allowingNewHosts: Bool = false, reason: String? = nil, as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        guard var configuration = try await database.providers.configuration(of: id) else {
            throw ProviderRefusal.instanceMissing
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
        configuration.instance.allowedHosts = allowed
        configuration.instance.moduleVersion = moduleVersion
        let problems = try await problems(with: configuration)
        guard problems.isEmpty else { throw ProviderRefusal.checkFailed(problems) }
        return try await database.transaction { tx in
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
            try await tx.audit.record(
                "provider.module-changed", on: "provider_instance", id.description, by: admin,
                reason: reason, before: before)
            guard let stored = try await tx.providers.find(id) else {
                throw ProviderRefusal.instanceMissing
            }
            return stored
        }
    }
}
