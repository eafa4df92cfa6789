import AsyncHTTPClient
import NIOCore
import NIOPosix
public import ProviderKit
public import Vocabulary

/// The way out for one provider instance: only to its hosts, only so long, only so much, and with
/// the one distinction that money needs: not sent, or maybe sent.
public struct HostTransport: HTTPTransport {
    /// A provider's answer is a few kilobytes; a megabyte is an accident or an attack.
    public static let responseBytesMax = 1 << 20

    private let client: HostClient
    private let hosts: Set<String>
    private let withheld: Set<String>

    /// - Parameters:
    ///   - hosts: those that it leads to, in lower case, without ports.
    ///   - withheld: those that the module declares and that nobody allowed.
    public init(client: HostClient, hosts: Set<String>, withheld: Set<String> = []) {
        self.client = client
        self.hosts = hosts
        self.withheld = withheld
    }

    public func send(
        _ request: HTTPRequest, deadline: Instant
    ) async throws(ProviderError) -> HTTPResponse {
        guard let address = WebAddress(request.url), hosts.contains(address.host) else {
            throw refusal(of: WebAddress(request.url)?.host)
        }
        let connector = try await cutOff(
            at: deadline,
            late: .unavailable(message: "\(address.host) was not found", retryAfterSeconds: nil)
        ) { [client] () throws(ProviderError) in try await client.connector(to: address) }
        guard let connector else { throw Self.forbidden(address.host) }
        let left = deadline.microsecondsSince1970 - Instant.systemNow.microsecondsSince1970
        guard left > 0 else {
            throw .unavailable(message: "the deadline had passed already", retryAfterSeconds: nil)
        }
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = .init(rawValue: request.method)
        for field in request.headers.fields {
            outgoing.headers.add(name: field.name, value: field.value)
        }
        if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
        do {
            let response = try await connector.execute(
                outgoing, deadline: .now() + .microseconds(left))
            let body = try await response.body.collect(upTo: Self.responseBytesMax)
            return HTTPResponse(
                status: Int(response.status.code),
                headers: HTTPHeaders(
                    response.headers.map { HTTPHeaders.Field(name: $0.name, value: $0.value) }),
                body: Array(body.readableBytesView))
        } catch {
            throw Self.meaning(of: error, host: address.host)
        }
    }

    private func refusal(of host: String?) -> ProviderError {
        guard let host, withheld.contains(host) else {
            return .invalidRequest(
                code: "host.not-allowed", message: "This instance may not talk to that host.")
        }
        return .invalidRequest(
            code: "host.not-allowed",
            message: "\(host) is not among the hosts that this provider may reach. An "
                + "administrator allows it with the provider's settings.")
    }

    /// Only what surely came before the first byte was sent is `unavailable`.
    private static func meaning(of error: any Error, host: String) -> ProviderError {
        if error is AddressForbidden { return forbidden(host) }
        if wasNeverSent(error) {
            return .unavailable(message: "\(host) cannot be reached", retryAfterSeconds: nil)
        }
        if error is NIOTooManyBytesError {
            return .ambiguous(message: "\(host) answered with too much")
        }
        return .ambiguous(message: "\(host) did not answer: \(error)")
    }

    private static func forbidden(_ host: String) -> ProviderError {
        .invalidRequest(
            code: "address.not-allowed",
            message: "\(host) is in a private network that is not allowed by name.")
    }

    private static func wasNeverSent(_ error: any Error) -> Bool {
        if error is NIOConnectionError { return true }
        if let error = error as? IOError { return error.errnoCode == ECONNREFUSED }
        if let error = error as? ChannelError, case .connectTimeout = error { return true }
        guard let error = error as? HTTPClientError else { return false }
        return error == .connectTimeout || error == .getConnectionFromPoolTimeout
            || error == .invalidURL || error == .emptyHost || error == .emptyScheme
            || error == .tlsHandshakeTimeout || error == .alreadyShutdown
    }
}
