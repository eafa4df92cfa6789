import Glibc
import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `The way out of a connection` {
    /// More than a socket holds, again and again: most of them go out in part, and the rest by the
    /// event loop, while small ones come from other threads.
    @Test func `mixes no frames up, however full it is`() async throws {
        let path = RawHost.freshPath()
        try await TestHost(ScriptedPayments()).listening(at: path) {
            let connection = connection(to: path)
            defer { connection.close() }
            let counts = [0, 10, 3_000, 63_000, 70_000, 400_000]
            let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<90 {
                    group.addTask {
                        let body = (0..<counts[number % counts.count]).map {
                            UInt8(truncatingIfNeeded: $0 &* 31 &+ number)
                        }
                        return try await connection.ask(market: body, patient()) != body
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }

            #expect(wrong == 0)
        }
    }

    /// The other side has gone, and this one has not heard of it yet.
    @Test func `says that nothing went out where nobody is left to take it`() async throws {
        let path = RawHost.freshPath()
        let connection = connection(to: path)
        defer { connection.close() }
        for _ in 0..<20 {
            // A host that goes at once, and another one in its place: nothing is in doubt.
            try await TestHost(ScriptedPayments()).listening(at: path, grace: .zero) {
                let answer = try await connection.ask(market: [7], patient())
                #expect(answer == [7])
            }
        }
    }

    @Test func `is closed for good with its connection`() async throws {
        let path = RawHost.freshPath()
        func open() -> Int {
            var count = 0
            for descriptor in Int32(0)..<1024 where fcntl(descriptor, F_GETFD) >= 0 {
                var address = sockaddr_un()
                var length = socklen_t(MemoryLayout<sockaddr_un>.size)
                let found = withUnsafeMutablePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        getsockname(descriptor, $0, &length)
                    }
                }
                let name = withUnsafeBytes(of: address.sun_path) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if found == 0, address.sun_family == AF_UNIX, name.hasPrefix(path) { count += 1 }
            }
            return count
        }
        try await TestHost(ScriptedPayments()).listening(at: path) {
            for _ in 0..<5 {
                let connection = connection(to: path)
                let answer = try await connection.ask(market: [7], patient())
                #expect(answer == [7])
                connection.close()
            }
        }

        // The host's ends have the address as their name.
        for _ in 0..<200 where open() > 0 { try await Task.sleep(for: .milliseconds(50)) }
        #expect(open() == 0)
    }
}
