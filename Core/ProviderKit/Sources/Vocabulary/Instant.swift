#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A moment in UTC, exact to the microsecond like PostgreSQL's timestamptz.
public struct Instant: Hashable, Comparable, Sendable {
    public let microsecondsSince1970: Int64

    public init(microsecondsSince1970: Int64) {
        self.microsecondsSince1970 = microsecondsSince1970
    }

    /// The first and the last moment that are written with a year of four digits: 0001-01-01 and
    /// the end of 9999. What is beyond is taken for them, since such numbers come from outside.
    public static let earliest = Instant(microsecondsSince1970: -62_135_596_800_000_000)
    public static let latest = Instant(microsecondsSince1970: 253_402_300_799_999_999)

    public init(secondsSince1970: Int64) {
        self.init(seconds: secondsSince1970, microseconds: 0)
    }

    private init(seconds: Int64, microseconds: Int64) {
        let (whole, isTooMuch) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, isOver) = whole.addingReportingOverflow(microseconds)
        let bound = seconds < 0 ? Self.earliest : Self.latest
        microsecondsSince1970 =
            isTooMuch || isOver
            ? bound.microsecondsSince1970
            : min(
                max(sum, Self.earliest.microsecondsSince1970),
                Self.latest.microsecondsSince1970)
    }

    /// The machine's clock. Business code is given its time; only the outermost layer reads this.
    public static var systemNow: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(
            microsecondsSince1970: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    public var secondsSince1970: Int64 {
        microsecondsSince1970 >= 0
            ? microsecondsSince1970 / 1_000_000 : (microsecondsSince1970 - 999_999) / 1_000_000
    }

    /// - Returns: ``earliest`` or ``latest`` for what is beyond.
    public func advanced(by duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        return Instant(
            seconds: seconds,
            microseconds: microsecondsSince1970 + attoseconds / 1_000_000_000_000)
    }

    public func advanced(days: Int) -> Instant { advanced(by: .seconds(Int64(days) * 86_400)) }

    public static func < (left: Instant, right: Instant) -> Bool {
        left.microsecondsSince1970 < right.microsecondsSince1970
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC: `2026-11-21T01:42:12Z`, with microseconds when there are any.
    public var description: String {
        let (year, month, day) = civilDate
        let second = Int(secondsSince1970 - daysSince1970 * 86_400)
        let micro = Int(microsecondsSince1970 - secondsSince1970 * 1_000_000)
        var text = Self.pad(year, 4) + "-" + Self.pad(month, 2) + "-" + Self.pad(day, 2) + "T"
        text += Self.pad(second / 3600, 2) + ":" + Self.pad(second / 60 % 60, 2) + ":"
        text += Self.pad(second % 60, 2)
        if micro != 0 { text += "." + Self.pad(micro, 6) }
        return text + "Z"
    }

    private var daysSince1970: Int64 {
        let seconds = secondsSince1970
        return seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }

    /// The proleptic Gregorian date in UTC (algorithm: Howard Hinnant, "chrono-compatible
    /// low-level date algorithms", civil_from_days).
    public var civilDate: (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(day))
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Reads RFC 3339 and PostgreSQL's ISO output: `T` or a space, an optional fraction,
    /// `Z`, `+00` or `±hh:mm`. Nil when it is anything else.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            return value
        }
        guard bytes.count >= 19, bytes[4] == 45, bytes[7] == 45, bytes[13] == 58, bytes[16] == 58,
            bytes[10] == 84 || bytes[10] == 116 || bytes[10] == 32,
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var index = 19
        var micro: Int64 = 0
        if index < bytes.count, bytes[index] == 46 {
            index += 1
            var scale: Int64 = 100_000
            let start = index
            while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 {
                micro += Int64(bytes[index] - 48) * scale
                scale /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        var offset: Int64 = 0
        guard index < bytes.count else { return nil }
        switch bytes[index] {
        case 90, 122: index += 1
        case 43, 45:
            let sign: Int64 = bytes[index] == 43 ? 1 : -1
            guard let hours = number(index + 1..<index + 3) else { return nil }
            index += 3
            var minutes: Int64 = 0
            if index < bytes.count, bytes[index] == 58 {
                guard let value = number(index + 1..<index + 3) else { return nil }
                minutes = value
                index += 3
            }
            offset = sign * (hours * 3600 + minutes * 60)
        default: return nil
        }
        guard index == bytes.count else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        microsecondsSince1970 = seconds * 1_000_000 + micro
    }
}

extension Instant: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Instant(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not an RFC 3339 time")
        }
        self = instant
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
