import Vocabulary

/// What sellers read of a commission: the books keep it as one English text, which is taken apart
/// and said in the language of the page that is being made. Another text, such as one that an
/// older version wrote, stays as it is.
public enum CommissionWords {
    /// `10 % of € 42.50 = € 4.25` of `10 % of 42.50 EUR = 4.25 EUR`.
    public static func explanation(_ explanation: String) -> String {
        if explanation == "no commission" { return localized("no commission") }
        guard
            let found = explanation.wholeMatch(
                of:
                    #/
                    (?<rate>[\d.]+)\ %\ of\ (?<base>-?[\d.]+\ [A-Z0-9]+)
                    (?:\ \+\ (?<fixed>[\d.]+\ [A-Z0-9]+)\ ×\ (?<pieces>\d+))?
                    (?:,\ at\ least\ (?<least>[\d.]+\ [A-Z0-9]+))?
                    (?:,\ at\ most\ (?<most>[\d.]+\ [A-Z0-9]+))?
                    (?<whole>,\ at\ most\ all\ of\ it)?
                    \ =\ (?<amount>-?[\d.]+\ [A-Z0-9]+)
                    (?<reverse>;\ VAT:\ reverse\ charge)?
                    (?:;\ VAT\ (?<vatRate>[\d.]+)\ %\ =\ (?<vat>[\d.]+\ [A-Z0-9]+))?
                    (?:;\ (?<sentRate>[\d.]+)\ %\ of\ (?<sentBase>-?[\d.]+\ [A-Z0-9]+)
                    \ shipping\ at\ the\ shop's\ own\ prices
                    \ =\ (?<sent>-?[\d.]+\ [A-Z0-9]+))?
                    /#)?.output
        else { return explanation }
        var text = localized("\(percent(found.rate)) of \(money(found.base))")
        if let fixed = found.fixed, let pieces = found.pieces {
            text += " + \(money(fixed)) × \(pieces)"
        }
        if let least = found.least { text += localized(", at least \(money(least))") }
        if let most = found.most { text += localized(", at most \(money(most))") }
        if found.whole != nil { text += localized(", at most all of it") }
        text += " = \(money(found.amount))"
        if found.reverse != nil { text += localized("; VAT: reverse charge") }
        if let rate = found.vatRate, let vat = found.vat {
            text += localized("; VAT \(percent(rate)) = \(money(vat))")
        }
        if let rate = found.sentRate, let base = found.sentBase, let sent = found.sent {
            text += localized(
                """
                ; \(percent(rate)) of \(money(base)) shipping at the shop's own prices = \
                \(money(sent))
                """)
        }
        return text
    }

    /// Why one rule held and not the others.
    public static func reasoning(_ reasoning: String) -> String {
        guard !reasoning.isEmpty else { return "" }
        // A rule's name may hold a full stop; what follows one of ours is known.
        var sentences: [String] = []
        var rest = reasoning[...]
        while let end = rest.firstMatch(of: /\. (?=Not (?:“|rule )|Nor \d)/) {
            sentences.append(String(rest[..<end.range.lowerBound]))
            rest = rest[end.range.upperBound...]
        }
        sentences.append(String(rest.hasSuffix(".") ? rest.dropLast() : rest))
        return sentences.map { sentence($0) + "." }.joined(separator: " ")
    }

    private static func sentence(_ text: String) -> String {
        if text == "No rule is for this sale" { return localized("No rule is for this sale") }
        if let found = text.wholeMatch(of: /Not (.+): it is for (.+)/)?.output {
            return localized("Not \(rule(found.1)): it is for \(sales(found.2))")
        }
        if let found = text.wholeMatch(of: /Nor (\d+) more/)?.output {
            return localized("Nor \(found.1) more")
        }
        if let found = text.wholeMatch(of: /(.+) is for (.+)/)?.output {
            return localized("\(rule(found.1)) is for \(sales(found.2))")
        }
        return text
    }

    private static func rule(_ label: Substring) -> String {
        label.hasPrefix("rule ")
            ? localized("rule \(label.dropFirst("rule ".count))") : String(label)
    }

    /// `this seller and this price`
    private static func sales(_ text: Substring) -> String {
        if text.hasPrefix("pieces of ") { return scope(text) }
        return text.split(separator: " and ").map { scope($0) }.joined(
            separator: localized(" and "))
    }

    private static func scope(_ text: Substring) -> String {
        if let found = text.wholeMatch(of: /a category of depth (\d+)/)?.output {
            return localized("a category of depth \(found.1)")
        }
        if let found = text.wholeMatch(of: /pieces of (\S+ \S+) to below (\S+ \S+)/)?.output {
            return localized("pieces of \(money(found.1)) to below \(money(found.2))")
        }
        if let found = text.wholeMatch(of: /pieces of (\S+ \S+) and more/)?.output {
            return localized("pieces of \(money(found.1)) and more")
        }
        return switch text {
        case "every sale": localized("every sale")
        case "this listing": localized("this listing")
        case "this seller": localized("this seller")
        case "this price": localized("this price")
        case "another listing": localized("another listing")
        case "another seller": localized("another seller")
        case "another category": localized("another category")
        default: String(text)
        }
    }

    private static func percent(_ digits: Substring) -> String {
        Format.decimal(String(digits)) + "\u{a0}%"
    }

    /// `42.50 EUR` as the language writes it.
    static func money(_ text: Substring) -> String {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let currency = Currency(String(parts[1])),
            let amount = Money(decimal: parts[0], currency)
        else { return String(text) }
        return Format.money(amount)
    }
}
