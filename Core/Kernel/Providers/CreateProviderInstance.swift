import ProviderKit
import Vocabulary

extension Marketplace {
    /// Adds a draft of a provider, made with `version` of its module or the newest. `settings`
    /// holds all fields of the module by key, secret ones among them; those are encrypted at once
    /// and never shown again. The draft takes no business until it is activated.
    ///
    /// - Throws: ``ProviderRefusal`` for an unknown module, a setting that its module does not
    ///   take, and a name that another provider of the kind has.
    public func createProviderInstance(
        module key: String, version: String? = nil, name: String,
        mode: ProviderInstance.Mode = .sandbox,
        capture: ProviderInstance.Capture = .atOrder, settings: [String: String],
        as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        guard let module = providers.catalog.module(key, version: version) else {
            throw ProviderRefusal.settingWrong(
                field: "module", problem: "There is no such module in the modules folder.")
        }
        let name = try ProviderInstance.checked(name: name)
        let (values, secrets) = module.descriptor.divided(settings)
        try providers.check(module, mode, values, secrets)
        let id = ID<ProviderInstance>()
        let instance = ProviderInstance(
            id: id, kind: module.descriptor.kind, moduleKey: key,
            moduleVersion: module.descriptor.version, name: name, mode: mode, state: .draft,
            settings: values, configurationVersion: 1, capture: capture,
            createdAt: .systemNow)
        return try await refusing(
            "provider_instance_name_key", as: ProviderRefusal.nameTaken
        ) {
            try await database.transaction { tx in
                try await tx.providers.lockForSealing()
                let sealed = try providers.key.seal(secrets, of: id)
                try await tx.providers.insert(instance, sealed)
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

extension ModuleDescriptor {
    /// Settings as they came, in what may be shown and what may not. Empty ones are left out.
    func divided(_ settings: [String: String]) -> ([String: String], [String: Secret]) {
        let secretKeys = Set(fields.filter(\.isSecret).map(\.key))
        let given = settings.filter { !$0.value.isEmpty }
        let values = given.filter { !secretKeys.contains($0.key) }
        let secrets = given.filter { secretKeys.contains($0.key) }.mapValues { Secret($0) }
        return (values, secrets)
    }
}

extension ProviderGateway {
    /// Whether a module takes such settings: by its fields, and by making an instance of it.
    /// - Throws: ``ProviderRefusal/settingWrong(field:problem:)``.
    func check(
        _ module: ModuleExport, _ mode: ProviderInstance.Mode, _ values: [String: String],
        _ secrets: [String: Secret]
    ) throws(ProviderRefusal) {
        let all = values.merging(secrets.mapValues { $0.reveal() }) { value, _ in value }
        let problems = module.descriptor.problems(in: all)
        if let (field, problem) = problems.min(by: { $0.key < $1.key }) {
            throw .settingWrong(field: field, problem: problem)
        }
        let settings = InstanceSettings(
            instanceID: "draft", mode: mode.inModule, values: values, secrets: secrets)
        let transport = client.transport(for: module.descriptor, settings)
        do throws(ProviderError) {
            _ = try module.make(settings, ProviderServices(http: transport))
        } catch {
            if case .misconfigured(let message) = error {
                throw .settingWrong(field: "", problem: message)
            }
            throw .settingWrong(field: "", problem: error.description)
        }
    }
}
