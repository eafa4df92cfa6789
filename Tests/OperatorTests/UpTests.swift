import Foundation
import Glibc
import TestSupport
import TestServers
import Testing

@Suite struct `Starting everything` {
    @Test func `says all that stands in its way at once, each with what to do`() async throws {
        let port = try freePorts(40)
        let taken = try #require(HeldPort(port + 1))
        let home = "/tmp/guildhall-up-\(getpid())-\(port)"
        defer { try? FileManager.default.removeItem(atPath: home) }

        let outcome = try await Guildhall.run(
            "up",
            environment: marketPorts(from: port).merging([
                "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
                "REDIS_URL": "redis://127.0.0.1:1", "GUILDHALL_HOME": home,
            ]) { $1 })

        withExtendedLifetime(taken) {}
        #expect(outcome.code == 1)
        #expect(outcome.said.contains("Port \(port + 1) (the seller app) cannot be used"))
        #expect(outcome.said.contains("or set GUILDHALL_SELLER_PORT"))
        #expect(!outcome.said.contains("Port \(port) "))
        #expect(outcome.said.contains("PostgreSQL: it does not answer at DATABASE_URL"))
        #expect(outcome.said.contains("Redis: it does not answer at REDIS_URL"))
        #expect(outcome.said.contains("provider modules: there is none in \(home)/modules"))
        #expect(!FileManager.default.fileExists(atPath: home + "/keys"), "it began nothing")
        #expect(!outcome.said.contains("Error Domain") && !outcome.said.contains("Fatal"))
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `told to stop while it is still preparing, it leaves nothing running`(
        _ signal: Int32
    ) async throws {
        try await Guildhall.withDatabase { storage, given, home in
            var environment = given.merging(marketPorts(from: try freePorts(40))) { $1 }
            environment["GUILDHALL_MODULES"] = Guildhall.productsFolder
            let log = "/tmp/guildhall-up-\(storage.name).log"
            defer { try? FileManager.default.removeItem(atPath: log) }

            let left = try await storage.owner.transaction { tx in
                // Another process migrates just then, for as long as it likes.
                try await tx.execute("select pg_advisory_xact_lock(7134901)")
                let market = try Guildhall.start(["up"], environment: environment, log: log)
                let pid = market.processIdentifier
                let isPreparing = try await eventually {
                    try await tx.execute("select 1")
                    return !Self.children(of: pid).isEmpty || !market.isRunning
                }
                let children = Self.children(of: pid)
                #expect(isPreparing && children.count == 1)

                kill(pid, signal)
                let hasEnded = try await eventually {
                    try await tx.execute("select 1")
                    return !market.isRunning
                }
                #expect(hasEnded && market.terminationReason == .exit)
                return children.filter { kill($0, 0) == 0 }
            }

            for child in left { kill(child, SIGKILL) }
            #expect(left.isEmpty, "it goes on migrating")
            let said = try String(contentsOfFile: log, encoding: .utf8)
            #expect(said.contains("Stopped before it was open."), "\(said)")
        }
    }

    @Test func `goes on when nobody reads any more what it says`() async throws {
        let port = try freePorts(40)
        let home = "/tmp/guildhall-up-\(getpid())-\(port)"
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        let environment = marketPorts(from: port).merging([
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "REDIS_URL": "redis://127.0.0.1:1", "GUILDHALL_HOME": home,
        ]) { $1 }
        let reader = try NamedPipe(home + "/said")

        let market = try Program(
            "/usr/bin/env",
            ["-i", "--default-signal=PIPE"] + environment.map { "\($0.key)=\($0.value)" }
                + [Guildhall.productsFolder + "/guildhall", "up"], log: reader.path)
        reader.close()

        // It found that its servers are dead, and was not ended by the first thing that it said.
        #expect(try await market.waitForEnd() == 1)
    }

    private static func children(of pid: pid_t) -> [pid_t] {
        let tasks =
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return tasks.flatMap { task in
            let text = FileManager.default.contents(atPath: "/proc/\(pid)/task/\(task)/children")
            return String(decoding: text ?? Data(), as: UTF8.self)
                .split(whereSeparator: \.isWhitespace).compactMap { pid_t($0) }
        }
    }
}
