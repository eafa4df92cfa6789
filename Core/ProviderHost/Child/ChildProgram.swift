import CSpawn
import Glibc
import ProviderKit
import Synchronization

/// A program that runs and speaks frames on its standard input and output, which are one socket.
/// It leads a group of its own, ends with this process, and has no network where the machine
/// permits that (``NetworkWall``).
final class ChildProgram: Sendable {
    /// How long it may go on after it was hung up on.
    static let grace = Duration.seconds(2)
    /// What it may write to in memory when nobody says otherwise, in bytes.
    static let memoryBytes = 512 << 20

    /// Nil when there is nobody left to end: its number may be another's then.
    private let process: Mutex<pid_t?>

    private init(_ child: pid_t) { process = Mutex(child) }

    /// Starts it. The program reads its end of the socket when we close ours or die.
    /// - Parameters:
    ///   - memory: how many bytes it may write to. Not how many it may lay claim to, which some
    ///     languages do by the gigabyte.
    ///   - errors: where its standard error goes.
    ///   - wall: behind which it runs; nil for the one that this machine permits.
    /// - Returns: our end of the socket, and the program.
    /// - Throws: a sentence for the administrator.
    static func start(
        _ path: String, memory: Int, errors: ErrorStream, behind wall: NetworkWall? = nil
    ) async throws(ModuleFile.Problem) -> (socket: Int32, program: ChildProgram) {
        typealias Started = Result<(socket: Int32, program: ChildProgram), ModuleFile.Problem>
        let started: Started = await withCheckedContinuation { continuation in
            do throws(SystemFailure) {
                // Its end is taken for ours by the system: a thread of a pool would end too early.
                try OwnThread.run {
                    do throws(ModuleFile.Problem) {
                        let (socket, program, child) = try spawn(
                            path, memory: memory, errors, wall ?? .found)
                        continuation.resume(returning: .success((socket, program)))
                        program.bury(child)
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            } catch {
                continuation.resume(returning: .failure(problem(path, error.code)))
            }
        }
        return try started.get()
    }

    /// Ends it and whomever it has started in its group, at once.
    func end() {
        process.withLock { child in
            if let child { kill(-child, SIGKILL) }
        }
    }

    /// Waits for its end, so that nothing of it stays in the system's tables, nor anybody whom it
    /// has started.
    private func bury(_ child: pid_t) {
        var information = siginfo_t()
        while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        process.withLock { process in
            kill(-child, SIGKILL)
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            process = nil
        }
    }

    private static func spawn(
        _ path: String, memory: Int, _ errors: ErrorStream, _ wall: NetworkWall
    ) throws(ModuleFile.Problem) -> (socket: Int32, program: ChildProgram, process: pid_t) {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw problem(path, errno) }
        defer { close(ends[1]) }
        let complaints: Int32
        do throws(SystemFailure) { complaints = try errors.opened() } catch {
            close(ends[0])
            throw problem(path, error.code)
        }
        defer { close(complaints) }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // Sockets to the database and to other programs are none of its business.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let command =
            (wall.command ?? []) + [
                "/usr/bin/setpriv", "--pdeathsig", "KILL", "--no-new-privs",
                "/usr/bin/prlimit", "--data=\(memory)", "--core=0", path,
            ]
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        // Nothing of ours is told to it: the environment holds the database's password.
        var environment: [UnsafeMutablePointer<CChar>?] = [
            strdup("PATH=/usr/local/bin:/usr/bin:/bin"), strdup("LANG=C.UTF-8"), nil,
        ]
        defer { for word in words + environment { free(word) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, command[0], &actions, &attributes, &words, &environment)
        guard status == 0 else {
            close(ends[0])
            throw problem(path, status)
        }
        return (ends[0], ChildProgram(child), child)
    }

    private static func problem(_ path: String, _ code: Int32) -> ModuleFile.Problem {
        ModuleFile.Problem(description: "\(path): \(String(cString: strerror(code)))")
    }
}
