/// The identity of one `Subject`: a UUIDv7 (RFC 9562, section 5.7), so that ids sort by time.
/// `ID<Order>` is not `ID<Seller>`.
public struct ID<Subject>: Hashable, Sendable, Comparable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// A new id: 48 bits of milliseconds since 1970, the rest random.
    public init(at instant: Instant = .systemNow) {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(clamping: instant.microsecondsSince1970 / 1000)
        high = milliseconds << 16 | 0x7000 | generator.next() & 0x0FFF
        low = 0x8000_0000_0000_0000 | generator.next() >> 2
    }

    /// Reads the canonical text form, 36 characters, either case; nil when it is anything else.
    public init?(_ text: some StringProtocol) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for (index, byte) in text.utf8.enumerated() {
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
            guard digits < 32 else { return nil }
            if digits < 16 {
                high = high << 4 | UInt64(value)
            } else {
                low = low << 4 | UInt64(value)
            }
            digits += 1
        }
        guard digits == 32, text.utf8.count == 36 else { return nil }
        self.high = high
        self.low = low
    }

    /// The canonical lower-case text form, 36 characters.
    public var description: String {
        let hex = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = index < 16 ? high : low
                buffer[position] = hex[Int(word >> UInt64(60 - 4 * (index % 16)) & 15)]
                position += 1
            }
            return 36
        }
    }

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
