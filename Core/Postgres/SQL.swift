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
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let digits = rest[rest.index(after: dollar)...].prefix(while: \.isNumber)
            if let number = Int(digits) {
                result += "$\(number + offset)"
            } else {
                result += "$"
            }
            rest = rest[digits.endIndex...]
        }
        return result + rest
    }
}
