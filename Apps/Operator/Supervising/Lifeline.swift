import Foundation
import Glibc

/// The child's end of the supervisor's pipe: when the supervisor is gone, so are we.
enum Lifeline {
    /// Set for children; names the seconds that they have to finish what is under way.
    static let variable = "GUILDHALL_SUPERVISED"

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
