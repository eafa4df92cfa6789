/// How long to wait before the next try to reach a server: doubling, with jitter so that many
/// clients do not come back in the same instant.
public struct Backoff {
    private static let first: Duration = .milliseconds(25)
    /// A server that came back is found within this time.
    private static let longest: Duration = .milliseconds(500)

    private var step = Backoff.first

    /// The next wait, each up to twice as long as the one before.
    public mutating func next() -> Duration {
        defer { step = min(step * 2, Self.longest) }
        return step * Double.random(in: 0.75...1)
    }

    public init() {}

    /// The server was reached: the next wait is short again.
    public mutating func reset() { step = Self.first }
}
