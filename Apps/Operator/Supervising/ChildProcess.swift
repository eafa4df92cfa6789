import Foundation
import Glibc
import Synchronization

/// What the supervisor starts: a name for the log, and this program, or another, with arguments.
struct ChildSpec: Sendable {
    let name: String
    var program = Program.path
    let arguments: [String]
    let environment: [String: String]
    var restart = RestartPolicy()
}

/// How a child ended.
enum ChildExit: Sendable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    init(status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .code(status >> 8 & 0xff) : .signal(signal)
    }

    var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): "signal \(signal)"
        }
    }
}

/// One child in a process group of its own, so that Ctrl-C reaches the supervisor alone.
///
/// The child's standard input is a pipe that this process holds open and never writes: when the
/// supervisor dies, however it dies, the child reads the end of it and stops by itself.
struct ChildProcess: Sendable {
    let pid: pid_t
    private let lifeline: Int32
    /// The child's standard output and error.
    let output: Int32

    /// Never called by two threads at once: a child that is started between another's pipe and
    /// its close-on-exec mark would hold that lifeline open.
    /// - Throws: ``SpawnFailure`` that names the program.
    static func start(_ spec: ChildSpec) throws(SpawnFailure) -> ChildProcess {
        let (lifelineEnd, lifeline) = try pipe()
        let (output, outputEnd) = try pipe()
        defer {
            close(lifelineEnd)
            close(outputEnd)
        }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, lifelineEnd, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, outputEnd, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, outputEnd, STDERR_FILENO)
        // A shell starts background programs with Ctrl-C ignored; children begin with defaults.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        let path = spec.program
        let arguments = CStrings([path] + spec.arguments)
        let environment = CStrings(spec.environment.map { "\($0.key)=\($0.value)" })
        var pid: pid_t = 0
        let status = posix_spawn(
            &pid, path, &actions, &attributes, arguments.pointers, environment.pointers)
        guard status == 0 else {
            close(lifeline)
            close(output)
            throw SpawnFailure("\(path) could not be started: \(String(cString: strerror(status)))")
        }
        return ChildProcess(pid: pid, lifeline: lifeline, output: output)
    }

    /// Sends `signal` to the child's whole group.
    func send(_ signal: Int32) { kill(-pid, signal) }

    /// Blocks until the child has ended. Called once, from a thread of its own.
    func wait() -> ChildExit {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        close(lifeline)
        return ChildExit(status: status)
    }

    private static func pipe() throws(SpawnFailure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw SpawnFailure("No pipe could be made: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

struct SpawnFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

enum Program {
    /// This very file, so that children run what the supervisor runs.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return CommandLine.arguments[0] }
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }()

    /// Runs this program with `arguments` on our own console, and waits for its end: what only
    /// happens at the start does not stay in the supervisor's memory. Cancelled, it ends the
    /// program where it stands.
    /// - Throws: ``OperatorProblem`` when it fails; it has said why.
    static func run(_ arguments: [String], environment: [String: String]? = nil) async throws {
        try Task.checkCancellation()
        let process = Process()
        if let environment { process.environment = environment }
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let ending = Ending()
        let status: Int32 = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = {
                    ending.isOver()
                    continuation.resume(returning: $0.terminationStatus)
                }
                do {
                    try process.run()
                    ending.has(begun: process.processIdentifier)
                } catch { continuation.resume(throwing: error) }
            }
        } onCancel: {
            ending.end()
        }
        guard status == 0 else {
            throw OperatorProblem("guildhall \(arguments.joined(separator: " ")) failed.")
        }
    }
}

/// Ends a program that may not have begun yet, or may be over already.
private final class Ending: Sendable {
    private enum State { case notBegun, wanted, running(pid_t), over }

    private let state = Mutex(State.notBegun)

    func has(begun pid: pid_t) {
        state.withLock { state in
            switch state {
            case .notBegun: state = .running(pid)
            case .wanted: kill(pid, SIGKILL)
            case .running, .over: break
            }
        }
    }

    func isOver() { state.withLock { $0 = .over } }

    /// By force: a program inherits that its supervisor ignores the signals which it waits for.
    func end() {
        state.withLock { state in
            switch state {
            case .notBegun: state = .wanted
            case .running(let pid): kill(pid, SIGKILL)
            case .wanted, .over: break
            }
        }
    }
}

/// A null-terminated array of C strings that lives as long as this object.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
        pointers[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
