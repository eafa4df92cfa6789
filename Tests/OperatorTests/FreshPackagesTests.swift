import Foundation
import Testing

/// A Debian on which only what is said here is missing. What it is asked to install is there
/// afterwards, and written down.
@Suite struct `Debian's packages` {
    private static func debian(
        without missing: [String], user: Int, more: [String: String] = [:]
    ) -> [String: String] {
        [
            "id": "echo \(user)",
            "dpkg-query": """
            case " \(missing.joined(separator: " ")) " in
            *" ${*: -1} "*) [ -e "$HOME/installed" ] && echo installed || exit 1 ;;
            *) echo installed ;;
            esac
            """,
            "apt-get": """
            echo "${DEBIAN_FRONTEND:-} $*" >>"$HOME/calls"
            [ "$1" != install ] || : >"$HOME/installed"
            """,
        ].merging(more) { $1 }
    }

    private func on(
        _ programs: [String: String], _ body: (FreshMachine) async throws -> Void
    ) async throws {
        let machine = try FreshMachine(programs, isBare: true)
        do { try await body(machine) } catch {
            try await machine.remove()
            throw error
        }
        try await machine.remove()
    }

    private func calls(_ machine: FreshMachine) -> [String] {
        let bytes = FileManager.default.contents(atPath: machine.folder + "/calls") ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(arguments: ["run", "test"])
    func `are installed by root, those that are missing and no others`(
        _ script: String
    ) async throws {
        let missing = ["libpq-dev", "postgresql-15", "weasyprint"]
        try await on(Self.debian(without: missing, user: 0)) { machine in
            let outcome = try await machine.run(script)

            #expect(calls(machine).count == 3)
            #expect(calls(machine).first == "noninteractive update")
            #expect(calls(machine).dropFirst().first?.hasSuffix(" postgresql-common") == true)
            let words = try #require(calls(machine).last).split(separator: " ")
            #expect(
                words.prefix(4).joined(separator: " ")
                    == "noninteractive install -y --no-install-recommends")
            #expect(words.dropFirst(4).sorted() == missing.map { Substring($0) })
            #expect(outcome.output.contains("Installing from Debian: "))
            // The compiler comes after them, and is none of Debian's.
            #expect(outcome.complaints.contains("Swift is missing; install 6.3"))
        }
    }

    @Test(arguments: ["run", "test"])
    func `that are all there ask for nothing`(_ script: String) async throws {
        try await on(Self.debian(without: [], user: 0)) { machine in
            let outcome = try await machine.run(script)

            #expect(calls(machine).isEmpty)
            #expect(!outcome.said.contains("Installing"))
            #expect(outcome.complaints.contains("Swift is missing; install 6.3"))
        }
    }

    @Test(arguments: ["run", "test"])
    func `that are missing are named in one line where nobody may install them`(
        _ script: String
    ) async throws {
        let programs = Self.debian(
            without: ["libpq-dev", "weasyprint"], user: 1000, more: ["sudo": "exit 1"])
        try await on(programs) { machine in
            let outcome = try await machine.run(script)

            #expect(outcome.code == 1)
            #expect(calls(machine).isEmpty)
            #expect(outcome.output.isEmpty)
            let lines = outcome.complaints.split(separator: "\n")
            #expect(lines.count == 1)
            #expect(
                lines.first?.hasSuffix(
                    "as root type: \(machine.folder)/Config/install-packages libpq-dev weasyprint")
                    == true,
                "\(outcome.complaints)")
        }
    }

    @Test func `are installed through sudo where it asks for no password`() async throws {
        let programs = Self.debian(
            without: ["weasyprint"], user: 1000,
            more: [
                "sudo": """
                [ "$1" != -n ] || exit 0
                echo "sudo $1" >>"$HOME/calls"
                exec "$@"
                """
            ])
        try await on(programs) { machine in
            _ = try await machine.run()

            #expect(
                calls(machine) == [
                    "sudo bash", "noninteractive update",
                    "noninteractive install -y --no-install-recommends weasyprint",
                ])
        }
    }

    @Test func `that cannot be had end it with the reason`() async throws {
        let programs = Self.debian(
            without: ["weasyprint"], user: 0,
            more: ["apt-get": "echo \"E: Could not resolve 'deb.debian.org'\"; exit 100"])
        try await on(programs) { machine in
            let outcome = try await machine.run()

            #expect(outcome.code == 1)
            #expect(outcome.complaints.contains("Could not resolve 'deb.debian.org'"))
            #expect(outcome.complaints.contains("mend what is said above and run this again."))
            #expect(!outcome.said.contains("Swift is missing"))
        }
    }

    @Test func `are named to somebody whose system is no Debian`() async throws {
        try await on([:]) { machine in
            let outcome = try await machine.run()

            #expect(outcome.code == 1)
            #expect(outcome.complaints.contains("on another system install the equivalents of: "))
            // All of them at once, or somebody would come back for each.
            for package in ["postgresql-15", "libpq-dev", "gcc", "redis-server"] {
                #expect(outcome.complaints.contains(" \(package)"))
            }
            #expect(outcome.complaints.split(separator: "\n").count == 1)
        }
    }
}
