import Foundation
import Glibc
import TestServers
import Testing

@Suite(.serialized) struct `Config/run` {
    private func on(
        _ machine: FreshMachine, _ body: (FreshMachine) async throws -> Void
    ) async throws {
        do { try await body(machine) } catch {
            try await machine.remove()
            throw error
        }
        try await machine.remove()
    }

    @Test func `prints the one line to type where it may install nothing`() async throws {
        let machine = try FreshMachine([
            "id": "echo 1000", "sudo": "exit 1",
            // As a fresh Debian has it.
            "dpkg-query": #"[ "${*: -1}" != util-linux ] || echo installed"#,
        ])
        try await on(machine) { machine in
            let outcome = try await machine.run()

            #expect(outcome.code == 1)
            #expect(outcome.output.isEmpty)
            let lines = outcome.complaints.split(separator: "\n")
            #expect(lines.count == 1)
            let line = try #require(lines.first)
            let packages = try #require(
                line.split(separator: "as root type: \(machine.folder)/Config/install-packages ")
                    .last
            ).split(separator: " ")
            #expect(packages.first == "binutils", "\(line)")
            #expect(packages.contains("postgresql-15") && packages.contains("redis-server"))
            #expect(!packages.contains("util-linux"))
        }
    }

    @Test func `asks for no servers where there are some`() async throws {
        let machine = try FreshMachine(
            [
                "id": "echo 1000", "sudo": "exit 1",
                "dpkg-query": #"[ "${*: -1}" != util-linux ] || echo installed"#,
            ],
            environment: [
                "DATABASE_URL": "postgresql://127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1",
            ])
        try await on(machine) { machine in
            let outcome = try await machine.run()

            #expect(outcome.complaints.contains("libpq-dev"))
            #expect(!outcome.complaints.contains("postgresql-15"))
            #expect(!outcome.complaints.contains("redis-server"))
        }
    }

    @Test(arguments: [
        (nil, "Swift is missing; install 6.3 or newer from https://"),
        ("Swift version 6.1.2 (swift-6.1.2-RELEASE)", "Swift 6.1 is too old; install 6.3"),
        ("nonsense", "Swift of an unknown version is too old; install 6.3"),
        (
            "swift: libncurses.so.6: cannot open'; false '",
            "Swift is here and does not start; mend what it says, then run this again: swift: libn"
        ),
    ]) func `says that Swift is missing, broken or too old`(
        _ version: String?, _ said: String
    ) async throws {
        var programs = ["dpkg-query": "echo installed"]
        programs["swift"] = version.map { "echo '\($0)'" }
        try await on(try FreshMachine(programs, isBare: true)) { machine in
            let outcome = try await machine.run()

            #expect(outcome.code == 1)
            #expect(outcome.complaints.contains(said), "\(outcome.said)")
            #expect(outcome.complaints.split(separator: "\n").count == 1)
        }
    }

    @Test func `says that a server is dead which it was to use`() async throws {
        let machine = try FreshMachine(
            FreshMachine.complete,
            environment: [
                "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x",
                "REDIS_URL": "redis://127.0.0.1:1",
            ])
        try await on(machine) { machine in
            let outcome = try await machine.run()

            #expect(outcome.code == 1)
            #expect(outcome.said.contains("PostgreSQL: it does not answer at DATABASE_URL"))
            #expect(outcome.said.contains("Redis: it does not answer at REDIS_URL"))
            #expect(outcome.said.contains("→ start it, or unset DATABASE_URL"))
            #expect(machine.processes.isEmpty)
        }
    }

    @Test func `makes a market, keeps it, and stops all that it started and nothing else`()
        async throws
    {
        try await on(try FreshMachine(FreshMachine.complete)) { machine in
            let (first, second, third) = (
                machine.folder + "/first", machine.folder + "/second", machine.folder + "/third"
            )
            let market = try machine.start(log: first)
            try #require(try await opens(market, first))
            let page = try #require(try await HTTPAnswer.get(machine.port, "/"))
            #expect(page.status == 200)
            let twin = try await machine.run()
            #expect(twin.code == 1)
            #expect(twin.complaints.contains("Guildhall already runs from this folder"))

            // Ctrl-C at the terminal is for all in the foreground.
            kill(-market.pid, SIGINT)
            #expect(try await market.waitForEnd() == 130)

            let said = try String(contentsOfFile: first, encoding: .utf8)
            #expect(said.contains("Filling the market from"))
            #expect(said.contains("administrator admin@example.com"))
            #expect(said.contains("Stopping: what is under way is finished first"))
            #expect(!said.contains("by force"), "\(said)")
            for ending in [
                "Stopped. Nothing of it is left running.", "Redis stopped", "PostgreSQL stopped",
            ] {
                #expect(said.contains(ending), "\(said)")
            }
            for name in ["storefront", "seller", "admin", "worker"] {
                let log = try String(
                    contentsOfFile: machine.folder + "/.guildhall/logs/\(name).log",
                    encoding: .utf8)
                #expect(log.contains("\"process.stopped\""), "\(name) was not let finish")
            }
            #expect(machine.processes.isEmpty)

            // One that is killed leaves its servers, and no market.
            let killed = try machine.start(log: second)
            try #require(try await opens(killed, second))
            killed.send(SIGKILL)
            try await killed.waitForEnd()
            #expect(try await eventually { !machine.programs.contains("guildhall") })

            let again = try machine.start(log: third)
            try #require(try await opens(again, third))
            // A service manager tells the script alone.
            again.send(SIGTERM)
            #expect(try await again.waitForEnd() == 143)
            let words = try String(contentsOfFile: third, encoding: .utf8)
            #expect(
                words.components(separatedBy: "left over from a run that was killed").count == 3)
            #expect(!words.contains("Filling the market") && !words.contains("a new, empty"))
            #expect(words.contains("The schema is up to date."))
            #expect(words.contains("PostgreSQL stopped; the data stays"))
            #expect(!words.contains("by force"), "\(words)")
            #expect(machine.processes.isEmpty)
        }
    }

    @Test func `stopped before the market is open, it leaves nothing running either`()
        async throws
    {
        try await on(try FreshMachine(FreshMachine.complete)) { machine in
            let log = machine.folder + "/said"
            let market = try machine.start(log: log)
            _ = try await eventually {
                market.hasEnded
                    || (FileManager.default.contents(atPath: log).map {
                        String(decoding: $0, as: UTF8.self).contains("Migrating the database")
                    } ?? false)
            }

            kill(-market.pid, SIGINT)

            #expect(try await market.waitForEnd() == 130)
            let said = try String(contentsOfFile: log, encoding: .utf8)
            #expect(said.contains("PostgreSQL stopped; the data stays"), "\(said)")
            #expect(machine.processes.isEmpty)
        }
    }

    @Test func `stops all that it started when nobody reads any more what it says`()
        async throws
    {
        try await on(try FreshMachine(FreshMachine.complete)) { machine in
            // As `Config/run | tee log`, of which Ctrl-C ends `tee` first.
            let reader = try NamedPipe(machine.folder + "/said")
            let market = try machine.start(log: reader.path)
            let isOpen = try await eventually {
                if market.hasEnded { return true }
                return try await HTTPAnswer.get(machine.port, "/")?.status == 200
            }
            try #require(isOpen && !market.hasEnded)

            reader.close()
            kill(-market.pid, SIGINT)

            #expect(try await market.waitForEnd() == 130)
            #expect(machine.processes.isEmpty, "\(machine.programs)")
            let log = try String(
                contentsOfFile: machine.folder + "/.guildhall/logs/worker.log", encoding: .utf8)
            #expect(log.contains("\"process.stopped\""), "it was not let finish")
        }
    }

    private func opens(_ market: Program, _ log: String) async throws -> Bool {
        var isOpen = false
        _ = try await eventually {
            let text = FileManager.default.contents(atPath: log) ?? Data()
            isOpen = String(decoding: text, as: UTF8.self).contains("Guildhall is open.")
            return isOpen || market.hasEnded
        }
        return isOpen
    }
}
