/// A number as people of several countries write it, with a point or a comma for the fraction and
/// the other one, or a space, between thousands.
struct TypedNumber {
    private let text: String

    init(_ text: String) {
        // With what the languages put between thousands: a no-break space, a narrow one.
        self.text = text.filter { ![" ", "\u{A0}", "\u{202F}", "\u{2009}"].contains($0) }
    }

    /// The same with a point before the fraction and nothing between thousands; nil where nobody
    /// can tell what is meant.
    ///
    /// Of `1,234` nobody can tell whether it is a thousand or a little more than one, nor of
    /// `1.234`, unless the number has exactly three digits after the point: such amounts are
    /// always written with all three.
    /// - Parameters:
    ///   - digits: how many the fraction may have.
    ///   - isMostlyWhole: whether `1.234` and `1,234` are a thousand in case of doubt.
    func decimal(_ digits: Int, isMostlyWhole: Bool = false) -> String? {
        let marks = text.filter { $0 == "." || $0 == "," }
        guard let last = marks.last else { return text }
        let parts = text.split(separator: last, omittingEmptySubsequences: false).map(String.init)
        let isMixed = marks.contains { $0 != last }
        if isMixed {
            guard parts.count == 2, let whole = Self.joined(parts[0], last == "." ? "," : ".")
            else { return nil }
            return whole + "." + parts[1]
        }
        if parts.count > 2 { return Self.joined(text, last) }
        guard parts[1].utf8.count == 3 else { return parts.joined(separator: ".") }
        if isMostlyWhole, let whole = Self.joined(text, last) { return whole }
        return last == "." && digits == 3 ? text : nil
    }

    /// The number without what stands between its thousands; nil when that stands elsewhere.
    private static func joined(_ number: String, _ mark: Character) -> String? {
        let groups = number.split(separator: mark, omittingEmptySubsequences: false)
        guard let first = groups.first, (1...3).contains(first.drop { $0 == "-" }.utf8.count),
            groups.dropFirst().allSatisfy({ $0.utf8.count == 3 })
        else { return nil }
        return groups.joined()
    }
}
