import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct `Migrating the database` {
    @Test func `what has run is not run again`() async throws {
        try await TestMarketplace.run { market in
            let migrator = try Migrator(market.storage.owner, logger: TestServers.logger)

            let ran = try await migrator.run()

            #expect(ran.isEmpty)
            let status = try await migrator.status()
            #expect(status.map(\.name) == Migration.names)
            #expect(status.allSatisfy { $0.ranAt != nil })
        }
    }

    @Test func `two processes at once run each migration once`() async throws {
        try await TestMarketplace.run { market in
            let migrations = try Migration.shipped() + [counting]
            let first = try Migrator(
                market.storage.owner, logger: TestServers.logger, migrations: migrations)
            let other = try market.storage.connectAgain(role: nil)
            let second = try Migrator(other, logger: TestServers.logger, migrations: migrations)

            async let one = first.run()
            async let two = second.run()
            let ran = try await one + two

            #expect(ran == [counting.name])
            await other.close()
        }
    }

    @Test func `a file that was edited after it ran is refused with a sentence`() async throws {
        try await TestMarketplace.run { market in
            var migrations = try Migration.shipped()
            migrations[1] = Migration(name: migrations[1].name, text: migrations[1].text + " ")
            let migrator = try Migrator(
                market.storage.owner, logger: TestServers.logger, migrations: migrations)

            let error = await #expect(throws: MigrationError.self) { try await migrator.run() }

            #expect(error == .changed("m0002-sellers"))
            #expect(error?.description.contains("Undo the edit") == true)
        }
    }

    @Test func `a database of a newer version is left alone`() async throws {
        try await TestMarketplace.run { market in
            let shipped = try Migration.shipped()
            let newest = try #require(shipped.last)
            let known = Array(shipped.dropLast())
            let migrator = try Migrator(
                market.storage.owner, logger: TestServers.logger, migrations: known)

            await #expect(throws: MigrationError.unknown(newest.name)) {
                try await migrator.run()
            }
        }
    }

    @Test func `a migration that fails leaves nothing behind`() async throws {
        try await TestMarketplace.run { market in
            let broken = Migration(
                name: "m9999-broken", text: "create table half (a int); select 1 / 0;")
            let migrator = try Migrator(
                market.storage.owner, logger: TestServers.logger,
                migrations: try Migration.shipped() + [broken])

            await #expect(throws: PostgresError.self) { try await migrator.run() }

            let rows = try await market.database.query("select to_regclass('half') is null")
            #expect(try rows.decode { c in try c.next(Bool.self) } == [true])
        }
    }

    @Test func `a migration behind a reader tries again instead of stopping everybody`()
        async throws
    {
        try await TestMarketplace.run { market in
            let altering = Migration(
                name: "m9999-alter", text: "alter table seller add column motto text;")
            let migrator = try Migrator(
                market.storage.owner, logger: TestServers.logger,
                migrations: try Migration.shipped() + [altering])
            let reader = try market.storage.connectAgain()

            let (reading, isReading) = AsyncStream<Void>.makeStream()
            async let slow: Void = reader.transaction { tx in
                try await tx.execute("select from seller")
                isReading.finish()
                try await Task.sleep(for: .milliseconds(400))
            }
            for await _ in reading {}
            let ran = try await migrator.run()

            #expect(ran == [altering.name])
            try await slow
            await reader.close()
        }
    }

    private let counting = Migration(
        name: "m9999-count", text: "create table counted (a int); insert into counted values (1);")
}
