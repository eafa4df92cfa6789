import Foundation
import Glibc

/// A PostgreSQL cluster that is made for one drill, as Debian packages it.
///
/// Commits reach the operating system before they are acknowledged, which a killed process does
/// not undo; nothing is forced to the disk, because no drill cuts the power.
struct DrillPostgres: Sendable {
    let folder: String
    let port: Int

    /// PostgreSQL refuses to run as root; Debian makes a user for it.
    private static var systemUser: (uid: uid_t, gid: gid_t)? {
        guard getuid() == 0, let entry = getpwnam("postgres") else { return nil }
        return (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    var spec: ChildSpec {
        get throws {
            let command = try Self.command(
                "postgres",
                [
                    "-D", folder + "/data", "-p", "\(port)", "-k", folder,
                    "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
                    "-c", "shared_buffers=64MB", "-c", "max_connections=120",
                ])
            return ChildSpec(
                name: "postgres", program: command.path, arguments: command.arguments,
                environment: [:])
        }
    }

    func makeCluster(log: String) async throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        if let user = Self.systemUser { chown(folder, user.uid, user.gid) }
        try await Self.run(
            "initdb",
            [
                "-D", folder + "/data", "-U", "guildhall", "-A", "trust", "-E", "UTF8",
                "--locale=C.UTF-8", "--no-sync", "--no-instructions",
            ], log: log)
    }

    /// Makes a database as soon as the server takes connections.
    func makeDatabase(_ name: String, log: String) async throws {
        let limit = ContinuousClock.now + .seconds(30)
        while true {
            do {
                let server = ["-h", folder, "-p", "\(port)", "-U", "guildhall"]
                return try await Self.run("createdb", server + [name], log: log)
            } catch {
                guard ContinuousClock.now < limit else { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private static func run(_ name: String, _ arguments: [String], log: String) async throws {
        let command = try command(name, arguments)
        let child = try ChildProcess.start(
            ChildSpec(
                name: name, program: command.path, arguments: command.arguments,
                environment: [:]))
        let exit = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                // Until its end, so that it is never blocked by a full pipe.
                let output = FileHandle(fileDescriptor: child.output, closeOnDealloc: true)
                let said = output.readDataToEndOfFile()
                _ = FileManager.default.createFile(atPath: log, contents: said)
                continuation.resume(returning: child.wait())
            }
        }
        guard case .code(0) = exit else {
            throw OperatorProblem("\(name) failed; see \(log).")
        }
    }

    private static func command(
        _ name: String, _ arguments: [String]
    ) throws(OperatorProblem) -> (path: String, arguments: [String]) {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        guard let version = versions.compactMap({ Int($0) }).max() else {
            throw OperatorProblem("PostgreSQL is not installed: apt-get install postgresql-15")
        }
        let path = "\(root)/\(version)/bin/\(name)"
        guard let user = systemUser else { return (path, arguments) }
        let become = ["--reuid=\(user.uid)", "--regid=\(user.gid)", "--clear-groups", path]
        return ("/usr/bin/setpriv", become + arguments)
    }
}
