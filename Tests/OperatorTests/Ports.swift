import Foundation
import Glibc

/// So many ports in a row that nobody uses, below those that the system gives away by itself.
func freePorts(_ count: Int) throws -> Int {
    for _ in 0..<1000 {
        let first = Int.random(in: 20_000...(32_000 - count))
        if (first..<(first + count)).allSatisfy(isFree) { return first }
    }
    throw NoPorts()
}

private struct NoPorts: Error {}

private func isFree(_ port: Int) -> Bool { HeldPort(port) != nil }

/// Holds a port of 127.0.0.1 as long as it lives.
final class HeldPort: Sendable {
    private let descriptor: Int32

    /// Nil when somebody else has the port.
    init?(_ port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound, listen(descriptor, 1) == 0 else { return nil }
    }

    deinit { close(descriptor) }
}

/// The settings of every port that a market wants, nine or, with more processes, more in a row.
func marketPorts(from first: Int) -> [String: String] {
    [
        "GUILDHALL_STOREFRONT_PORT": "\(first)", "GUILDHALL_SELLER_PORT": "\(first + 1)",
        "GUILDHALL_ADMIN_PORT": "\(first + 2)", "GUILDHALL_BANK_PORT": "\(first + 3)",
        "GUILDHALL_HEALTH_PORT": "\(first + 4)",
    ]
}
