import Synchronization

/// How many large bodies a process holds in memory at once.
final class LargeBodies: Sendable {
    /// A body that is longer counts, in bytes.
    static let bytesMin = 1 << 20

    private let free: Mutex<Int>

    init(max: Int) { free = Mutex(max) }

    /// Whether there was a place; it is taken then.
    func take() -> Bool {
        free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
    }

    func giveBack() { free.withLock { $0 += 1 } }
}
