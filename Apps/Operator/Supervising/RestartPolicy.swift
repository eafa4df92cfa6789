/// How long to wait before a child that ended is started again: one second, doubled each time up
/// to half a minute, and from the start again once a child has lived for a minute.
struct RestartPolicy: Sendable {
    static let first = Duration.seconds(1)
    static let longest = Duration.seconds(30)
    /// A child that lived this long was well: its end is a new story.
    static let healthy = Duration.seconds(60)

    /// For the provider host: whoever calls a provider waits meanwhile, and no longer than
    /// `HostConnection.patience`.
    static let provider = RestartPolicy(first: .milliseconds(50), longest: .seconds(2))

    private let first: Duration
    private let longest: Duration
    private var next: Duration

    init(first: Duration = Self.first, longest: Duration = Self.longest) {
        self.first = first
        self.longest = longest
        next = first
    }

    /// The wait before the next start of a child that lived for `lifetime`.
    mutating func delay(afterLiving lifetime: Duration) -> Duration {
        if lifetime >= Self.healthy { next = first }
        defer { next = min(next * 2, longest) }
        return next
    }
}
