import Foundation
import Glibc
import TestServers

/// A folder with a checkout's `Config/run` in it, on a machine of which a test says what is
/// installed: `swift`, `dpkg-query` and the like are scripts of its own. The market that is "built"
/// there is the one beside the tests.
final class FreshMachine: Sendable {
    let folder: String
    private let environment: [String: String]

    /// The port of the shop; those of the others follow.
    let port: Int

    /// - Parameters:
    ///   - programs: what is on it beside the system's own, by name, as lines of bash.
    ///   - isBare: nothing of the system's own is there but what the script itself is made of.
    ///   - port: of the shop; nil takes one that nobody has.
    init(
        _ programs: [String: String], isBare: Bool = false, port wanted: Int? = nil,
        environment more: [String: String] = [:]
    ) throws {
        var name = Array("/tmp/guildhall-machine-XXXXXX".utf8CString)
        guard let made = mkdtemp(&name) else { throw ServerFailure("no folder can be made") }
        folder = String(cString: made)
        port = try wanted ?? freePorts(10)
        // PostgreSQL's user has to get into its folder below.
        chmod(folder, 0o711)
        let files = FileManager.default
        for path in ["bin", "Config/demo"] {
            try files.createDirectory(
                atPath: folder + "/" + path, withIntermediateDirectories: true)
        }
        let checkout = Self.checkout
        for file in ["run", "test", "machine.sh", "install-packages"].map({ "Config/" + $0 }) {
            try files.copyItem(atPath: checkout + "/" + file, toPath: folder + "/" + file)
        }
        try files.createSymbolicLink(
            atPath: folder + "/Plugins", withDestinationPath: checkout + "/Plugins")
        try Self.market.write(
            toFile: folder + "/Config/demo/market.json", atomically: true, encoding: .utf8)
        for (name, lines) in programs {
            let path = folder + "/bin/" + name
            try "#!/bin/bash\n\(lines)\n".write(toFile: path, atomically: true, encoding: .utf8)
            chmod(path, 0o755)
        }
        let own = [
            "bash", "cat", "chmod", "cp", "dirname", "env", "flock", "grep", "head", "id", "mkdir",
            "mktemp", "mv", "rm", "sed", "tail",
        ]
        for tool in isBare ? own : [] where programs[tool] == nil {
            try files.createSymbolicLink(
                atPath: folder + "/bin/" + tool, withDestinationPath: "/usr/bin/" + tool)
        }
        environment = [
            "PATH": folder + "/bin" + (isBare ? "" : ":/usr/sbin:/usr/bin:/sbin:/bin"),
            "HOME": folder, "GUILDHALL_DEBIAN": folder + "/debian", "GUILDHALL_APP_PROCESSES": "1",
            "GUILDHALL_SHUTDOWN_SECONDS": "60",
            "GUILDHALL_POSTGRES_PORT": "\(port + 8)", "GUILDHALL_REDIS_PORT": "\(port + 9)",
        ].merging(marketPorts(from: port)) { $1 }.merging(more) { $1 }
    }

    /// All of Debian's packages, and a Swift that has built the market already.
    static let complete = [
        "dpkg-query": "echo installed",
        "swift": """
        case "$*" in
        --version) echo 'Swift version 6.3 (swift-6.3-RELEASE)' ;;
        *--show-bin-path*) echo '\(Guildhall.productsFolder)' ;;
        esac
        """,
    ]

    /// Runs `Config/run`, or another of the scripts, to its end.
    func run(
        _ script: String = "run", _ arguments: String...
    ) async throws -> Guildhall.Outcome {
        try await Guildhall.run(
            program: folder + "/Config/" + script, arguments, environment: environment)
    }

    /// Runs lines of bash with all that `Config/machine.sh` has, as the scripts do.
    func run(lines: String) async throws -> Guildhall.Outcome {
        let lines = "set -euo pipefail; top=$HOME; source Config/machine.sh\n" + lines
        return try await Guildhall.run(
            program: "/usr/bin/env", ["-C", folder, "bash", "-c", lines], environment: environment)
    }

    /// Starts `Config/run`, or another of the scripts, in a process group of its own, as a terminal
    /// does. Whoever runs these tests in the background ignores Ctrl-C, and a shell that inherits
    /// that hears none. A test beside these closes new files to others for a moment.
    func start(
        _ script: String = "run", _ arguments: String..., log: String
    ) throws -> Program {
        try Program(
            "/usr/bin/env",
            ["-i", "--default-signal=INT,TERM,HUP,PIPE"]
                + environment.map { "\($0.key)=\($0.value)" }
                + [
                    "/bin/bash", "-c", "umask 022 && exec \"$0\" \"$@\"",
                    folder + "/Config/" + script,
                ]
                + arguments,
            log: log)
    }

    /// Ends what a failed test has left, and deletes the folder.
    func remove() async throws {
        for process in processes { kill(process, SIGKILL) }
        let postgres = folder + "/.guildhall/postgres/data/postmaster.pid"
        let text = FileManager.default.contents(atPath: postgres) ?? Data()
        if let pid = pid_t(String(decoding: text, as: UTF8.self).prefix { $0 != "\n" }) {
            kill(pid, SIGQUIT)
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    /// Who runs with this machine's settings.
    var processes: [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { pid_t($0) }.filter { pid in
            let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
            return String(decoding: bytes, as: UTF8.self).contains("HOME=\(folder)\0")
        }
    }

    /// The names of the programs that run with this machine's settings.
    var programs: [String] {
        processes.compactMap { pid in
            let path = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(pid)/exe")
            return path?.split(separator: "/").last.map(String.init)
        }
    }

    private static var checkout: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }

    /// A market without shops: providers, categories and somebody who administers.
    private static let market = """
        {"currency": "EUR", "password": "guildhall-demo", "customers": [], "sellers": [],
        "categories": [], "reviews": [],
        "administrator": {"name": "Ada Administrator", "email": "admin@example.com"}}
        """
}
