import Foundation
import Synchronization

/// A private PostgreSQL that a test may kill, stop and start again. It listens on a free port of
/// the loopback and on a socket in its folder, and trusts everybody who reaches it.
public final class ThrowawayPostgres: Sendable {
    public let port: Int
    public let folder: String
    private let program = Mutex<Program?>(nil)

    /// Its superuser, and the database that it begins with.
    public static let user = "guildhall"

    public var url: String { "postgresql://\(Self.user)@127.0.0.1:\(port)/postgres" }
    public var socketURL: String {
        "postgresql:///postgres?user=\(Self.user)&host=\(folder)&port=\(port)"
    }

    private init(port: Int, folder: String) {
        self.port = port
        self.folder = folder
    }

    /// Runs `body` with a server of its own, which is gone afterwards.
    public static func with<Value>(
        _ body: (ThrowawayPostgres) async throws -> Value
    ) async throws -> Value {
        let server = try await make()
        do {
            let value = try await body(server)
            try await server.remove()
            return value
        } catch {
            try await server.remove()
            throw error
        }
    }

    /// One server for all tests of a process that only need some database; it ends with the
    /// process.
    public static func shared() async throws -> ThrowawayPostgres { try await sharedStart.value }

    private static let sharedStart = Task {
        let server = try await make()
        atexit { ThrowawayPostgres.leftover.withLock { $0 }?.removeAtExit() }
        leftover.withLock { $0 = server }
        return server
    }
    private static let leftover = Mutex<ThrowawayPostgres?>(nil)

    private func removeAtExit() {
        signalAll(SIGKILL)
        if let running = program.withLock({ $0.take() }) { waitpid(running.pid, nil, 0) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Ends servers whose tests were killed before they could, once per process.
    private static let sweep: Void = {
        for folder in abandonedFolders("postgres") {
            let pidFile = FileManager.default.contents(atPath: folder + "/data/postmaster.pid")
            let line = String(decoding: pidFile ?? Data(), as: UTF8.self).prefix { $0 != "\n" }
            if let pid = pid_t(line) { kill(pid, SIGQUIT) }
            delete(folder)
        }
    }()

    /// Makes a cluster and starts it.
    public static func make() async throws -> ThrowawayPostgres {
        let template = try await template.value
        var attempt = 1
        while true {
            let server = ThrowawayPostgres(port: try freePort(), folder: try makeOwnFolder())
            let copy = try Program(
                "/bin/cp", ["-a", template + "/data", server.folder], log: "/dev/null")
            guard try await copy.waitForEnd() == 0 else {
                throw ServerFailure("cannot copy the cluster to \(server.folder)")
            }
            do {
                try await server.start()
                return server
            } catch let failure as ServerFailure {
                // Somebody else may have taken the port between our asking and the start.
                try await server.remove()
                guard attempt < 3 else { throw failure }
                attempt += 1
            }
        }
    }

    /// An empty cluster that every server of this process begins as a copy of: copying takes a
    /// tenth of the time of making.
    private static let template = Task {
        sweep
        let folder = try makeOwnFolder()
        atexit { ThrowawayPostgres.templateFolder.withLock { $0 }.map(ThrowawayPostgres.delete) }
        templateFolder.withLock { $0 = folder }
        let (path, arguments) = try command(
            "initdb",
            [
                "-D", folder + "/data", "-U", user, "-A", "trust", "-E", "UTF8",
                "--locale=C", "--no-sync", "--no-instructions",
            ])
        let log = folder + "/initdb.log"
        guard try await Program(path, arguments, log: log).waitForEnd() == 0 else {
            throw ServerFailure("initdb failed; see \(log)")
        }
        return folder
    }
    private static let templateFolder = Mutex<String?>(nil)

    private static func delete(_ folder: String) {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func makeOwnFolder() throws -> String {
        let folder = try makeFolder("postgres")
        if let owner = systemUser { chown(folder, owner.uid, owner.gid) }
        return folder
    }

    /// Starts it and waits until it takes connections.
    public func start() async throws {
        let (path, arguments) = try Self.command(
            "postgres",
            [
                "-D", folder + "/data", "-p", "\(port)", "-k", folder,
                "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
                "-c", "full_page_writes=off", "-c", "shared_buffers=16MB",
                "-c", "max_connections=60", "-c", "deadlock_timeout=50ms",
                "-c", "log_min_messages=fatal",
            ])
        let started = try Program(path, arguments, log: folder + "/server.log")
        program.withLock { $0 = started }
        let (probe, probeArguments) = try Self.command(
            "pg_isready", ["-q", "-h", folder, "-p", "\(port)"])
        for _ in 0..<500 {
            let log = folder + "/ready.log"
            if try await Program(probe, probeArguments, log: log).waitForEnd() == 0 { return }
            if started.hasEnded { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw ServerFailure(log("server.log"))
    }

    /// Where its certificate is, once it has one.
    public var certificate: String { folder + "/data/server.crt" }

    /// Makes a certificate for the name `postgres.test` and starts again with TLS.
    public func useOwnCertificate() async throws {
        try await crash()
        let key = folder + "/data/server.key"
        let log = folder + "/certificate.log"
        let made = try Program(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-days", "2", "-subj", "/CN=postgres.test", "-keyout", key, "-out",
                certificate,
            ], log: log)
        guard try await made.waitForEnd() == 0 else {
            throw ServerFailure("openssl made no certificate: \(self.log("certificate.log"))")
        }
        chmod(key, 0o600)
        if let owner = Self.systemUser {
            chown(key, owner.uid, owner.gid)
            chown(certificate, owner.uid, owner.gid)
        }
        let file = try FileHandle(
            forWritingTo: URL(fileURLWithPath: folder + "/data/postgresql.conf"))
        try file.seekToEnd()
        try file.write(contentsOf: Data("\nssl = on\n".utf8))
        try file.close()
        try await start()
    }

    /// Ends it and all its sessions as a power cut would.
    public func crash() async throws {
        guard let running = program.withLock({ $0.take() }) else { return }
        let sessions = running.children
        running.send(SIGKILL)
        for session in sessions { kill(session, SIGKILL) }
        try await running.waitForEnd()
        // The kernel gives back shared memory and port when the last session is gone.
        for session in sessions {
            while kill(session, 0) == 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
        try? FileManager.default.removeItem(atPath: folder + "/data/postmaster.pid")
    }

    /// Makes it and all its sessions stand still, as a machine that swaps or hangs would.
    public func freeze() { signalAll(SIGSTOP) }

    /// Lets it go on.
    public func thaw() { signalAll(SIGCONT) }

    private func signalAll(_ signal: Int32) {
        guard let running = program.withLock({ $0 }) else { return }
        for session in running.children { kill(session, signal) }
        running.send(signal)
    }

    /// Ends it and deletes its folder.
    public func remove() async throws {
        thaw()
        try await crash()
        try FileManager.default.removeItem(atPath: folder)
    }

    private func log(_ name: String) -> String {
        FileManager.default.contents(atPath: folder + "/" + name)
            .map { String(decoding: $0, as: UTF8.self) } ?? "no log"
    }

    /// PostgreSQL refuses to run as root; Debian makes a user for it.
    private static var systemUser: (uid: uid_t, gid: gid_t)? {
        guard getuid() == 0, let entry = getpwnam("postgres") else { return nil }
        return (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    /// How to run one of PostgreSQL's programs, as its user when we are root.
    public static func command(
        _ name: String, _ arguments: [String]
    ) throws -> (path: String, arguments: [String]) {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        guard let version = versions.compactMap({ Int($0) }).max() else {
            throw ServerFailure("PostgreSQL is not installed: apt-get install postgresql")
        }
        let path = "\(root)/\(version)/bin/\(name)"
        guard let user = systemUser else { return (path, arguments) }
        let setpriv = ["--reuid=\(user.uid)", "--regid=\(user.gid)", "--clear-groups", path]
        return ("/usr/bin/setpriv", setpriv + arguments)
    }
}
