import AsyncHTTPClient
import ProviderKit

/// The connections of one process to all providers. One per process; every instance gets a
/// transport of its own from it.
public struct HostClient: Sendable {
    let client: HTTPClient

    public init() {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(3)
        // Behind our back nothing is tried again: a refused connection is an answer.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(10)
        configuration.decompression = .disabled
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends all connections. Nothing may be sent afterwards.
    public func shutDown() async throws { try await client.shutdown() }

    /// The way out for one instance: to the hosts of its `url` settings and of its module.
    public func transport(
        for descriptor: ModuleDescriptor, _ settings: InstanceSettings
    ) -> HostTransport {
        let configured = descriptor.fields.filter { $0.kind == .url }
            .compactMap { settings.text($0).flatMap(WebAddress.init)?.host }
        return HostTransport(
            client: self, hosts: Set(configured + descriptor.hosts.map { $0.lowercased() }))
    }
}
