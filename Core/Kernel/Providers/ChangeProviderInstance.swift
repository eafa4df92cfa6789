import ProviderKit
import Vocabulary

extension Marketplace {
    /// Changes name, time of capture and settings, as a new version of the configuration. A secret
    /// that is left empty stays, as long as every address has the scheme, host and port that it
    /// had; a new one takes the place of the old one, with which webhooks are still accepted until
    /// ``forgetPreviousSecrets(_:version:reason:as:)``. All processes use the new version within a
    /// second.
    ///
    /// - Parameter hosts: those of the hosts that the module declares which it may reach from now
    ///   on; nil leaves that as it is.
    /// - Throws: ``ProviderRefusal``; `stateChanged` when it is no longer at `version`.
    public func changeProviderInstance(
        _ id: ID<ProviderInstance>, version: Int, name: String, capture: ProviderInstance.Capture,
        settings: [String: String], allowing hosts: Set<String>? = nil, reason: String? = nil,
        as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        let name = try ProviderInstance.checked(name: name)
        guard let seen = try await database.providers.configuration(of: id) else {
            throw ProviderRefusal.instanceMissing
        }
        try Self.refuseChange(of: seen.instance, at: version)
        guard
            let module = try await providers.module(
                seen.instance.moduleKey, version: seen.instance.moduleVersion)
        else {
            throw ProviderRefusal.moduleMissing(key: seen.instance.moduleKey)
        }
        let (values, given) = module.descriptor.divided(settings)
        let choice = try seen.instance.choice(hosts, of: module.descriptor)
        if module.descriptor.sends(to: values, elsewhereThan: seen.instance.settings) {
            try await refuseUnlessTyped(given, seen, module.descriptor)
        }
        let sealed = try await providers.runtime.seal(
            SettingsDraft(
                instance: id, moduleKey: seen.instance.moduleKey,
                moduleVersion: seen.instance.moduleVersion, mode: seen.instance.mode.inModule,
                settings: values, secrets: given,
                sealed: seen.secrets.map { Base64(wrappedValue: $0) },
                previouslySealed: seen.previousSecrets.map { Base64(wrappedValue: $0) }))
        return try await refusing(
            "provider_instance_name_key", as: ProviderRefusal.nameTaken
        ) {
            try await database.transaction { tx in
                try await tx.providers.lockForSealing()
                guard let old = try await tx.providers.lock(id) else {
                    throw ProviderRefusal.instanceMissing
                }
                // What was sealed is what was seen: its secrets are those of this very version.
                try Self.refuseChange(of: old.instance, at: version)
                try await providers.refuseUnlessNewest(sealed)
                let before = try await tx.audit.before("provider_instance", id.description)
                try await tx.providers.change(
                    id, name: name, capture: capture, settings: values, secrets: sealed.present,
                    previousSecrets: sealed.before, hosts: choice)
                try await tx.audit.record(
                    "provider.changed", on: "provider_instance", id.description, by: admin,
                    reason: reason, before: before)
                guard let stored = try await tx.providers.find(id) else {
                    throw ProviderRefusal.instanceMissing
                }
                return stored
            }
        }
    }

    /// A secret that nobody can read again must not be sent to whoever is put in the place of
    /// whom it was typed for.
    private func refuseUnlessTyped(
        _ given: [String: Secret], _ seen: ProviderConfiguration, _ module: ModuleDescriptor
    ) async throws {
        guard let sealed = seen.secrets else { return }
        let stored = try await providers.runtime.secretKeys(sealed, of: seen.instance.id)
        let open = module.fields.map(\.key).filter { stored.contains($0) && given[$0] == nil }
        if let field = open.first {
            throw ProviderRefusal.settingWrong(
                field: field, problem: "The address changed: type it again.")
        }
    }

    private static func refuseChange(
        of instance: ProviderInstance, at version: Int
    ) throws(ProviderRefusal) {
        guard instance.configurationVersion == version else { throw .stateChanged }
        guard instance.state != .retired else {
            throw .stateWrong(from: "retired", to: "changed")
        }
    }
}

extension ModuleDescriptor {
    /// Whether one of the addresses in `new` is another scheme, host or port than in `old`.
    fileprivate func sends(to new: [String: String], elsewhereThan old: [String: String]) -> Bool {
        fields.contains { field in
            guard field.kind == .url else { return false }
            func origin(_ values: [String: String]) -> WebAddress? {
                (values[field.key] ?? field.fallback).flatMap { WebAddress($0) }
            }
            return origin(new) != origin(old)
        }
    }
}
