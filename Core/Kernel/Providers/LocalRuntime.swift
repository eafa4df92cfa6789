import Logging
import ProviderHost
import ProviderKit
import Vocabulary

/// Modules in this process, and the key under which their secrets are sealed.
struct LocalRuntime: ProviderRuntime {
    let catalog: ModuleCatalog
    let client: HostClient
    let key: ProviderKey
    let logger: Logger
    let tally: CallTally

    /// Code that was loaded stays.
    var session: Int { 0 }

    /// A module may hang while it is loaded: on a thread that is there for such.
    func look(_ catalog: ModuleCatalog) async {
        await Task(executorPreference: ModuleThreads.shared) { catalog.rescan() }.value
    }

    func open(_ configuration: ProviderConfiguration) throws -> ProviderGuard {
        try open(SealedConfiguration(configuration))
    }

    func check(
        _ configuration: SealedConfiguration, _ context: OperationContext
    ) async throws -> [String] {
        try await open(configuration).check(context)
    }

    func seal(_ draft: SettingsDraft) async throws -> SealedSettings {
        let module = try loaded(draft.moduleKey, draft.moduleVersion)
        func stored(_ sealed: Base64?) throws -> [String: Secret] {
            // Another version of the module may have had more, which nobody can change any more.
            module.descriptor.known(try key.open(sealed?.wrappedValue, of: draft.instance))
                .filter { draft.removed?.contains($0.key) != true }
        }
        let before = try stored(draft.sealed)
        let secrets = before.merging(draft.secrets) { _, new in new }
        try await refuse(module, draft, secrets)
        // What another change has replaced is accepted until somebody ends that, too.
        let replaced = before.filter { secrets[$0.key] != $0.value }
        let previous = try stored(draft.previouslySealed).merging(replaced) { _, last in last }
        let sealed = try key.seal(secrets, of: draft.instance)
        let sealedBefore = try key.seal(previous, of: draft.instance)
        // The key was changed between the two; a row is under one.
        if sealed.keyID != sealedBefore.keyID { return try await seal(draft) }
        return SealedSettings(
            secrets: sealed.bytes.map { Base64(wrappedValue: $0) },
            previousSecrets: sealedBefore.bytes.map { Base64(wrappedValue: $0) },
            keyID: sealed.keyID)
    }

    func newestKeyID() throws -> String { try key.readNewestID() }

    func secretKeys(_ sealed: [UInt8], of id: ID<ProviderInstance>) throws -> Set<String> {
        Set(try key.open(sealed, of: id).keys)
    }

    /// What serves an instance; a file that has come since the start is looked for.
    private func loaded(_ key: String, _ version: String?) throws -> ModuleExport {
        if let module = catalog.module(key, version: version),
            version == nil || module.descriptor.version == version
        {
            return module
        }
        catalog.rescan()
        guard let module = catalog.module(key, version: version) else {
            throw ProviderRefusal.moduleMissing(key: key)
        }
        return module
    }

    private func open(_ configuration: SealedConfiguration) throws -> ProviderGuard {
        let module = try loaded(configuration.moduleKey, configuration.moduleVersion)
        let id = configuration.instance
        // What is left of another version's fields is nothing that this one is asked to take.
        let fields = module.descriptor
        let settings = InstanceSettings(
            instanceID: id.description, mode: configuration.mode,
            version: configuration.version, values: fields.known(configuration.settings),
            secrets: fields.known(try key.open(configuration.secrets?.wrappedValue, of: id)),
            previousSecrets: fields.known(
                try key.open(configuration.previousSecrets?.wrappedValue, of: id)))
        let logger = logger
        let discretion = Discretion(settings)
        let services = ProviderServices(
            http: client.transport(
                for: module.descriptor, settings, allowed: configuration.hosts.map { Set($0) }),
            log: { event, fields in
                var metadata = fields.mapValues {
                    Logger.MetadataValue.string(discretion.words($0))
                }
                metadata["instance"] = "\(id)"
                logger.info("\(discretion.words(event))", metadata: metadata)
            })
        let provider: any Provider
        do throws(ProviderError) { provider = try module.make(settings, services) } catch {
            throw discretion.error(error)
        }
        return ProviderGuard(
            LocalLine(provider, with: discretion), module.descriptor,
            instanceID: id.description, logger: logger, tally: tally)
    }

    /// How long a program may take over settings: longer than an interpreter takes to start, and
    /// shorter than another process waits for us.
    private static let makingDeadline: Duration = .seconds(6)

    /// Whether a module takes such settings: by its fields, and by making an instance of it.
    private func refuse(
        _ module: ModuleExport, _ draft: SettingsDraft, _ secrets: [String: Secret]
    ) async throws(ProviderRefusal) {
        let all = draft.settings.merging(secrets.mapValues { $0.reveal() }) { value, _ in value }
        let problems = module.descriptor.problems(in: all)
        if let (field, problem) = problems.min(by: { $0.key < $1.key }) {
            throw .settingWrong(field: field, problem: problem)
        }
        let settings = InstanceSettings(
            instanceID: "draft", mode: draft.mode, values: draft.settings, secrets: secrets)
        // What is only made has nothing to say to anybody.
        let transport = client.transport(for: module.descriptor, settings, allowed: [])
        do throws(ProviderError) {
            try await module.tryOut(
                settings, ProviderServices(http: transport),
                OperationContext(key: "make", within: Self.makingDeadline))
        } catch {
            let error = Discretion(settings).error(error)
            if case .misconfigured(let message) = error {
                throw .settingWrong(field: "", problem: message)
            }
            throw .settingWrong(field: "", problem: error.description)
        }
    }
}
