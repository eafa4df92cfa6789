import Vocabulary

/// A day in UTC, as providers' books have it: `2026-11-21`.
public struct Day: Hashable, Sendable, CustomStringConvertible {
    /// Its first moment, and that of the day after.
    public let from: Instant
    public var until: Instant { from.advanced(days: 1) }

    public init(containing instant: Instant) {
        let seconds = instant.microsecondsSince1970 / 1_000_000
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        from = Instant(secondsSince1970: days * 86_400)
    }

    /// Nil for anything that is not a date.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 10, let instant = Instant("\(text)T00:00:00Z") else { return nil }
        from = instant
        guard description == text else { return nil }
    }

    public var before: Day { Day(containing: from.advanced(days: -1)) }

    public var description: String { String(from.description.prefix(10)) }
}
