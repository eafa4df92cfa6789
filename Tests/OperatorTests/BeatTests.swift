import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

@Suite struct `A process that is looked after` {
    private struct Beat {
        let pid: Int
        let isStopped: Bool
        let build: String
    }

    private func beats(_ database: Database) async throws -> [Beat] {
        try await database.query(
            """
            select pid, stopped_at is not null, build from process_beat
            where name = 'worker' order by started_at
            """
        ).decode { c in try Beat(pid: c.next(), isStopped: c.next(), build: c.next()) }
    }

    /// A worker that was heard of.
    private func worker(
        _ environment: [String: String], _ database: Database
    ) async throws -> Process {
        let process = try Guildhall.start(["work"], environment: environment)
        let pid = Int(process.processIdentifier)
        // The machine may be busy.
        for _ in 0..<6000 where process.isRunning {
            if try await beats(database).contains(where: { $0.pid == pid }) { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        return process
    }

    @Test func `leaves a word when it is stopped, and none when it is killed`() async throws {
        try await Guildhall.withDatabase { storage, given, _ in
            _ = try await Guildhall.run("migrate", environment: given)
            var environment = given
            environment["GUILDHALL_PROVIDER_SOCKET"] = "none"
            environment["GUILDHALL_HEALTH_PORT"] = String(Int.random(in: 30_000...31_000))
            environment["GUILDHALL_SHUTDOWN_SECONDS"] = "5"
            let killed = try await worker(environment, storage.database)
            kill(killed.processIdentifier, SIGKILL)
            killed.waitUntilExit()
            let stopped = try await worker(environment, storage.database)
            kill(stopped.processIdentifier, SIGTERM)
            stopped.waitUntilExit()

            let beats = try await beats(storage.database)

            #expect(beats.map(\.pid) == [killed, stopped].map { Int($0.processIdentifier) })
            #expect(beats.map(\.isStopped) == [false, true])
            #expect(Set(beats.map(\.build)).count == 1)
            #expect(beats.first?.build.hasPrefix("m0") == true)
        }
    }
}
