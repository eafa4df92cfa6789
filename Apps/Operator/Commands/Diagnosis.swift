import Foundation
import Kernel
import Logging
import Postgres
import ProviderHost
import ProviderKit
import Reactor
import Redis

/// Looks at everything that a marketplace needs around itself.
struct Diagnosis: Sendable {
    let settings: Settings

    /// Looks at servers, folders and the key; nothing is changed.
    func findings() async -> [Finding] {
        var findings = [await database(), await redis()]
        if findings[0].isWell { findings.append(await schema()) }
        findings += [media(), photos(), modules(), key()]
        if let host = await providerHost() { findings.append(host) }
        findings += loadGenerators()
        return findings
    }

    func database() async -> Finding {
        let reactor = Reactor()
        var servers = DatabaseSettings(url: settings.servers.databaseURL)
        servers.sharedConnections = 1
        let database = Database(servers, reactor: reactor, logger: Logger(label: "doctor"))
        let finding: Finding
        do {
            try await withDeadline(.seconds(5)) { try await database.ping() }
            finding = .well("PostgreSQL answers")
        } catch {
            finding = .wrong(
                "PostgreSQL", "it does not answer at DATABASE_URL (\(error))",
                "start it, or unset DATABASE_URL and use Config/run, which brings its own")
        }
        await database.close()
        reactor.shutdown()
        return finding
    }

    func redis() async -> Finding {
        let reactor = Reactor()
        let redis = RedisClient(
            RedisSettings(url: settings.servers.redisURL), reactor: reactor,
            logger: Logger(label: "doctor"))
        let finding: Finding
        do {
            try await withDeadline(.seconds(5)) { _ = try await redis.send("PING", []) }
            finding = .well("Redis answers")
        } catch {
            finding = .wrong(
                "Redis", "it does not answer at REDIS_URL (\(error))",
                "start it, or unset REDIS_URL and use Config/run, which brings its own")
        }
        await redis.close()
        reactor.shutdown()
        return finding
    }

    /// Whether the schema is this version's.
    func schema() async -> Finding {
        let reactor = Reactor()
        let logger = Logger(label: "doctor")
        let database = Database(
            DatabaseSettings(url: settings.servers.databaseURL), reactor: reactor, logger: logger)
        let finding: Finding
        do {
            let all = try await Migrator(database, logger: logger).status()
            let waiting = all.filter { $0.ranAt == nil }.count
            finding =
                waiting == 0
                ? .well("schema")
                : .wrong("schema", "\(waiting) migrations have not run", "guildhall migrate")
        } catch {
            finding = .wrong("schema", "\(error)", "guildhall migrate --status")
        }
        await database.close()
        reactor.shutdown()
        return finding
    }

    func media() -> Finding {
        let folder = settings.folders.media
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            return .wrong("media folder", "\(folder) cannot be made", "mkdir -p '\(folder)'")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            return .wrong(
                "media folder", "\(folder) cannot be written", "chown \(NSUserName()) '\(folder)'")
        }
        return .well("media folder \(folder)")
    }

    func modules() -> Finding {
        let folder = settings.folders.modules
        let found =
            (try? FileManager.default.contentsOfDirectory(atPath: folder))?
            .filter { $0.hasSuffix(".so") } ?? []
        guard !found.isEmpty else {
            return .wrong(
                "provider modules", "there is none in \(folder)",
                "Config/run builds ours and puts them there; GUILDHALL_MODULES names another folder"
            )
        }
        return .well("provider modules: \(found.sorted().joined(separator: ", "))")
    }

    func key() -> Finding {
        if settings.key.hex != nil { return .well("secret key from the environment") }
        let file = settings.key.file
        guard FileManager.default.fileExists(atPath: file) else {
            return .wrong(
                "secret key", "\(file) does not exist",
                "guildhall up makes it; keep a copy, providers' secrets are lost without it")
        }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            SecretKey.ring(text: text) != nil
        else {
            return .wrong(
                "secret key", "\(file) is not 64 hexadecimal digits",
                "bring back the file from your copy; a new key cannot read the old secrets")
        }
        return .well("secret key \(file)")
    }

    /// Nil where modules run in each process.
    private func providerHost() async -> Finding? {
        guard let socket = settings.hostSocket else { return nil }
        let connection = HostConnection(
            path: socket, name: "doctor", logger: Logger(label: "doctor"))
        defer { connection.close() }
        do throws(ProviderError) {
            let status = try await connection.status()
            return .well("provider host: process \(status.pid), \(status.modules.count) modules")
        } catch {
            return .wrong(
                "provider host", "\(socket): \(error)",
                "guildhall provide starts it; so does guildhall up")
        }
    }

    private func photos() -> Finding {
        let tool = settings.running.photoTool
        guard FileManager.default.isExecutableFile(atPath: tool) else {
            return .wrong(
                "photos", "\(tool) is not there: what sellers upload waits and is not shown",
                "apt-get install -y libvips-tools, or set GUILDHALL_PHOTO_TOOL")
        }
        return .well("photos: \(tool)")
    }

    private func loadGenerators() -> [Finding] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let missing = ["wrk", "pgbench"].filter { tool in
            !path.split(separator: ":")
                .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
        }
        guard missing.isEmpty else {
            return [
                .wrong(
                    "load generators",
                    "guildhall bench needs \(missing.joined(separator: " and "))",
                    "Config/install-packages wrk postgresql-15")
            ]
        }
        return []
    }
}

extension Database {
    /// Whether the server answers at all.
    func ping() async throws(PostgresError) { _ = try await query("select 1") }
}
