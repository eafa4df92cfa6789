import AsyncHTTPClient
import NIOCore
public import ProviderKit
import Vocabulary

/// The connections of one process to all providers. One per process; every instance gets a
/// transport of its own from it.
public struct HostClient: Sendable {
    /// To public addresses only: a connection that stands to another one is closed unused.
    private let outside: HTTPClient
    /// To what was allowed by name.
    private let anywhere: HTTPClient
    private let privateHosts: Set<String>
    private let resolver: NameResolver

    /// - Parameter privateHosts: names, with or without `:port`, as they stand in an instance's
    ///   settings, that may be this machine or lie in a private network: `127.0.0.1:8083`. Every
    ///   other host has to have public addresses only, and is talked to by https.
    /// - Parameter limit: how long a connection may take to stand, the call's own deadline aside.
    public init(privateHosts: Set<String>, connectingWithin limit: Duration = .seconds(3)) {
        self.init(
            privateHosts: privateHosts, connectingWithin: limit, resolver: NameResolver())
    }

    init(
        privateHosts: Set<String>, connectingWithin limit: Duration = .seconds(3),
        resolver: NameResolver
    ) {
        self.privateHosts = Set(privateHosts.map(\.privateHost))
        self.resolver = resolver
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = TimeAmount(limit)
        // Behind our back nothing is tried again: a refused connection is an answer.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(10)
        configuration.decompression = .disabled
        anywhere = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        // A name may have another address by the time of connecting than when it was looked up.
        configuration.http1_1ConnectionDebugInitializer = Self.refuseUnlessPublic
        configuration.http2ConnectionDebugInitializer = Self.refuseUnlessPublic
        outside = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends all connections. Nothing may be sent afterwards.
    public func shutDown() async throws {
        try await outside.shutdown()
        try await anywhere.shutdown()
    }

    /// The way out for one instance: to the hosts of its `url` settings, and to those that its
    /// module declares and that are `allowed`; nil allows all of them.
    public func transport(
        for descriptor: ModuleDescriptor, _ settings: InstanceSettings,
        allowed: Set<String>? = nil
    ) -> HostTransport {
        let hosts = descriptor.reachableHosts(settings, allowed: allowed)
        return HostTransport(
            client: self, hosts: hosts,
            withheld: descriptor.reachableHosts(settings).subtracting(hosts))
    }

    /// Who connects to `address`; nil when it leads where nobody allowed it to.
    /// - Throws: `unavailable` when its name has no address, `invalidRequest` when what is sent
    ///   there could be read on its way.
    func connector(
        to address: WebAddress
    ) async throws(ProviderError) -> HTTPClient? {
        let names = [address.host, "\(address.host):\(address.port)"]
        if names.contains(where: privateHosts.contains) { return anywhere }
        let found: [NetworkAddress]
        do {
            found = try await resolver.addresses(of: address.host)
        } catch {
            throw .unavailable(
                message: "\(address.host) could not be looked up", retryAfterSeconds: nil)
        }
        guard !found.isEmpty else {
            throw .unavailable(message: "\(address.host) has no address", retryAfterSeconds: nil)
        }
        guard found.allSatisfy(\.isPublic) else { return nil }
        guard address.isEncrypted else {
            throw .invalidRequest(
                code: "address.not-encrypted",
                message: "\(address.host) is talked to by https only: by http anybody on the way "
                    + "could read this provider's secrets.")
        }
        return outside
    }

    @Sendable private static func refuseUnlessPublic(
        _ channel: any Channel
    ) -> EventLoopFuture<Void> {
        let address = channel.remoteAddress.flatMap { NetworkAddress($0) }
        if address?.isPublic ?? false { return channel.eventLoop.makeSucceededVoidFuture() }
        channel.close(promise: nil)
        return channel.eventLoop.makeFailedFuture(AddressForbidden())
    }
}

/// A connection stood to an address that nobody allowed.
struct AddressForbidden: Error {}

extension ModuleDescriptor {
    /// The hosts that an instance with these settings may talk to, in lower case, without ports:
    /// those that were typed, and those that the module declares and that are `allowed`; nil
    /// allows all of them. In sandbox mode those where real money moves are not among them.
    package func reachableHosts(
        _ settings: InstanceSettings, allowed: Set<String>? = nil
    ) -> Set<String> {
        let addresses = fields.filter { $0.kind == .url }
        func typed(_ field: ConfigurationField) -> String? {
            settings.values[field.key].flatMap { $0.isEmpty ? nil : $0 }
        }
        var reached = Set(hosts.map(\.hostName))
        for field in addresses where typed(field) == nil {
            if let host = field.fallbackHost { reached.insert(host) }
        }
        if let allowed { reached.formIntersection(allowed.map(\.hostName)) }
        reached.formUnion(addresses.compactMap { typed($0).flatMap(WebAddress.init)?.host })
        if settings.mode == .sandbox { reached.subtract(liveHosts.map(\.hostName)) }
        return reached
    }

    /// The hosts that the module itself names, in lower case and order: those that it says it
    /// talks to, and those of addresses that hold where nobody types another.
    package var declaredHosts: [String] {
        let others = fields.filter { $0.kind == .url }.compactMap(\.fallbackHost)
        return Set(hosts.map(\.hostName) + others).sorted()
    }
}

extension ConfigurationField {
    fileprivate var fallbackHost: String? { fallback.flatMap(WebAddress.init)?.host }
}

extension String {
    /// A host's name as ``WebAddress/host`` has it, so that both can be compared.
    package var hostName: String {
        let name = lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    /// The same of `name` or `name:port`.
    fileprivate var privateHost: String {
        guard let colon = lastIndex(of: ":") else { return hostName }
        return String(self[..<colon]).hostName + self[colon...].lowercased()
    }
}
