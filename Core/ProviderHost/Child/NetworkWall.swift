import CSpawn
import Glibc
import Synchronization

/// What keeps a module's program off the network, and a conformance run: it is started in a network
/// of its own, in which there is nobody else. Frames come and go by a socket that it has from its
/// start.
///
/// Not every machine permits that, many containers do not; a program is then started without.
public struct NetworkWall: Sendable {
    /// Words before a command that start it behind the wall; nil where the machine permits none.
    package let command: [String]?

    /// Of a machine that permits none.
    package static let none = NetworkWall(command: nil)

    /// What this machine permits, tried once for each process. Whoever asks first waits for
    /// programs to end, up to six seconds: on a thread that may wait, and none of Swift's pool.
    package static let found = NetworkWall(
        command: [
            // As its own user in a user namespace of its own, not even root comes back from there.
            ["/usr/bin/unshare", "--user", "--map-current-user", "--net", "--"],
            ["/usr/bin/unshare", "--net", "--"],
        ].first { succeeds($0 + ["/usr/bin/setpriv", "--no-new-privs", "/usr/bin/true"]) })

    /// Whether there is one.
    public var stands: Bool { command != nil }

    private static let known = Mutex<NetworkWall?>(nil)

    /// What this machine permits.
    public static func ofThisMachine() async -> NetworkWall {
        if let known = known.withLock({ $0 }) { return known }
        let wall = await look { found }
        known.withLock { $0 = wall }
        return wall
    }

    /// What `look` finds, which may take its time: on a thread of its own.
    static func look(_ look: @escaping @Sendable () -> NetworkWall) async -> NetworkWall {
        await withCheckedContinuation { continuation in
            do throws(SystemFailure) {
                try OwnThread.run { continuation.resume(returning: look()) }
            } catch {
                // Where no thread can be made, no program can be started either.
                continuation.resume(returning: .none)
            }
        }
    }

    /// How long a try may take, in milliseconds.
    private static let patience = 3000

    private static func succeeds(_ command: [String]) -> Bool {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream in STDIN_FILENO...STDERR_FILENO {
            posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        guard posix_spawn(&child, command[0], &actions, nil, &words, &environment) == 0 else {
            return false
        }
        var status: Int32 = 0
        for _ in 0..<(patience / 10) {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { return status == 0 }
            if ended < 0, errno != EINTR { return false }
            poll(nil, 0, 10)
        }
        kill(child, SIGKILL)
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return false
    }
}
