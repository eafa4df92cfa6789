/// Reads the environment's values one by one and collects what is wrong with all of them, so that
/// an operator mends a settings file once and not once per mistake.
struct EnvironmentReader {
    private let values: [String: String]
    private(set) var problems: [String] = []

    init(_ values: [String: String]) { self.values = values }

    /// The value of `key`; an empty one counts as unset.
    func optional(_ key: String) -> String? {
        values[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    func text(_ key: String, or fallback: String) -> String { optional(key) ?? fallback }

    mutating func required(_ key: String, _ hint: String) -> String {
        if let value = optional(key) { return value }
        problems.append("\(key) is not set: \(hint)")
        return ""
    }

    mutating func number(_ key: String, or fallback: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = optional(key) else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            problems.append(
                "\(key) is \"\(text)\": a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound) is wanted")
            return fallback
        }
        return value
    }

    mutating func port(_ key: String, or fallback: Int) -> Int {
        number(key, or: fallback, in: 1...65_535)
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, or fallback: Choice
    ) -> Choice where Choice.RawValue == String {
        guard let text = optional(key) else { return fallback }
        guard let value = Choice(rawValue: text) else {
            let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            problems.append("\(key) is \"\(text)\": one of \(allowed) is wanted")
            return fallback
        }
        return value
    }

    /// An address with http or https and without a trailing slash.
    mutating func address(_ key: String, or fallback: String) -> String {
        guard let text = optional(key) else { return fallback }
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), !text.hasSuffix("/") else {
            problems.append(
                "\(key) is \"\(text)\": an address like https://shop.example is wanted, "
                    + "without a slash at its end")
            return fallback
        }
        return text
    }

    mutating func scheme(_ value: String, of key: String, among schemes: [String]) {
        guard !value.isEmpty, !schemes.contains(where: value.hasPrefix) else { return }
        problems.append("\(key) starts with none of \(schemes.joined(separator: ", "))")
    }

    mutating func refuse(_ problem: String) { problems.append(problem) }
}
