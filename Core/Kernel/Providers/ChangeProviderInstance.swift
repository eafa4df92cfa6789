import ProviderKit
import Vocabulary

extension Marketplace {
    /// Changes name, time of capture and settings, as a new version of the configuration. A secret
    /// that is left empty stays, as long as every address has the scheme, host and port that it
    /// had; a new one takes the place of the old one, with which webhooks are still accepted until
    /// ``forgetPreviousSecrets(_:version:reason:as:)``. All processes use the new version within a
    /// second. Of a retired one only secrets change: it still refunds what it took.
    ///
    /// - Parameters:
    ///   - removed: the keys of secrets that are taken away, at once and for good.
    ///   - hosts: those of the hosts that the module declares which it may reach from now on; nil
    ///     leaves that as it is.
    ///   - anyway: whether settings are taken that do not pass the module's own check. Those of a
    ///     draft are checked when it is activated.
    /// - Throws: ``ProviderRefusal``; `stateChanged` when it is no longer at `version`,
    ///   `checkFailed` unless `anyway`.
    public func changeProviderInstance(
        _ id: ID<ProviderInstance>, version: Int, name: String, capture: ProviderInstance.Capture,
        settings: [String: String], removing removed: Set<String> = [],
        allowing hosts: Set<String>? = nil, anyway: Bool = false, reason: String? = nil,
        as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        let name = try ProviderInstance.checked(name: name)
        guard let seen = try await database.providers.configuration(of: id) else {
            throw ProviderRefusal.instanceMissing
        }
        let old = seen.instance
        guard old.configurationVersion == version else { throw ProviderRefusal.stateChanged }
        guard let module = try await providers.module(old.moduleKey, version: old.moduleVersion)
        else { throw ProviderRefusal.moduleMissing(key: old.moduleKey) }
        let (typed, given) = module.descriptor.divided(settings)
        try module.descriptor.refuse(removed, given)
        let values = module.descriptor.values(typed, of: old)
        let choice = try old.choice(hosts, of: module.descriptor)
        let stored = module.descriptor.known(old.settings)
        let isElsewhere =
            Set(choice.allowed) != Set(old.allowedHosts ?? module.descriptor.declaredHosts)
        if old.state == .retired {
            let isSame = name == old.name && capture == old.capture && values == stored
            guard isSame, !isElsewhere else { throw ProviderRefusal.secretsOnly }
        }
        if module.descriptor.sends(to: values, elsewhereThan: old.settings) {
            try await refuseUnlessTyped(given, removing: removed, seen, module.descriptor)
        }
        var draft = SettingsDraft(seen, moduleVersion: old.moduleVersion, values, given)
        draft.removed = removed
        let sealed = try await providers.runtime.seal(draft)
        // A name is no affair of its module's.
        let isOther = values != stored || !given.isEmpty || !removed.isEmpty || isElsewhere
        if isOther, !anyway, old.state != .draft {
            var changed = seen.taking(values, sealed)
            changed.instance.allowedHosts = choice.allowed
            let problems = try await problems(with: changed)
            guard problems.isEmpty else { throw ProviderRefusal.checkFailed(problems) }
        }
        return try await refusing(
            "provider_instance_name_key", as: ProviderRefusal.nameTaken
        ) {
            try await database.transaction { tx in
                try await tx.providers.lockForSealing()
                guard let now = try await tx.providers.lock(id)?.instance else {
                    throw ProviderRefusal.instanceMissing
                }
                // What was sealed and checked is what was seen, in the state that it had.
                guard now.configurationVersion == version, now.state == old.state else {
                    throw ProviderRefusal.stateChanged
                }
                try await providers.refuseUnlessNewest(sealed)
                let before = try await tx.audit.before("provider_instance", id.description)
                try await tx.providers.change(
                    id, name: name, capture: capture, settings: values, sealed, hosts: choice)
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
    func refuseUnlessTyped(
        _ given: [String: Secret], removing removed: Set<String> = [],
        _ seen: ProviderConfiguration, _ module: ModuleDescriptor
    ) async throws {
        guard let sealed = seen.secrets else { return }
        let stored = try await providers.runtime.secretKeys(sealed, of: seen.instance.id)
            .subtracting(removed)
        let open = module.fields.filter {
            $0.isSecret && stored.contains($0.key) && given[$0.key] == nil
        }
        if let field = open.first {
            throw ProviderRefusal.settingWrong(
                field: field.key,
                problem: field.required
                    ? "The address changed: type it again."
                    : "The address changed: type it again or remove it.")
        }
    }
}

extension ModuleDescriptor {
    /// What is stored of `typed`. What another version left behind goes, though somebody sends it
    /// back as it was read; a retired one's stay where none of them is said.
    fileprivate func values(
        _ typed: [String: String], of instance: ProviderInstance
    ) -> [String: String] {
        if instance.state == .retired, typed.isEmpty { return known(instance.settings) }
        let known = known(typed)
        return typed.filter {
            known[$0.key] != nil || instance.settings[$0.key] != $0.value
        }
    }

    fileprivate func refuse(
        _ removed: Set<String>, _ given: [String: Secret]
    ) throws(ProviderRefusal) {
        for key in removed.sorted() {
            guard secretKeys.contains(key) else {
                throw .settingWrong(field: key, problem: "There is no secret of that name.")
            }
            guard given[key] == nil else {
                throw .settingWrong(
                    field: key, problem: "Type a new one or remove it, not both.")
            }
        }
    }
}

extension ProviderConfiguration {
    /// The same with other settings, as they would be stored.
    func taking(_ values: [String: String], _ sealed: SealedSettings) -> ProviderConfiguration {
        var changed = self
        changed.instance.settings = values
        changed.secrets = sealed.secrets?.wrappedValue
        changed.previousSecrets = sealed.previousSecrets?.wrappedValue
        return changed
    }
}

extension SettingsDraft {
    /// What was typed for an instance that is there already.
    init(
        _ seen: ProviderConfiguration, moduleVersion: String?, _ values: [String: String],
        _ given: [String: Secret]
    ) {
        self.init(
            instance: seen.instance.id, moduleKey: seen.instance.moduleKey,
            moduleVersion: moduleVersion, mode: seen.instance.mode.inModule, settings: values,
            secrets: given, sealed: seen.secrets.map { Base64(wrappedValue: $0) },
            previouslySealed: seen.previousSecrets.map { Base64(wrappedValue: $0) })
    }
}
