import CSpawn
import Glibc

/// What keeps a module's program off the network: it is started in a network of its own, in which
/// there is nobody else. Frames come and go by a socket that it has from its start.
///
/// Not every machine permits that, many containers do not; a program is then started without.
public enum NetworkWall {
    /// Words before a command that start it behind the wall; nil where the machine permits none.
    /// Tried once for each process, when it is first asked.
    static let command: [String]? = [
        // As its own user in a user namespace of its own, not even root comes back from there.
        ["/usr/bin/unshare", "--user", "--map-current-user", "--net", "--"],
        ["/usr/bin/unshare", "--net", "--"],
    ].first { succeeds($0 + ["/usr/bin/setpriv", "--no-new-privs", "/usr/bin/true"]) }

    /// Whether it stands on this machine. The first time it takes some milliseconds to find out.
    public static var stands: Bool { command != nil }

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
