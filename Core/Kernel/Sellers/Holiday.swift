import Vocabulary

/// When a shop rests. While it does, nothing of it is for sale, unless it stays open and sends
/// what is ordered afterwards; open orders go on.
public struct Holiday: Hashable, Sendable, Codable {
    public let startsAt: Instant
    /// Its first moment after; then the shop opens by itself.
    public let endsAt: Instant
    /// What customers read on the shop's page.
    public let note: String
    /// Whether it has begun: the worker turns it on and off by the clock.
    public let isOn: Bool
    /// Whether its things stay for sale, and leave when it is over.
    public let staysOpen: Bool

    /// The longest, and how far ahead one may begin, in days.
    public static let daysMax = 366
    static let noteMax = 500

    /// - Throws: ``InputRefusal`` that names what makes no sense.
    static func checked(
        from start: Instant, until end: Instant, note: String, staysOpen: Bool, at now: Instant
    ) throws -> Holiday {
        let furthest = now.advanced(days: daysMax)
        guard start <= furthest else {
            throw InputRefusal(
                .wrong("A holiday begins within \(daysMax) days."), field: "from")
        }
        guard start < end, now < end else {
            throw InputRefusal(
                .wrong("A holiday ends after it began, and not before today."), field: "until")
        }
        guard end <= max(start, now).advanced(days: daysMax) else {
            throw InputRefusal(.wrong("A holiday lasts \(daysMax) days at most."), field: "until")
        }
        return Holiday(
            startsAt: start, endsAt: end,
            note: try InputText.paragraphs(note, field: "note", lengths: 0...noteMax),
            isOn: start <= now, staysOpen: staysOpen)
    }
}
