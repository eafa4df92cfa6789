import Glibc
import Testing

@testable import ProviderHost

@Suite struct `The door of a provider host` {
    @Test(arguments: [0o755, 0o770, 0o1777, 0o701] as [mode_t])
    func `is not opened in a folder that others may look into`(_ mode: mode_t) async throws {
        let path = RawHost.freshPath()
        let folder = String(path.dropLast("/socket".count))
        defer { rmdir(folder) }
        chmod(folder, mode)

        await #expect(throws: HostListenerError.self) {
            try await TestHost(ScriptedPayments()).listening(at: path) {}
        }
        var status = stat()
        #expect(stat(path, &status) != 0, "it listens there all the same")
    }

    @Test func `stands in a folder of mode 0700 that is made where it is missing`() async throws {
        let path = RawHost.freshPath()
        let folder = String(path.dropLast("/socket".count))
        rmdir(folder)

        try await TestHost(ScriptedPayments()).listening(at: path) {
            var (outer, inner) = (stat(), stat())
            #expect(stat(folder, &outer) == 0 && stat(path, &inner) == 0)
            #expect(outer.st_mode & 0o777 == 0o700)
            #expect(inner.st_mode & 0o777 == 0o600)
            #expect(outer.st_uid == geteuid())
        }
    }

    @Test func `hangs up on another user's process, whatever the modes of files say`() async throws
    {
        let path = RawHost.freshPath()
        // Whoever is let in is told that a hello comes first.
        let early = RawHost.bytes(Frame(kind: .call, id: 9, body: Array("{}".utf8)))

        // This process is another user's than the one that may connect.
        try await TestHost(ScriptedPayments()).listening(at: path, users: [geteuid() + 1]) {
            #expect(RawHost.send(early, to: path).isEmpty)
            chmod(path, 0o777)
            #expect(RawHost.send(early, to: path).isEmpty)
            let far = connection(to: path, patience: .milliseconds(300))
            await #expect(throws: (any Error).self) {
                try await far.status(within: .seconds(2))
            }
            far.close()
        }
    }

    @Test func `lets this user in`() async throws {
        let path = RawHost.freshPath()
        try await TestHost(ScriptedPayments()).listening(at: path, users: [geteuid()]) {
            let near = connection(to: path)
            let status = try await near.status(within: .seconds(60))
            #expect(status.pid == getpid())
            near.close()
        }
    }
}
