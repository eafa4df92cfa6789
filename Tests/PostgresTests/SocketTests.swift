import Glibc
import Testing

@testable import Postgres

@Suite struct `Sockets to PostgreSQL` {
    @Test func `are not inherited by programs that we start`() async throws {
        try await withServer { database, server in
            try await database.execute("select 1")
            try await database.transaction { try await $0.execute("select 1") }

            let ours = (3..<4096).filter { Self.peerPort(of: Int32($0)) == server.port }

            #expect(ours.count >= 2)
            for socket in ours { #expect(fcntl(Int32(socket), F_GETFD) & FD_CLOEXEC != 0) }
        }
    }

    private static func peerPort(of descriptor: Int32) -> Int? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failure = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getpeername(descriptor, $0, &length)
            }
        }
        return failure == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
