extension SourceText {
    /// What is written in the back office and read by no person: names of inputs, queries, states,
    /// routes and classes, and lines of files.
    private static let codes: Set<String> = [
        " UTC", "account", "activation", "actor", "after", "amount.currency", "amountMax",
        "amountMin",
        "awaiting_payment", "backoffice.module-missing", "backoffice.module-unknown",
        "backoffice.no-role", "bad", "bandCurrency", "block", "bool", "capture-failed", "category",
        "chain", "choice", "closure", "commission_rule", "content", "country", "currency", "date",
        "day", "days",
        "dead", "desk", "document", "drain", "email", "entry", "fixedCurrency", "good", "hiding",
        "id", "instance", "integer", "key", "kind", "listing", "long", "module", "money", "number",
        "object",
        "order", "order-{1}", "password", "pause", "payout-freeze", "payment-{1}", "payout_plan",
        "person", "pick",
        "pick-removal", "plan", "platform", "provider_instance", "provider_module",
        "provider_rules", "purchase", "reason", "reinstatement",
        "rejection", "removed", "retirement", "rules.{1}.", "said", "search", "secret", "sentence",
        "settings.{1}.",
        "sharePpm", "showing", "standard", "state", "suspension", "tag", "tag bad", "tag good",
        "tag wait", "text", "the ", "true", "until", "url", "value", "version", "when",
        "{1},executed",
    ]

    /// Where a literal stands that programs read: the name of an input, a route's tag, what the
    /// OpenAPI document says of a field.
    private static let beforeCodes = [
        ".about(", ".amount(", ".area(", ".check(", ".choice(", ".choice([", ".file(", ".hidden(",
        ".line(", ".percent(", "key:", "tag =", "tag:",
    ]

    /// Every literal that a page could show, as a phrase has its key. In doubt it counts: what is
    /// no text has to be named above.
    func typed() -> [String] {
        var found: [String] = []
        var index = source.startIndex
        while let start = source[index...].firstIndex(where: { $0 == "\"" || $0 == "/" }) {
            guard source[start] == "\"" else {
                let isComment = source[start...].hasPrefix("//")
                index =
                    isComment
                    ? source[start...].firstIndex(of: "\n") ?? source.endIndex
                    : source.index(after: start)
                continue
            }
            let literal = literal(at: start)
            index = literal.end
            if let key = key(literal, from: start) { found.append(key) }
        }
        return found
    }

    /// Nil for what no person reads.
    private func key(_ literal: Literal, from start: String.Index) -> String? {
        // A column's label says by its end that numbers stand below it.
        let text = literal.text.hasSuffix("#") ? String(literal.text.dropLast()) : literal.text
        guard text.replacing(/\{\d+\}/, with: "").contains(where: \.isLetter),
            !Self.codes.contains(text), !text.contains("Guildhall"), !isAddress(text)
        else { return nil }
        let before = source[..<start].suffix(400).reversed().drop(while: \.isWhitespace)
        let behind = String(before.prefix(40).reversed())
        let after = source[literal.end...].drop(while: \.isWhitespace)
        if Self.beforeCodes.contains(where: { behind.hasSuffix($0) }) { return nil }
        // The key of a dictionary.
        if after.hasPrefix(":"), behind.hasSuffix("[") || behind.hasSuffix(",") { return nil }
        // What a route does, in the OpenAPI document.
        if after.hasPrefix(",") {
            let next = after.dropFirst().drop(while: \.isWhitespace)
            if next.hasPrefix("tag:") || next.hasPrefix("done:") { return nil }
        }
        return text
    }

    private func isAddress(_ text: String) -> Bool {
        text.hasPrefix("/") || text.hasPrefix("#") || text.contains("?after=")
            || text.contains("/") && !text.contains(" ")
    }
}
