import Glibc
import Testing

/// A TCP connection to this machine that a test reads and writes byte by byte, without blocking.
final class RawConnection: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port)
        let failure = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let code = errno
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        // deinit closes it: a whole object is let go of, even by its failing init.
        guard failure == 0 else { throw ConnectFailure(code: code) }
    }

    struct ConnectFailure: Error { let code: Int32 }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    deinit { Glibc.close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func get(_ path: String) { send("GET \(path) HTTP/1.1\r\nHost: shop.test\r\n\r\n") }

    /// What comes until `isEnough`, the end, or `limit`; whether the end was reached.
    func read(
        for limit: Duration, until isEnough: (String) -> Bool = { _ in false }
    ) async throws -> (text: String, isOver: Bool) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                bytes += buffer[..<count]
                if isEnough(String(decoding: bytes, as: UTF8.self)) { break }
                continue
            }
            if count == 0 || errno != EAGAIN {
                return (String(decoding: bytes, as: UTF8.self), true)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return (String(decoding: bytes, as: UTF8.self), false)
    }

    /// The answer to `GET path` of a server that is expected to answer.
    func answer(_ path: String, within limit: Duration = .seconds(20)) async throws -> String {
        get(path)
        return try await read(for: limit) { $0.contains("\r\n\r\n") && $0.hasSuffix(".") }.text
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    /// A port that nobody uses now.
    static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(descriptor) }
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
