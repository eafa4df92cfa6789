import ProviderKit
import Vocabulary

extension Marketplace {
    /// Changes name, time of capture and settings, as a new version of the configuration. A secret
    /// that is left empty stays; a new one takes the place of the old one, with which webhooks are
    /// still accepted until the next change. All processes use the new version within a second.
    ///
    /// - Throws: ``ProviderRefusal``; `stateChanged` when it is no longer at `version`.
    public func changeProviderInstance(
        _ id: ID<ProviderInstance>, version: Int, name: String, capture: ProviderInstance.Capture,
        settings: [String: String], as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        let name = try ProviderInstance.checked(name: name)
        return try await refusing(
            "provider_instance_name_key", as: ProviderRefusal.nameTaken
        ) {
            try await database.transaction { tx in
                try await tx.providers.lockForSealing()
                guard let old = try await tx.providers.lock(id) else {
                    throw ProviderRefusal.instanceMissing
                }
                guard old.instance.configurationVersion == version else {
                    throw ProviderRefusal.stateChanged
                }
                guard old.instance.state != .retired else {
                    throw ProviderRefusal.stateWrong(from: "retired", to: "changed")
                }
                guard
                    let module = providers.catalog.module(
                        old.instance.moduleKey, version: old.instance.moduleVersion)
                else {
                    throw ProviderRefusal.moduleMissing(key: old.instance.moduleKey)
                }
                let seen = try await tx.audit.before("provider_instance", id.description)
                let (values, given) = module.descriptor.divided(settings)
                let before = try providers.key.open(old.secrets, of: id)
                let secrets = before.merging(given) { _, new in new }
                try providers.check(module, old.instance.mode, values, secrets)
                // Both anew: a row is under one key.
                let previous =
                    try secrets == before
                    ? providers.key.open(old.previousSecrets, of: id) : before
                try await tx.providers.change(
                    id, name: name, capture: capture, settings: values,
                    secrets: try providers.key.seal(secrets, of: id),
                    previousSecrets: try providers.key.seal(previous, of: id))
                try await tx.audit.record(
                    "provider.changed", on: "provider_instance", id.description, by: admin,
                    before: seen)
                guard let stored = try await tx.providers.find(id) else {
                    throw ProviderRefusal.instanceMissing
                }
                return stored
            }
        }
    }
}
