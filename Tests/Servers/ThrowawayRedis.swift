import Foundation
import Synchronization

/// A private Redis that a test may kill, stop and start again, on a free port of the loopback.
/// It saves nothing.
public final class ThrowawayRedis: Sendable {
    public let port: Int
    public let folder: String
    private let password: String?
    private let program = Mutex<Program?>(nil)

    public var url: String {
        let password = password?.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        return "redis://" + (password.map { ":\($0)@" } ?? "") + "127.0.0.1:\(port)"
    }
    public var socketURL: String { "unix://\(folder)/redis.sock" }

    private init(port: Int, folder: String, password: String?) {
        self.port = port
        self.folder = folder
        self.password = password
    }

    /// Runs `body` with a server of its own, which is gone afterwards.
    public static func with<Value>(
        password: String? = nil, _ body: (ThrowawayRedis) async throws -> Value
    ) async throws -> Value {
        let server = try await make(password: password)
        do {
            let value = try await body(server)
            try await server.remove()
            return value
        } catch {
            try await server.remove()
            throw error
        }
    }

    public static func make(password: String? = nil) async throws -> ThrowawayRedis {
        sweep
        var attempt = 1
        while true {
            let server = ThrowawayRedis(
                port: try freePort(), folder: try makeFolder("redis"), password: password)
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

    /// Ends servers whose tests were killed before they could, once per process.
    private static let sweep: Void = {
        for folder in abandonedFolders("redis") {
            let pidFile = FileManager.default.contents(atPath: folder + "/redis.pid")
            let text = String(decoding: pidFile ?? Data(), as: UTF8.self)
            if let pid = pid_t(text.prefix { $0 != "\n" }) { kill(pid, SIGKILL) }
            try? FileManager.default.removeItem(atPath: folder)
        }
    }()

    /// Starts it and waits until it takes connections.
    public func start() async throws {
        let path = "/usr/bin/redis-server"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw ServerFailure("Redis is not installed: apt-get install redis-server")
        }
        let socket = folder + "/redis.sock"
        try? FileManager.default.removeItem(atPath: socket)
        let security = password.map { ["--requirepass", $0] } ?? []
        let started = try Program(
            path,
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", socket,
                "--save", "", "--appendonly", "no", "--dir", folder,
                "--pidfile", folder + "/redis.pid",
            ] + security, log: folder + "/server.log")
        program.withLock { $0 = started }
        for _ in 0..<500 {
            // Redis makes its socket after it has bound the port.
            if FileManager.default.fileExists(atPath: socket) { return }
            if started.hasEnded { break }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw ServerFailure("redis-server did not start; see \(folder)/server.log")
    }

    /// Ends it as a power cut would.
    public func crash() async throws {
        guard let running = program.withLock({ $0.take() }) else { return }
        running.send(SIGKILL)
        try await running.waitForEnd()
    }

    /// Makes it stand still, as a machine that swaps or hangs would.
    public func freeze() { program.withLock { $0 }?.send(SIGSTOP) }

    /// Lets it go on.
    public func thaw() { program.withLock { $0 }?.send(SIGCONT) }

    /// Ends it and deletes its folder.
    public func remove() async throws {
        try await crash()
        try FileManager.default.removeItem(atPath: folder)
    }
}
