import Synchronization
import Vocabulary

/// The date of answers as HTTP writes it (RFC 9110, section 5.6.7), made once a second.
final class HTTPDates: Sendable {
    private let last = Mutex<(second: Int64, text: String)>((-1, ""))

    var now: String {
        let now = Instant.systemNow
        let second = now.secondsSince1970
        return last.withLock { last in
            if last.second != second { last = (second, Self.text(now)) }
            return last.text
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    static func text(_ instant: Instant) -> String {
        let (year, month, day) = instant.civilDate
        let days = instant.secondsSince1970.quotient(floor: 86_400)
        // The first of January 1970 was a Thursday.
        let weekday = weekdays[Int((days + 4) - (days + 4).quotient(floor: 7) * 7)]
        let time = instant.description.dropFirst(11).prefix(8)
        return "\(weekday), \(two(day)) \(months[month - 1]) \(year) \(time) GMT"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

extension Int64 {
    fileprivate func quotient(floor divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
