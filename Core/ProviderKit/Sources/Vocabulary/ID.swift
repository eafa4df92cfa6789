/// The identity of one `Subject`: a UUIDv7 (RFC 9562, section 5.7), so that ids sort by time.
/// `ID<Order>` is not `ID<Seller>`.
public struct ID<Subject>: Hashable, Sendable, Comparable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// A new id: 48 bits of milliseconds since 1970, 12 bits that say how much of the next one has
    /// passed (RFC 9562, section 6.2, method 3), so that what is made within one millisecond sorts
    /// too, and 62 random ones.
    public init(at instant: Instant = .systemNow) {
        var generator = SystemRandomNumberGenerator()
        let microseconds = UInt64(clamping: instant.microsecondsSince1970)
        let (milliseconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1000)
        high = milliseconds << 16 | 0x7000 | rest * 4096 / 1000
        low = 0x8000_0000_0000_0000 | generator.next() >> 2
    }

    /// When it was made, by the clock of the machine that made it, to the millisecond.
    public var madeAt: Instant {
        Instant(microsecondsSince1970: Int64(high >> 16) * 1000)
    }

    /// Reads the canonical text form, 36 characters, either case; nil when it is anything else.
    public init?(_ text: some StringProtocol) {
        let words = text.utf8.withContiguousStorageIfAvailable { UUIDText.read($0) }
        guard let (high, low) = words ?? Array(text.utf8).withUnsafeBufferPointer(UUIDText.read)
        else { return nil }
        self.high = high
        self.low = low
    }

    /// As ``init(_:)``, from the text's bytes.
    public init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard let (high, low) = UUIDText.read(bytes) else { return nil }
        self.high = high
        self.low = low
    }

    /// The canonical lower-case text form, 36 characters.
    public var description: String { UUIDText.write(high, low) }

    public static func < (left: Self, right: Self) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }

    /// The same id for another subject, for the rare row that shares its owner's key.
    public func `as`<Other>(_ subject: Other.Type) -> ID<Other> { ID<Other>(high: high, low: low) }

    fileprivate init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension ID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = ID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a UUID")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// The canonical text form of a UUID. Not generic, because every row that is read or written goes
/// through here several times.
enum UUIDText {
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> (high: UInt64, low: UInt64)? {
        guard bytes.count == 36 else { return nil }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in bytes.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if digits < 16 {
                words.high = words.high << 4 | UInt64(value)
            } else {
                words.low = words.low << 4 | UInt64(value)
            }
            digits += 1
        }
        return words
    }

    static func write(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = index < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index % 16)) & 15)
                buffer[position] =
                    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
                position += 1
            }
            return 36
        }
    }
}
