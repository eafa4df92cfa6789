import Vocabulary

/// What was measured of the market, before anybody judges it. Ages are in seconds, nil where
/// nothing waits.
public struct HealthFacts: Sendable {
    /// Calls to a provider in the last fifteen minutes.
    public struct ProviderCalls: Sendable {
        public let id: ID<ProviderInstance>
        public let name: String
        public let calls: Int64
        /// Without an answer, or with an answer of "not now".
        public let failures: Int64
        public let tookMilliseconds: Int64

        init(
            id: ID<ProviderInstance>, name: String, calls: Int64, failures: Int64,
            tookMilliseconds: Int64
        ) {
            self.id = id
            self.name = name
            self.calls = calls
            self.failures = failures
            self.tookMilliseconds = tookMilliseconds
        }
    }

    /// Secrets from before a change, with which webhooks are still accepted.
    public struct SecretsKept: Sendable {
        public let provider: ID<ProviderInstance>
        public let name: String
        public let seconds: Int64

        init(provider: ID<ProviderInstance>, name: String, seconds: Int64) {
            self.provider = provider
            self.name = name
            self.seconds = seconds
        }
    }

    /// How long a provider may take to sign with a new secret before somebody is reminded of the
    /// old one.
    public static let previousSecretsDaysMax = 7

    /// How long something waits, and how much of its kind was given up, counted up to
    /// ``WhatWaits/countMax``.
    public struct Backlog: Sendable {
        public var oldestSeconds: Int64?
        public var failed: Int

        init(oldestSeconds: Int64? = nil, failed: Int = 0) {
            self.oldestSeconds = oldestSeconds
            self.failed = failed
        }
    }

    /// How much room a disk has.
    public struct Room: Sendable {
        public let freeBytes: Int64
        public let allBytes: Int64

        init(freeBytes: Int64, allBytes: Int64) {
            self.freeBytes = freeBytes
            self.allBytes = allBytes
        }
    }

    /// False when the database did not answer the questions on processes, providers, work and books
    /// in time: nothing is known of them then.
    public var isWhole = true
    /// Newest start first.
    public var processes: [ProcessBeat] = []
    /// One round trip.
    public var databaseMilliseconds: Int64 = 0
    /// Sessions of everybody on the database's server, and how many it takes.
    public var sessions: (open: Int64, max: Int64)?
    /// One round trip; nil when it did not answer.
    public var redisMilliseconds: Int64?
    /// Of the folder of photos and papers; nil when it cannot be looked at.
    public var mediaRoom: Room?
    public var providers: [ProviderCalls] = []
    /// What the rules leave to nobody.
    public var deadEnds: [DeadEnds] = []
    public var lanes: [JobBacklog] = []
    public var deadJobs = 0
    /// Events that nobody was told of yet.
    public var outboxSeconds: Int64?
    public var mail = Backlog()
    public var webhooks = Backlog()
    /// Providers of which secrets from before a change are accepted for longer than
    /// ``previousSecretsDaysMax``.
    public var secretsKept: [SecretsKept] = []
    /// Calls to providers whose next try is over its time.
    public var attemptsSeconds: Int64?
    /// What the last recomputation of the books found, and how long ago; nil before the first.
    public var verification: (differences: Int, ageSeconds: Int64)?
    /// Rows of a chain that no seal covers, the oldest, and faults that the last look found.
    public var seals: [(chain: SealedChain, unsealedSeconds: Int64?, faults: Int)] = []

    init() {}
}
