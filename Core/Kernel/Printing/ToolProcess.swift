import Foundation
import Glibc
import Vocabulary

/// A folder of one run of a program, that nobody else may read.
struct ToolFolder {
    private let url: URL

    init(_ purpose: String) throws {
        let manager = FileManager.default
        url = manager.temporaryDirectory.appendingPathComponent(
            "guildhall-\(purpose)-\(ID<ToolFolder>())")
        try manager.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// - Returns: its path. Only its owner may read it.
    func write(_ name: String, _ text: String) throws -> String {
        let path = path(name)
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw ToolFault.folder(path) }
        return path
    }

    /// Empty when there is no such file.
    func text(_ name: String) throws -> String {
        String(decoding: FileManager.default.contents(atPath: path(name)) ?? Data(), as: UTF8.self)
    }

    func remove() {
        do { try FileManager.default.removeItem(at: url) } catch
        { /* the system sweeps its folder */  }
    }
}

enum ToolFault: Error {
    case folder(String)
    case notStarted(String)
}

/// One run of another program. Blocks its thread.
struct ToolProcess {
    /// The program's path first.
    let arguments: [String]
    let deadline: Duration
    /// A file that it reads as its input; nothing otherwise.
    var input = "/dev/null"
    /// A file that gets what it complains of; nowhere otherwise.
    var errors = "/dev/null"

    /// Starts the program in a group of its own and waits; at the deadline the group is killed.
    /// - Returns: its exit code, -1 when a signal ended it, nil when it had to be killed.
    func exitCode() throws -> Int32? {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_RDWR, 0)
        posix_spawn_file_actions_addopen(
            &actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT, 0o600)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        // Nothing of ours is told to it: the environment holds the database's password.
        var environment: [UnsafeMutablePointer<CChar>?] = [
            strdup("PATH=/usr/bin:/bin"), strdup("LANG=C.UTF-8"), strdup("HOME=/nonexistent"),
        ]
        defer { for word in words + environment { free(word) } }
        words.append(nil)
        environment.append(nil)
        var child: pid_t = 0
        let program = arguments.first ?? ""
        guard posix_spawn(&child, program, &actions, &attributes, words, environment) == 0 else {
            throw ToolFault.notStarted(program)
        }
        return try wait(for: child)
    }

    private func wait(for child: pid_t) throws -> Int32? {
        let end = ContinuousClock.now + deadline
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { break }
            if ended < 0, errno != EINTR { throw ToolFault.notStarted(arguments.first ?? "") }
            if ContinuousClock.now > end {
                kill(-child, SIGKILL)
                waitpid(child, &status, 0)
                return nil
            }
            usleep(10_000)
        }
        return status & 0x7f == 0 ? status >> 8 & 0xff : -1
    }
}
