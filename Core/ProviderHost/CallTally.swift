import Synchronization

/// How the calls to each instance's provider went since somebody last took the counts; what a
/// module answers by itself, as whose webhook that is, is none. One per process.
public final class CallTally: Sendable {
    public struct Count: Hashable, Sendable {
        public var calls = 0
        /// Those that had no answer, or one that says that the provider, its settings or the
        /// question are at fault; a declined card is none.
        public var failures = 0
        /// Of all of them together, and of the slowest.
        public var took: Duration = .zero
        public var slowest: Duration = .zero

        mutating func add(_ other: Count) {
            calls += other.calls
            failures += other.failures
            took += other.took
            slowest = max(slowest, other.slowest)
        }
    }

    private let counts = Mutex<[String: Count]>([:])

    public init() {}

    /// `instance` is its id as text.
    func record(_ instance: String, hasFailed: Bool, took: Duration) {
        counts.withLock {
            $0[instance, default: Count()].add(
                Count(calls: 1, failures: hasFailed ? 1 : 0, took: took, slowest: took))
        }
    }

    /// The counts by instance, which begin anew.
    public func take() -> [String: Count] {
        counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
    }

    /// Takes counts back that could not be kept.
    public func giveBack(_ taken: [String: Count]) {
        counts.withLock { counts in
            for (instance, count) in taken { counts[instance, default: Count()].add(count) }
        }
    }
}
