import Kernel
import Vocabulary

/// Clock times in pages. We do not know where somebody is: everybody reads them in UTC, and who has
/// scripts in the time of where they are, see `shop.js`.
///
/// They are HTML, for three braces: nothing in them comes from outside.
public enum ClockTime {
    /// `21 November 2026, 04:15 UTC`
    public static func moment(_ instant: Instant) -> String {
        element(instant, "moment", Format.time(instant))
    }

    /// `04:15 UTC`, of a moment that is near.
    public static func hour(_ instant: Instant) -> String {
        element(instant, "hour", String(Format.time(instant).suffix(9)))
    }

    /// How long until `end`, in whole units that are not more than is left: `14 minutes`,
    /// `5 hours`, `3 days`; `less than a minute` also when it is over.
    public static func left(from now: Instant, until end: Instant) -> String {
        let minutes = Int((end.secondsSince1970 - now.secondsSince1970) / 60)
        switch minutes {
        case ..<1: return localized("less than a minute")
        case ..<120: return Format.count(minutes, "minute", "minutes")
        case ..<(48 * 60): return Format.count(minutes / 60, "hour", "hours")
        default: return Format.count(minutes / (24 * 60), "day", "days")
        }
    }

    /// - Parameter shown: which part of it, for the script.
    private static func element(_ instant: Instant, _ shown: String, _ text: String) -> String {
        "<time datetime=\"\(instant)\" data-clock=\"\(shown)\">\(text)</time>"
    }
}
