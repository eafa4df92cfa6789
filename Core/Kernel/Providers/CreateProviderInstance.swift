import ProviderKit
import Vocabulary

extension Marketplace {
    /// Adds a draft of a provider, made with `version` of its module or the newest. `settings`
    /// holds all fields of the module by key, secret ones among them; those are encrypted at once
    /// and never shown again. The draft takes no business until it is activated.
    ///
    /// - Parameter hosts: those of the hosts that the module declares which it may reach; nil for
    ///   all of them.
    /// - Throws: ``ProviderRefusal`` for an unknown module, a setting that its module does not
    ///   take, a host that it does not declare, and a name that another provider of the kind has.
    public func createProviderInstance(
        module key: String, version: String? = nil, name: String,
        mode: ProviderInstance.Mode = .sandbox,
        capture: ProviderInstance.Capture = .atOrder, settings: [String: String],
        allowing hosts: Set<String>? = nil, as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        guard let module = try await providers.module(key, version: version) else {
            throw ProviderRefusal.settingWrong(
                field: "module", problem: "There is no such module in the modules folder.")
        }
        // Whoever chose its fields and hosts has read those of that very version.
        if let version, module.descriptor.version != version {
            throw ProviderRefusal.versionMissing(
                module: key, version: version, field: "moduleVersion")
        }
        let name = try ProviderInstance.checked(name: name)
        let (values, secrets) = module.descriptor.divided(settings)
        let choice = try HostChoice(hosts, of: module.descriptor)
        let id = ID<ProviderInstance>()
        let sealed = try await providers.runtime.seal(
            SettingsDraft(
                instance: id, moduleKey: key, moduleVersion: module.descriptor.version,
                mode: mode.inModule, settings: values, secrets: secrets))
        let instance = ProviderInstance(
            id: id, kind: module.descriptor.kind, moduleKey: key,
            moduleVersion: module.descriptor.version, name: name, mode: mode, state: .draft,
            settings: values, configurationVersion: 1, capture: capture,
            createdAt: .systemNow, allowedHosts: choice.allowed, refusedHosts: choice.refused)
        return try await refusing(
            "provider_instance_name_key", as: ProviderRefusal.nameTaken
        ) {
            try await database.transaction { tx in
                try await tx.providers.lockForSealing()
                try await providers.refuseUnlessNewest(sealed)
                try await tx.providers.insert(instance, sealed.present)
                try await tx.providers.record(id, from: nil, to: .draft, reason: nil, by: admin)
                try await tx.audit.record(
                    "provider.created", on: "provider_instance", id.description, by: admin)
                guard let stored = try await tx.providers.find(id) else {
                    throw ProviderRefusal.instanceMissing
                }
                return stored
            }
        }
    }
}

extension ProviderInstance {
    static func checked(name: String) throws(ProviderRefusal) -> String {
        let name = InputText.trimmed(name)
        guard (1...80).contains(name.unicodeScalars.count) else { throw .nameWrong }
        return name
    }
}
