/// A statement whose interpolated values become parameters, never text.
///
/// `"select title from listing where id = \(id)"` binds `id` as `$1`. A fragment that is itself an
/// ``SQL`` is spliced with its own binds renumbered; fragments come from literals only, so no
/// input can become text.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// The statement text with `$1`, `$2`, … where values were interpolated.
    public private(set) var text: String
    /// The parameters in order; `nil` is NULL. Values travel in PostgreSQL's text format.
    public private(set) var binds: [String?]

    public init(stringLiteral value: StaticString) {
        text = value.description
        binds = []
    }

    /// A statement from text that a program made itself, such as a database's name in
    /// `create database`, where PostgreSQL takes no parameter. Never from input.
    @_spi(Statements) public init(trusted text: String) {
        self.text = text
        binds = []
    }

    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        binds = stringInterpolation.binds
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var binds: [String?] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 4)
            binds.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: StaticString) {
            text += literal.description
        }

        public mutating func appendInterpolation(_ value: some SQLEncodable) {
            binds.append(value.sqlText)
            text += "$\(binds.count)"
        }

        /// An absent value is NULL. A method of its own, so that the compiler knows it is meant.
        public mutating func appendInterpolation<Value: SQLEncodable>(_ value: Value?) {
            binds.append(value?.sqlText ?? nil)
            text += "$\(binds.count)"
        }

        public mutating func appendInterpolation(_ fragment: SQL) {
            guard !fragment.binds.isEmpty else {
                text += fragment.text
                return
            }
            text += fragment.renumbered(from: binds.count)
            binds += fragment.binds
        }
    }

    private func renumbered(from offset: Int) -> String {
        guard offset > 0 else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count + binds.count * 2)
        var number: Int?
        for byte in text.utf8 {
            switch (number, byte) {
            case (nil, UInt8(ascii: "$")): number = 0
            case (let known?, UInt8(ascii: "0")...UInt8(ascii: "9")):
                number = known * 10 + Int(byte - UInt8(ascii: "0"))
            case (let known?, _):
                result += Self.placeholder(known, offset)
                number = byte == UInt8(ascii: "$") ? 0 : nil
                if number == nil { result.append(byte) }
            case (nil, _): result.append(byte)
            }
        }
        if let number { result += Self.placeholder(number, offset) }
        return String(decoding: result, as: UTF8.self)
    }

    /// `$` with the number moved on; a lone `$` as it is.
    private static func placeholder(_ number: Int, _ offset: Int) -> String.UTF8View {
        (number == 0 ? "$" : "$\(number + offset)").utf8
    }
}
