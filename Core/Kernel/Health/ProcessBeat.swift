import Vocabulary

/// Which process of the market one is.
public struct ProcessIdentity: Hashable, Sendable {
    public let machine: String
    /// As in its log: `storefront`, `storefront-2`, `worker`.
    public let name: String
    public let pid: Int
    /// By its own clock. One that is started again is another process.
    public let startedAt: Instant
    /// Which program it runs: the newest migration that it ships, and of when it is.
    public let build: String

    /// - Parameters:
    ///   - machine: the host's name, at most 255 characters.
    ///   - name: as in its log, at most 80 characters.
    ///   - build: at most 120 characters.
    public init(machine: String, name: String, pid: Int, startedAt: Instant, build: String) {
        self.machine = machine
        self.name = name
        self.pid = pid
        self.startedAt = startedAt
        self.build = build
    }

    /// What it is one of: `storefront` for `storefront-2`.
    public var kind: String {
        let word = name.prefix { !$0.isNumber }
        return String(word.hasSuffix("-") ? word.dropLast() : word)
    }
}

/// How a process was when it was last heard of.
public struct ProcessBeat: Sendable {
    public let process: ProcessIdentity
    /// When it was first and last heard of, by the database's clock.
    public let firstSeenAt: Instant
    public let seenAt: Instant
    /// Seconds since it was heard of.
    public let silentSeconds: Int64
    /// Seconds between the first and the last that was heard of it.
    public let livedSeconds: Int64
    /// When it was stopped in order; nil while it runs, and when it died.
    public let stoppedAt: Instant?
    public let vitals: ProcessVitals

    /// How often each says that it lives.
    static let every = Duration.seconds(5)

    init(
        process: ProcessIdentity, firstSeenAt: Instant, seenAt: Instant, silentSeconds: Int64,
        livedSeconds: Int64, stoppedAt: Instant?, vitals: ProcessVitals
    ) {
        self.process = process
        self.firstSeenAt = firstSeenAt
        self.seenAt = seenAt
        self.silentSeconds = silentSeconds
        self.livedSeconds = livedSeconds
        self.stoppedAt = stoppedAt
        self.vitals = vitals
    }
}

/// What a process says of itself with each beat.
public struct ProcessVitals: Hashable, Sendable {
    /// How long the database took to write the beat before, in milliseconds.
    public var tookMilliseconds: Int64 = 0
    /// Connections that its transactions hold, may hold at most, and wait for.
    public var connectionsTaken = 0
    public var connectionsMax = 0
    public var connectionsWaiting = 0
    /// How long the oldest of its transactions has been open.
    public var oldestTransactionSeconds: Int64 = 0
    /// Providers that it asks nothing at present, because they did not answer.
    public var heldBack: [ID<ProviderInstance>] = []

    init() {}
}
