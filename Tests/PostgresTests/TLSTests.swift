import Reactor
import TestServers
import Testing

@testable import Postgres

@Suite struct `TLS to PostgreSQL` {
    /// A server with a certificate that it made itself, and a database by `options`.
    private func encrypted(
        _ options: @Sendable (ThrowawayPostgres) -> String, _ body: (Database) async throws -> Void
    ) async throws {
        try await ThrowawayPostgres.with { server in
            try await server.useOwnCertificate()
            let settings = DatabaseSettings(url: server.url + "?" + options(server))
            let database = Database(settings, reactor: Reactor(), logger: .quiet)
            try await body(database)
            await database.close()
        }
    }

    @Test func `is used when it is required, for long answers and for many at once`() async throws {
        try await encrypted({ _ in "sslmode=require" }) { database in
            let isEncrypted = try await database.value(
                "select ssl from pg_stat_ssl where pid = pg_backend_pid()", Bool.self)
            // Longer than TLS' records: what libpq has decrypted already wakes no socket.
            let long = try await database.value(
                "select repeat('x', 3000000)", String.self)
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...200 {
                    group.addTask { try await database.value("select \(number)::int", Int.self) }
                }
                return try await group.reduce(0, +)
            }
            try await database.transaction { tx in
                try await tx.execute("create table n (x text)")
                try await tx.execute("insert into n values (\(long))")
            }

            #expect(isEncrypted)
            #expect(long.utf8.count == 3_000_000)
            #expect(sum == 20_100)
            #expect(try await database.value("select length(x) from n", Int.self) == 3_000_000)
        }
    }

    @Test func `checks the server's name against the certificate that is trusted`() async throws {
        let trusting = { @Sendable (server: ThrowawayPostgres) in
            "sslmode=verify-full&sslrootcert=\(server.certificate)"
        }
        try await encrypted({ trusting($0).replacing("verify-full", with: "verify-ca") }) {
            #expect(await $0.failure("select 1") == nil)
        }
        // The certificate is for another name than 127.0.0.1.
        try await encrypted(trusting) {
            #expect(await $0.failure("select 1")?.code == .unavailable)
        }
    }

    @Test func `is not given up for a server that has none`() async throws {
        try await ThrowawayPostgres.with { server in
            var settings = DatabaseSettings(url: server.url + "?sslmode=require")
            settings.waitDeadline = .milliseconds(500)
            let database = Database(settings, reactor: Reactor(), logger: .quiet)

            #expect(await database.failure("select 1")?.code == .unavailable)

            await database.close()
        }
    }
}
