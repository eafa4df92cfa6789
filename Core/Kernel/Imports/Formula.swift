/// Cells that a spreadsheet does not show but works out, and so may send on what stands beside
/// them: what one of a shop writes, another opens
/// (https://owasp.org/www-community/attacks/CSV_Injection).
enum Formula {
    private static let beginnings: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    /// Whether a cell would be one, by itself or without the apostrophes before it. A number is
    /// none.
    static func isRead(from text: String) -> Bool {
        let rest = text.unicodeScalars.drop { $0 == "'" }
        guard let first = rest.first, beginnings.contains(first) else { return false }
        return rest.startIndex > text.startIndex || !isNumber(rest)
    }

    private static func isNumber(_ text: Substring.UnicodeScalarView) -> Bool {
        guard text.first == "-" || text.first == "+" else { return false }
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } }
    }
}
