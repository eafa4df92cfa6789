import Foundation
import Glibc

/// The child's end of the supervisor's pipe: when the supervisor is gone, so are we.
enum Lifeline {
    /// Set for children; names the seconds that they have to finish what is under way.
    static let variable = "GUILDHALL_SUPERVISED"

    /// Set where the supervisor puts a new provider host beside the old one at SIGUSR1.
    static let replacing = "GUILDHALL_SUPERVISOR_REPLACES"

    /// Asks the supervisor for a new process in this one's place.
    /// - Returns: false when nobody supervises it, or nobody who does that.
    static func askForReplacement() -> Bool {
        getenv(replacing) != nil && kill(getppid(), SIGUSR1) == 0
    }

    /// Watches standard input when a supervisor started this process. Its end sends this process
    /// SIGTERM, and after the seconds that it was given, ends it whatever it does.
    static func watch() {
        guard let text = getenv(variable), let seconds = UInt32(String(cString: text)) else {
            return
        }
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
            }
            kill(getpid(), SIGTERM)
            sleep(seconds)
            _exit(70)
        }
    }
}
