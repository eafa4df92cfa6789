import CSpawn
import Glibc
import ProviderKit

/// Starts programs that speak frames on their standard input and output, which are one socket.
enum ChildProgram {
    /// - Returns: our end of the socket, and the process, which leads a group of its own. The
    ///   program reads its end when we close ours or die.
    /// - Throws: a sentence for the administrator.
    static func start(
        _ path: String
    ) throws(ModuleFile.Problem) -> (socket: Int32, process: pid_t) {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw problem(path, errno) }
        defer { close(ends[1]) }
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
        var words: [UnsafeMutablePointer<CChar>?] = [strdup(path), nil]
        // Nothing of ours is told to it: the environment holds the database's password.
        var environment: [UnsafeMutablePointer<CChar>?] = [
            strdup("PATH=/usr/local/bin:/usr/bin:/bin"), strdup("LANG=C.UTF-8"), nil,
        ]
        defer { for word in words + environment { free(word) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, path, &actions, &attributes, &words, &environment)
        guard status == 0 else {
            close(ends[0])
            throw problem(path, status)
        }
        bury(child)
        return (ends[0], child)
    }

    /// Waits for the program's end, so that nothing of it stays in the system's tables.
    private static func bury(_ child: pid_t) {
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { pointer in
                var status: Int32 = 0
                let child = pid_t(Int(bitPattern: pointer))
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
                return nil
            }, UnsafeMutableRawPointer(bitPattern: Int(child)))
        if started == 0 { pthread_detach(thread) }
    }

    private static func problem(_ path: String, _ code: Int32) -> ModuleFile.Problem {
        ModuleFile.Problem(description: "\(path): \(String(cString: strerror(code)))")
    }
}
