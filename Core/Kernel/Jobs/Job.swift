import Vocabulary

/// A kind of work that outlives its process, and the arguments that it takes. Arguments hold ids,
/// never secrets or anything about a person.
public struct JobKind<Args: Codable & Sendable>: Sendable {
    /// A past-tense fact or a noun and what is done: `payments.settle`.
    public let name: String
    public let lane: JobLane
    /// After so many tries it becomes a dead letter that an operator looks at.
    public let attemptsMax: Int

    public init(_ name: String, lane: JobLane = .default, attemptsMax: Int = 20) {
        self.name = name
        self.lane = lane
        self.attemptsMax = attemptsMax
    }
}

/// Work of one lane never waits behind work of another.
public enum JobLane: String, Sendable, CaseIterable, SQLText {
    case payments, `default`, mail, bulk, photos

    /// How many jobs of it a worker runs at most: more photos would only wait for a thread, and
    /// hold slots that other lanes have work for.
    var atOnceMax: Int { self == .photos ? 2 : Int(Int32.max) }
}

/// The arguments of a job that needs none.
public struct NoArgs: Codable, Sendable {
    public init() {}
}

/// How a handler ended; one that throws is tried again later, further apart each time.
public enum JobOutcome: Sendable {
    case done
    /// Not yet: look again after so long, without counting this as a failure.
    case snooze(Duration)
    /// Trying again would not help; it becomes a dead letter with this reason.
    case giveUp(String)
}

/// A job as its worker holds it.
struct ClaimedJob: Sendable {
    let id: Int64
    let lane: JobLane
    let kind: String
    let args: String
    let attempt: Int
    let lease: String
}

/// A job that was given up, for an operator to look at and to redrive.
public struct DeadJob: Sendable {
    public let id: Int64
    public let kind: String
    /// The arguments as JSON.
    public let args: String
    public let attempts: Int
    public let error: String
    public let createdAt: Instant
    public let finishedAt: Instant
}

/// The job went to another worker because this one was silent for too long; nothing that was done
/// in the transaction is kept.
public struct JobLeaseLost: Error, Sendable {
    public let job: Int64
}
