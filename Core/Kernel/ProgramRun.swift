import CSpawn
import Glibc

/// One run of another program: in a group of its own, without our environment, ended at a
/// deadline. Blocks its thread, which is one of the market's own.
public struct ProgramRun: Sendable {
    public let program: String
    public let arguments: [String]
    public let deadline: Duration
    /// Where its standard output goes; nowhere when nil.
    public var output: String?
    /// A file that it reads as its input; nothing when nil.
    public var input: String?
    /// Where what it complains of goes; nowhere when nil.
    public var errors: String?
    /// What it is told beside a path and a language.
    public var environment: [String: String] = [:]

    public init(
        _ program: String, _ arguments: [String], within deadline: Duration, output: String? = nil,
        input: String? = nil, errors: String? = nil
    ) {
        self.input = input
        self.errors = errors
        self.program = program
        self.arguments = arguments
        self.deadline = deadline
        self.output = output
    }

    /// How it ended.
    public enum End: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        case late
        case notStarted
    }

    public func run() -> End {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        if let output {
            posix_spawn_file_actions_addopen(
                &actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        if let input {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        }
        if let errors {
            posix_spawn_file_actions_addopen(
                &actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        // An inherited socket would stay open for as long as the program runs, whoever closes it.
        posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
        posix_spawnattr_setpgroup(&attributes, 0)
        // Our threads keep most signals from themselves; a program that inherited that would not
        // hear that it has had its time, or of its own crash.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        // Nothing of ours is told to it: the environment holds the database's password.
        var environment: [UnsafeMutablePointer<CChar>?] = [
            strdup("PATH=/usr/bin:/bin"), strdup("LANG=C.UTF-8"), strdup("HOME=/nonexistent"),
        ]
        environment += self.environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for word in words + environment { free(word) } }
        words.append(nil)
        environment.append(nil)
        var child: pid_t = 0
        guard posix_spawn(&child, program, &actions, &attributes, words, environment) == 0 else {
            return .notStarted
        }
        return wait(for: child)
    }

    private func wait(for child: pid_t) -> End {
        let end = ContinuousClock.now + deadline
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { break }
            if ended < 0, errno != EINTR { return .notStarted }
            if ContinuousClock.now > end {
                kill(-child, SIGKILL)
                waitpid(child, &status, 0)
                return .late
            }
            usleep(10_000)
        }
        return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
    }
}
