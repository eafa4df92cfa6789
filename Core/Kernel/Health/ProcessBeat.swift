import Vocabulary

/// A process of the market, as it was last heard of.
public struct ProcessBeat: Sendable {
    public let machine: String
    /// As in its log: `storefront`, `storefront-2`, `worker`.
    public let name: String
    public let pid: Int
    public let startedAt: Instant
    /// Seconds since it was heard of.
    public let silentSeconds: Int64
    /// When it was stopped in order; nil while it runs, and when it died.
    public let stoppedAt: Instant?
    /// How long the database took to write down that it lives, in milliseconds.
    public let tookMilliseconds: Int64

    /// What it is one of: `storefront` for `storefront-2`.
    public var kind: String {
        let word = name.prefix { !$0.isNumber }
        return String(word.hasSuffix("-") ? word.dropLast() : word)
    }

    /// How often each says that it lives.
    static let every = Duration.seconds(5)

    init(
        machine: String, name: String, pid: Int, startedAt: Instant, silentSeconds: Int64,
        stoppedAt: Instant?, tookMilliseconds: Int64
    ) {
        self.machine = machine
        self.name = name
        self.pid = pid
        self.startedAt = startedAt
        self.silentSeconds = silentSeconds
        self.stoppedAt = stoppedAt
        self.tookMilliseconds = tookMilliseconds
    }
}
