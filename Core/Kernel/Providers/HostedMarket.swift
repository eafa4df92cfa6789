import FoundationEssentials
public import ProviderHost
public import ProviderKit
import Vocabulary

/// The market's side of a provider host: its instances, read from the tables like everywhere, and
/// what else the market's other processes ask.
public struct HostedMarket: HostedProviders {
    private let gateway: ProviderGateway

    /// `gateway` must have the modules in this process.
    public init(_ gateway: ProviderGateway) { self.gateway = gateway }

    public var moduleNames: [String] {
        gateway.catalog.modules.map { "\($0.descriptor.key) \($0.descriptor.version)" }
    }

    public func areProgramsApart() async -> Bool? {
        await gateway.catalog.areProgramsApart()
    }

    public func hosted(
        _ instance: String, version: Int
    ) async throws(ProviderError) -> ProviderGuard {
        guard let id = ID<ProviderInstance>(instance) else {
            throw ProviderRefusal.instanceMissing.asProviderError
        }
        return try await translated {
            // The asking process may have heard of a change before this one did.
            if try await !gateway.knows(id, version: version) { gateway.directory.forget() }
            return try await gateway.live(id)
        }
    }

    public func answer(
        _ body: [UInt8], _ context: OperationContext
    ) async throws(ProviderError) -> [UInt8] {
        try await translated {
            let runtime = gateway.runtime
            switch try JSONDecoder().decode(HostQuestion.self, from: Data(body)) {
            case .modules:
                try await runtime.look(gateway.catalog)
                return try text(
                    FoundModules(
                        modules: gateway.catalog.listed, refused: gateway.catalog.refused,
                        areProgramsApart: await gateway.catalog.areProgramsApart()))
            case .check(let configuration):
                return try text(try await runtime.check(configuration, context))
            case .seal(let draft): return try text(try await runtime.seal(draft))
            case .newestKey: return try text(try await runtime.newestKeyID())
            case .secretKeys(let id, let sealed):
                return try text(try await runtime.secretKeys(sealed.wrappedValue, of: id))
            }
        }
    }

    private func text(_ value: some Encodable) throws -> [UInt8] {
        Array(try JSONEncoder().encode(value))
    }

    /// Nothing internal leaves but the kernel's own refusals and the module's errors.
    private func translated<Value>(
        _ body: () async throws -> Value
    ) async throws(ProviderError) -> Value {
        do {
            return try await body()
        } catch let error as ProviderError {
            throw error
        } catch let refusal as ProviderRefusal {
            throw refusal.asProviderError
        } catch let error as ProviderKeyError {
            throw .misconfigured(message: error.description)
        } catch {
            gateway.logger.error("provider-host.failed", metadata: ["error": "\(error)"])
            throw .unavailable(
                message: "the provider host cannot read its records", retryAfterSeconds: 1)
        }
    }
}
