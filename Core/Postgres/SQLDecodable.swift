/// A value that can be read from a column in PostgreSQL's text format.
public protocol SQLDecodable: Sendable {
    /// Returns nil when the cell is not of this type; NULL fits only an optional.
    init?(sql cell: Cell)
}

extension String: SQLDecodable {
    public init?(sql cell: Cell) {
        guard let text = cell.text else { return nil }
        self = text
    }
}

extension Bool: SQLDecodable {
    public init?(sql cell: Cell) {
        switch cell.bytes?.first {
        case UInt8(ascii: "t"): self = true
        case UInt8(ascii: "f"): self = false
        default: return nil
        }
    }
}

extension SQLDecodable where Self: FixedWidthInteger {
    public init?(sql cell: Cell) {
        guard let text = cell.text, let value = Self(text) else { return nil }
        self = value
    }
}
extension Int: SQLDecodable {}
extension Int64: SQLDecodable {}
extension Int32: SQLDecodable {}
extension Int16: SQLDecodable {}

extension Optional: SQLDecodable where Wrapped: SQLDecodable {
    public init?(sql cell: Cell) {
        guard cell.bytes != nil else {
            self = Self.none
            return
        }
        guard let value = Wrapped(sql: cell) else { return nil }
        self = value
    }
}

/// One-dimensional arrays: `{a,"b c",NULL}`.
extension Array: SQLDecodable where Element: SQLDecodable {
    public init?(sql cell: Cell) {
        guard let bytes = cell.bytes, bytes.first == UInt8(ascii: "{"),
            bytes.last == UInt8(ascii: "}")
        else { return nil }
        var elements: [Element] = []
        var index = 1
        let end = bytes.count - 1
        while index < end {
            var item: [UInt8] = []
            var quoted = false
            if bytes[index] == UInt8(ascii: "\"") {
                quoted = true
                index += 1
                while index < end, bytes[index] != UInt8(ascii: "\"") {
                    if bytes[index] == UInt8(ascii: "\\") { index += 1 }
                    item.append(bytes[index])
                    index += 1
                }
                index += 1
            } else {
                while index < end, bytes[index] != UInt8(ascii: ",") {
                    item.append(bytes[index])
                    index += 1
                }
            }
            index += 1
            let isNull = !quoted && item.elementsEqual("NULL".utf8)
            let element = item.withUnsafeBytes { Element(sql: Cell(bytes: isNull ? nil : $0)) }
            guard let element else { return nil }
            elements.append(element)
        }
        self = elements
    }
}

extension Bytes: SQLDecodable {
    public init?(sql cell: Cell) {
        guard let hex = cell.bytes, hex.count >= 2, hex.count.isMultiple(of: 2),
            hex[0] == UInt8(ascii: "\\"), hex[1] == UInt8(ascii: "x")
        else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hex.count / 2 - 1)
        for index in stride(from: 2, to: hex.count, by: 2) {
            guard let high = Character(UnicodeScalar(hex[index])).hexDigitValue,
                let low = Character(UnicodeScalar(hex[index + 1])).hexDigitValue
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        self.init(bytes)
    }
}
