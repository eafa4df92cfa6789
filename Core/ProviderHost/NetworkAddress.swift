import Glibc
import NIOCore

/// An IP address, and whether it is out in the world.
package struct NetworkAddress: Hashable, Sendable {
    /// 4 or 16, in network order.
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// `192.0.2.1` or `2001:db8::1`; nil for any other way to write one.
    package init?(_ text: String) {
        var four = [UInt8](repeating: 0, count: 4)
        var sixteen = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = four
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = sixteen
        } else {
            return nil
        }
    }

    /// Where a socket leads to; nil when that is no IP address.
    init?(_ socket: SocketAddress) {
        switch socket {
        case .v4(let address):
            var address = address.address.sin_addr
            bytes = withUnsafeBytes(of: &address) { Array($0) }
        case .v6(let address):
            var address = address.address.sin6_addr
            bytes = withUnsafeBytes(of: &address) { Array($0) }
        case .unixDomainSocket: return nil
        }
    }

    /// Whether it is a public unicast address: none of this machine, of a private network, of a
    /// link, of a cloud's metadata, and none behind which one of these is hidden.
    package var isPublic: Bool {
        if bytes.count == 4 { return !Self.private4.contains { $0.holds(bytes) } }
        if let inner { return NetworkAddress(inner).isPublic }
        return Self.unicast6.holds(bytes) && !Self.private6.contains { $0.holds(bytes) }
    }

    /// The IPv4 address that an IPv6 address stands for, if it does.
    private var inner: [UInt8]? {
        // Mapped (RFC 4291), the well-known prefix of translators (RFC 6052), 6to4 (RFC 3056).
        let zeros = [UInt8](repeating: 0, count: 10)
        if bytes.starts(with: zeros + [0xff, 0xff]) { return Array(bytes[12...]) }
        if bytes.starts(with: [0x00, 0x64, 0xff, 0x9b] + zeros.prefix(8)) {
            return Array(bytes[12...])
        }
        if bytes.starts(with: [0x20, 0x02]) { return Array(bytes[2..<6]) }
        return nil
    }

    private struct Network {
        let prefix: [UInt8]
        let bits: Int

        init(_ prefix: [UInt8], _ bits: Int) {
            self.prefix = prefix
            self.bits = bits
        }

        func holds(_ address: [UInt8]) -> Bool {
            for index in 0..<((bits + 7) / 8) {
                let left = min(8, bits - index * 8)
                let mask = UInt8(truncatingIfNeeded: 0xff00 >> left)
                let wanted = index < prefix.count ? prefix[index] : 0
                if address[index] & mask != wanted & mask { return false }
            }
            return true
        }
    }

    // The IANA registries of special-purpose addresses (RFC 6890): what is not globally reachable.
    private static let private4 = [
        Network([0], 8), Network([10], 8), Network([100, 64], 10), Network([127], 8),
        Network([169, 254], 16), Network([172, 16], 12), Network([192, 0, 0], 24),
        Network([192, 0, 2], 24), Network([192, 88, 99], 24), Network([192, 168], 16),
        Network([198, 18], 15), Network([198, 51, 100], 24), Network([203, 0, 113], 24),
        Network([224], 4), Network([240], 4),
    ]
    private static let unicast6 = Network([0x20], 3)
    private static let private6 = [
        Network([0x20, 0x01], 23), Network([0x20, 0x01, 0x0d, 0xb8], 32),
        Network([0x3f, 0xff], 20),
    ]
}
