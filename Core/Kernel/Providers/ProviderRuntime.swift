import ProviderHost
import ProviderKit
import Vocabulary

/// Where modules run, and the only place where secrets are opened: this process
/// (``LocalRuntime``), or a provider host (``HostRuntime``).
protocol ProviderRuntime: Sendable {
    /// Changes whenever other code may answer for an instance whose settings stayed.
    var session: Int { get }

    /// Looks again which modules there are, and has `catalog` know.
    func look(_ catalog: ModuleCatalog) async throws

    /// A live object of a stored instance.
    /// - Throws: ``ProviderRefusal/moduleMissing(key:)``, `ProviderError.misconfigured` when the
    ///   module does not take its settings, `ProviderError.unavailable` when no host answers.
    func open(_ configuration: ProviderConfiguration) async throws -> ProviderGuard

    /// What the module finds wrong with settings that need not be stored.
    func check(
        _ configuration: SealedConfiguration, _ context: OperationContext
    ) async throws -> [String]

    /// Seals what an administrator typed, once its module takes it.
    /// - Throws: ``ProviderRefusal/settingWrong(field:problem:)``.
    func seal(_ draft: SettingsDraft) async throws -> SealedSettings

    /// Under which key everything is sealed from now on.
    func newestKeyID() async throws -> String

    /// Which secrets are stored, by the keys of their fields.
    func secretKeys(_ sealed: [UInt8], of id: ID<ProviderInstance>) async throws -> Set<String>
}

/// An instance's configuration as it may leave its process: its secrets stay sealed.
struct SealedConfiguration: Codable, Sendable {
    let instance: ID<ProviderInstance>
    let moduleKey: String
    let moduleVersion: String?
    let mode: InstanceMode
    let version: Int
    let settings: [String: String]
    let secrets: Base64?
    let previousSecrets: Base64?
    /// Those that an administrator allowed; nil where nobody was asked yet.
    let hosts: [String]?

    init(_ configuration: ProviderConfiguration) {
        instance = configuration.instance.id
        moduleKey = configuration.instance.moduleKey
        moduleVersion = configuration.instance.moduleVersion
        mode = configuration.instance.mode.inModule
        version = configuration.instance.configurationVersion
        settings = configuration.instance.settings
        secrets = configuration.secrets.map { Base64(wrappedValue: $0) }
        previousSecrets = configuration.previousSecrets.map { Base64(wrappedValue: $0) }
        hosts = configuration.instance.allowedHosts
    }
}

/// What an administrator typed, on its way to where it is sealed. It is never stored.
struct SettingsDraft: Codable, Sendable {
    var instance: ID<ProviderInstance>
    var moduleKey: String
    var moduleVersion: String?
    var mode: InstanceMode
    /// All of them that are not secret.
    var settings: [String: String]
    /// Those that are new; the others stay as they were sealed.
    var secrets: [String: Secret]
    /// The keys of those that are taken away.
    var removed: Set<String>?
    /// What is stored, and what was before the last change.
    var sealed: Base64?
    var previouslySealed: Base64?
}

/// What is to be stored of secrets, both under one key. Nil where there are none.
struct SealedSettings: Codable, Sendable {
    var secrets: Base64?
    var previousSecrets: Base64?
    var keyID: String

    var present: SealedSecrets { SealedSecrets(bytes: secrets?.wrappedValue, keyID: keyID) }
    var before: SealedSecrets {
        SealedSecrets(bytes: previousSecrets?.wrappedValue, keyID: keyID)
    }
}

extension ProviderGateway {
    /// Called where nothing can be dropped from the ring of keys any more: what was sealed before
    /// may be under a key that was dropped meanwhile. The host is on this machine; it is asked in
    /// a transaction because it has to be asked after the lock.
    /// - Throws: ``ProviderRefusal/stateChanged``, ``ProviderRefusal/hostUnreachable``.
    func refuseUnlessNewest(_ sealed: SealedSettings) async throws {
        guard try await runtime.newestKeyID() == sealed.keyID else {
            throw ProviderRefusal.stateChanged
        }
    }

    /// The key itself, which only a process has whose modules are its own.
    func ownKey() throws(ProviderKeyError) -> ProviderKey {
        guard let local = runtime as? LocalRuntime else { throw .notHere }
        return local.key
    }
}
