import Foundation
import Glibc
import TestServers
import Testing

/// Who looks whether a port is free, and takes it a moment later, may find that somebody came
/// between.
@Suite(.serialized) struct `Ports that two want` {
    /// Looked at, they are free; taken, they are not.
    private static let blind = "port_is_taken() { return 1; }\n"

    private func on(
        _ machines: [FreshMachine], _ body: () async throws -> Void
    ) async throws {
        var failure: (any Error)?
        do { try await body() } catch { failure = error }
        for machine in machines { try await machine.remove() }
        if let failure { throw failure }
    }

    @Test func `are left to who came first, and the server takes the next one`() async throws {
        let machine = try FreshMachine([:])
        let (taken, free) = (machine.port, machine.port + 1)
        let holder = try #require(HeldPort(taken))
        try await on([machine]) {
            defer { withExtendedLifetime(holder) {} }
            for (start, stop) in [
                ("start_postgres", "stop_postgres"), ("start_redis", "stop_redis"),
            ] {
                let outcome = try await machine.run(
                    lines: Self.blind + """
                        home=$HOME/.guildhall/\(start == "start_redis" ? "redis" : "postgres")
                        mkdir -p "$HOME/.guildhall"
                        start_somewhere \(start) "$home" \(taken)
                        echo "port $port"
                        (exec 3<>"/dev/tcp/127.0.0.1/$port") && echo it listens
                        \(stop) "$home"
                        """)

                #expect(outcome.code == 0, "\(outcome.said)")
                #expect(outcome.output.contains("Port \(taken) was taken a moment ago"))
                #expect(outcome.output.contains("port \(free)\nit listens"), "\(outcome.said)")
            }
        }
    }

    @Test(arguments: ["postgres", "redis"])
    func `are said to be in use where somebody wished for that one`(
        _ server: String
    ) async throws {
        let machine = try FreshMachine(FreshMachine.complete)
        let wished = machine.port + (server == "redis" ? 9 : 8)
        let holder = try #require(HeldPort(wished))
        try await on([machine]) {
            defer { withExtendedLifetime(holder) {} }
            let outcome = try await machine.run()

            #expect(outcome.code == 1)
            let sentence =
                "Port \(wished) of GUILDHALL_\(server.uppercased())_PORT is in use; stop what"
            #expect(outcome.complaints.contains(sentence), "\(outcome.said)")
            #expect(outcome.complaints.split(separator: "\n").count == 1)
            #expect(machine.processes.isEmpty)
        }
    }

    /// Both look, migrate and fill their markets at the same time, and would then both listen:
    /// where an app has several processes, even at one port.
    @Test func `go to one of two markets that are started at once`() async throws {
        let ownServers = ["GUILDHALL_POSTGRES_PORT": "", "GUILDHALL_REDIS_PORT": ""]
        let first = try FreshMachine(FreshMachine.complete, environment: ownServers)
        let second = try FreshMachine(
            FreshMachine.complete, port: first.port, environment: ownServers)
        let machines = [first, second]
        try await on(machines) {
            let markets = try machines.map { try $0.start(log: $0.folder + "/said") }
            func said(_ index: Int) -> String {
                let bytes = FileManager.default.contents(atPath: machines[index].folder + "/said")
                return String(decoding: bytes ?? Data(), as: UTF8.self)
            }
            func isOpen(_ index: Int) -> Bool { said(index).contains("Guildhall is open.") }

            _ = try await eventually {
                markets.filter(\.hasEnded).count == 1 && (isOpen(0) || isOpen(1))
                    || markets.allSatisfy(\.hasEnded)
            }

            let ended = markets.firstIndex { $0.hasEnded }
            let loser = try #require(ended)
            let winner = 1 - loser
            #expect(isOpen(winner) && !isOpen(loser), "\(said(0))\n\(said(1))")
            let refusal = "cannot be used: another Guildhall is just being started there."
            #expect(said(loser).components(separatedBy: refusal).count == 2, "\(said(loser))")
            #expect(said(loser).contains("Redis stopped"))
            #expect(said(loser).contains("PostgreSQL stopped; the data stays"))
            #expect(try await markets[loser].waitForEnd() == 1)
            #expect(machines[loser].processes.isEmpty)
            #expect(try await HTTPAnswer.get(first.port, "/")?.status == 200)

            kill(-markets[winner].pid, SIGINT)
            #expect(try await markets[winner].waitForEnd() == 130)
        }
    }
}
