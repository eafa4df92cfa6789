import CSpawn
import Foundation

/// A program of the operating system that a test runs, quietly.
public struct Program: Sendable {
    public let pid: pid_t

    /// Starts it with its output in `log`.
    public init(_ path: String, _ arguments: [String], log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The tests' own sockets end when a test closes them, not when this program ends.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        // A group of its own, so that Ctrl-C at the tests does not reach it before its owner.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        defer { words.forEach { free($0) } }
        words.append(nil)
        var id: pid_t = 0
        let failure = posix_spawn(&id, path, &actions, &attributes, words, environ)
        guard failure == 0 else {
            throw ServerFailure("cannot start \(path): \(String(cString: strerror(failure)))")
        }
        pid = id
    }

    /// Whether it has ended and waits to be waited for.
    public var hasEnded: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information.si_signo == SIGCHLD
    }

    /// Waits for its end.
    /// - Returns: the exit status, or 128 + the signal that ended it.
    @discardableResult
    public func waitForEnd() async throws -> Int32 {
        while true {
            var status: Int32 = 0
            let ended = waitpid(pid, &status, WNOHANG)
            if ended == pid {
                let signal = status & 0x7F
                return signal == 0 ? status >> 8 & 0xFF : 128 + signal
            }
            guard ended == 0 || errno == EINTR else { return 0 }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    public func send(_ signal: Int32) { kill(pid, signal) }

    /// The processes that it started.
    public var children: [pid_t] {
        let path = "/proc/\(pid)/task/\(pid)/children"
        let text = FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self)
        }
        return (text ?? "").split(separator: " ").compactMap { pid_t($0) }
    }
}

/// A server could not be started; the tests cannot run without it.
public struct ServerFailure: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Asks the system for a port that nobody uses now.
public func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failure = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
        }
    }
    guard failure == 0 else { throw ServerFailure("no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
}

/// A folder of its own under the temporary directory, named after this process.
func makeFolder(_ name: String) throws -> String {
    let root = FileManager.default.temporaryDirectory.path
    var template = Array((root + "/guildhall-\(name)-\(getpid())-XXXXXX").utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let made else { throw ServerFailure("cannot make a folder under \(root)") }
    return made
}

/// Folders that ``makeFolder(_:)`` made for processes that are gone.
func abandonedFolders(_ name: String) -> [String] {
    let root = FileManager.default.temporaryDirectory.path
    let prefix = "guildhall-\(name)-"
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return entries.filter { entry in
        guard entry.hasPrefix(prefix),
            let owner = pid_t(entry.dropFirst(prefix.count).prefix { $0 != "-" })
        else { return false }
        return kill(owner, 0) != 0 && errno == ESRCH
    }.map { root + "/" + $0 }
}
