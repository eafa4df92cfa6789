import FoundationEssentials
import Logging
import ProviderHost
import ProviderKit
import Vocabulary

/// Modules in a provider host. This process has neither their code nor the key to their secrets.
struct HostRuntime: ProviderRuntime {
    let connection: HostConnection
    let logger: Logger
    let tally: CallTally

    /// How long the host may take for what no provider is asked for.
    static let patience: Duration = .seconds(10)
    /// Where a module's file would be named, for a host that does not answer.
    static let itself = "provider host"

    var session: Int { connection.session }

    func look(_ catalog: ModuleCatalog) async throws {
        do {
            let found = try await ask(.modules, as: FoundModules.self)
            catalog.mirror(
                found.modules, refused: found.refused, areProgramsApart: found.areProgramsApart)
        } catch ProviderRefusal.hostUnreachable {
            // What was known is still true of most of them.
            let reason = ProviderRefusal.hostUnreachable.explanation
            catalog.mirror(
                catalog.listed,
                refused: [ModuleCatalog.Refused(file: Self.itself, reason: reason)])
        }
    }

    func open(_ configuration: ProviderConfiguration) async throws -> ProviderGuard {
        let instance = configuration.instance
        do throws(ProviderError) {
            let (line, descriptor) = try await connection.open(
                instance.id.description, version: instance.configurationVersion,
                OperationContext(key: "open", within: Self.patience))
            return ProviderGuard(
                line, descriptor, instanceID: instance.id.description, logger: logger,
                tally: tally)
        } catch {
            throw error.asRefusal
        }
    }

    func check(
        _ configuration: SealedConfiguration, _ context: OperationContext
    ) async throws -> [String] {
        let question = HostQuestion.check(configuration: configuration)
        do throws(ProviderError) {
            let answer = try await connection.ask(market: try Self.text(question), context)
            return try Self.read(answer, as: [String].self)
        } catch {
            throw error.asRefusal
        }
    }

    func seal(_ draft: SettingsDraft) async throws -> SealedSettings {
        try await ask(.seal(draft: draft), as: SealedSettings.self)
    }

    func newestKeyID() async throws -> String { try await ask(.newestKey, as: String.self) }

    func secretKeys(
        _ sealed: [UInt8], of id: ID<ProviderInstance>
    ) async throws -> Set<String> {
        let question = HostQuestion.secretKeys(
            instance: id, sealed: Base64(wrappedValue: sealed))
        return try await ask(question, as: Set<String>.self)
    }

    /// - Throws: ``ProviderRefusal``; `hostUnreachable` when no answer came.
    private func ask<Answer: Decodable>(
        _ question: HostQuestion, as type: Answer.Type
    ) async throws -> Answer {
        let context = OperationContext(key: "desk", within: Self.patience)
        do throws(ProviderError) {
            let answer = try await connection.ask(market: try Self.text(question), context)
            return try Self.read(answer, as: type)
        } catch {
            logger.warning("provider-host.asked", metadata: ["error": "\(error)"])
            switch error {
            case .unavailable, .ambiguous: throw ProviderRefusal.hostUnreachable
            default: throw error.asRefusal
            }
        }
    }

    private static func text(_ question: HostQuestion) throws(ProviderError) -> [UInt8] {
        do { return Array(try JSONEncoder().encode(question)) } catch {
            throw .invalidRequest(code: "host.unwritable", message: "\(error)")
        }
    }

    private static func read<Answer: Decodable>(
        _ answer: [UInt8], as type: Answer.Type
    ) throws(ProviderError) -> Answer {
        do { return try JSONDecoder().decode(type, from: Data(answer)) } catch {
            throw .unavailable(message: "another version's answer", retryAfterSeconds: nil)
        }
    }
}

/// What the market asks a provider host about its modules and settings.
enum HostQuestion: Codable, Sendable {
    case modules
    case check(configuration: SealedConfiguration)
    case seal(draft: SettingsDraft)
    case newestKey
    case secretKeys(instance: ID<ProviderInstance>, sealed: Base64)
}

struct FoundModules: Codable, Sendable {
    var modules: [ModuleCatalog.Listed]
    var refused: [ModuleCatalog.Refused]
    /// Nil from a host that does not say.
    var areProgramsApart: Bool?
}

extension ProviderError {
    /// The refusal that it was in the host; itself when it was none.
    fileprivate var asRefusal: any Error {
        if let refusal = ProviderRefusal(from: self) { return refusal }
        return self
    }
}

/// A refusal on its way between two processes. Only those that a host can have.
extension ProviderRefusal {
    private static let settingPrefix = "provider.setting-wrong:"

    init?(from error: ProviderError) {
        guard case .invalidRequest(let code, let message) = error else { return nil }
        switch code {
        case ProviderRefusal.instanceMissing.code: self = .instanceMissing
        case ProviderRefusal.moduleMissing(key: "").code: self = .moduleMissing(key: message)
        default:
            guard code.hasPrefix(Self.settingPrefix) else { return nil }
            let field = String(code.dropFirst(Self.settingPrefix.count))
            self = .settingWrong(field: field, problem: message)
        }
    }

    var asProviderError: ProviderError {
        switch self {
        case .moduleMissing(let key): .invalidRequest(code: code, message: key)
        case .settingWrong(let field, let problem):
            .invalidRequest(code: Self.settingPrefix + field, message: problem)
        default: .invalidRequest(code: code, message: explanation)
        }
    }
}
