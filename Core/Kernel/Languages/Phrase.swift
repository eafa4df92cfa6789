/// A text that people read, written in English, with places for values. English is its key in the
/// catalogues: `"Order \(number) is cancelled."` is kept as `Order {1} is cancelled.`
public struct Phrase: ExpressibleByStringInterpolation, Sendable {
    /// The places numbered from one.
    let key: String
    let values: [String]

    public init(stringLiteral value: String) {
        key = value
        values = []
    }

    public init(stringInterpolation: Interpolation) {
        key = stringInterpolation.key
        values = stringInterpolation.values
    }

    public struct Interpolation: StringInterpolationProtocol {
        var key = ""
        var values: [String] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            key.reserveCapacity(literalCapacity + 3 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { key += literal }

        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            values.append(value.description)
            key += "{\(values.count)}"
        }

        /// A phrase within a phrase, each by itself in the catalogues.
        public mutating func appendInterpolation(_ phrase: Phrase) {
            appendInterpolation(phrase.text)
        }
    }

    /// What is not ours to say, such as a person's name: no catalogue is asked for it.
    public static func data(_ text: String) -> Phrase { "\(text)" }

    /// In the language of the page that is being made.
    public var text: String { Words.current.say(self) }
}

/// `phrase` in the language of the page that is being made. What stands in it has to be in the
/// catalogues: a test reads the sources for it, so it has to be a literal.
public func localized(_ phrase: Phrase) -> String { Words.current.say(phrase) }

/// A name that is in the catalogues when one of ours made it, and stays as it is when a person did.
public func localized(name: String) -> String { Words.current.name(name) }
