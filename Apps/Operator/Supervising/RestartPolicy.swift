/// How long to wait before a child that ended is started again: one second, doubled each time up
/// to half a minute, and from the start again once a child has lived for a minute.
struct RestartPolicy: Sendable {
    static let first = Duration.seconds(1)
    static let longest = Duration.seconds(30)
    /// A child that lived this long was well: its end is a new story.
    static let healthy = Duration.seconds(60)

    private var next = Self.first

    /// The wait before the next start of a child that lived for `lifetime`.
    mutating func delay(afterLiving lifetime: Duration) -> Duration {
        if lifetime >= Self.healthy { next = Self.first }
        defer { next = min(next * 2, Self.longest) }
        return next
    }
}
