import Foundation
import Glibc
import TestServers
import Testing

/// With servers of its own, and a compiler that has built and passes everything.
@Suite(.serialized) struct `Config/test` {
    /// - Parameter during: what the tests do.
    private func on(
        during: String = "", _ body: (FreshMachine) async throws -> Void
    ) async throws {
        var programs = FreshMachine.complete
        programs["swift"] = """
            case "$*" in
            --version) echo 'Swift version 6.3 (swift-6.3-RELEASE)' ;;
            'test list'*)
                echo 'PostgresTests.`A connection`/`answers`()'
                echo 'SolanaPayTests.`A payment`/`is final`()'
                echo 'StripeTests.`A webhook`/`is judged`()'
                ;;
            test*)
                \(during)
                echo 'Test run with 1 test in 1 suite passed after 0.001 seconds.'
                ;;
            esac
            """
        programs["python3"] = #"echo "$*" >>"$HOME/calls"; exit 1"#
        let machine = try FreshMachine(programs)
        do { try await body(machine) } catch {
            try await machine.remove()
            throw error
        }
        try await machine.remove()
    }

    private func text(_ machine: FreshMachine, _ file: String) -> String {
        let bytes = FileManager.default.contents(atPath: machine.folder + "/" + file)
        return String(decoding: bytes ?? Data(), as: UTF8.self)
    }

    @Test(arguments: ["PostgresTests", "A connection"])
    func `asks PyPI for nothing where the part needs nothing of it`(_ part: String) async throws {
        try await on { machine in
            let outcome = try await machine.run("test", part)

            #expect(outcome.code == 0, "\(outcome.said)")
            #expect(outcome.output.contains("Everything passed"))
            #expect(text(machine, "calls").isEmpty)
        }
    }

    @Test func `asks PyPI for what the part needs`() async throws {
        try await on { machine in
            let outcome = try await machine.run("test", "is final")

            #expect(outcome.code == 1)
            #expect(outcome.complaints.contains("solders could not be installed from PyPI"))
        }
        try await on { machine in
            let outcome = try await machine.run("test", "StripeTests")

            #expect(outcome.code == 1)
            #expect(text(machine, "calls").contains("-m venv "))
            #expect(!outcome.complaints.contains("solders"))
        }
    }

    @Test func `removes all that it made when nobody reads any more what it says`() async throws {
        let during = """
            work=${GUILDHALL_TEST_FILES%/*}
            echo 'a line of the market' >"$work/market.log"
            echo "$work" >"$HOME/work"
            while [ ! -e "$HOME/go" ]; do sleep 0.05; done
            """
        try await on(during: during) { machine in
            let reader = try NamedPipe(machine.folder + "/said")
            let tests = try machine.start("test", "PostgresTests", log: reader.path)
            _ = try await eventually { tests.hasEnded || text(machine, "work").hasSuffix("\n") }
            let work = text(machine, "work").trimmingCharacters(in: .newlines)
            try #require(FileManager.default.fileExists(atPath: work + "/postgres"))

            reader.close()
            _ = FileManager.default.createFile(atPath: machine.folder + "/go", contents: nil)

            #expect(try await tests.waitForEnd() == 141)
            #expect(!FileManager.default.fileExists(atPath: work))
            #expect(machine.processes.isEmpty, "\(machine.programs)")
        }
    }
}
