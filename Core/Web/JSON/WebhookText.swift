import Kernel

/// What a provider sent, to be read by a person: as text, without what opens something. Pure.
public enum WebhookText {
    /// More than this of one delivery nobody reads.
    public static let lengthMax = 20_000
    static let hidden = "[hidden]"

    /// Parts of names whose values are hidden, in small letters without `-` and `_`.
    private static let secretNames = [
        "secret", "token", "password", "passwd", "authorization", "apikey", "privatekey",
        "signature", "credential", "cvc", "cvv", "cookie",
    ]

    /// JSON with a line for each member; anything else as it came.
    public static func shown(_ body: [UInt8]) -> String {
        guard let text = String(validating: body, as: UTF8.self) else {
            return localized("\(body.count) bytes that are no text")
        }
        let plain: String
        do {
            var lines: [String] = []
            write(try JSONParser.parse(body), name: nil, indent: "", end: "", to: &lines)
            plain = lines.joined(separator: "\n")
        } catch { plain = withoutPairs(text) }
        let safe = withoutValues(plain)
        guard safe.count > lengthMax else { return safe }
        return safe.prefix(lengthMax) + "…"
    }

    static func isSecret(_ name: String) -> Bool {
        let bare = name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
        return secretNames.contains { bare.contains($0) }
    }

    private static func write(
        _ value: JSONValue, name: String?, indent: String, end: String, to lines: inout [String]
    ) {
        let begin = indent + (name.map { quoted($0) + ": " } ?? "")
        if let name, isSecret(name), value != .null {
            lines.append(begin + quoted(hidden) + end)
            return
        }
        switch value {
        case .object(let members) where !members.isEmpty:
            lines.append(begin + "{")
            let sorted = members.sorted { $0.key < $1.key }
            for (index, member) in sorted.enumerated() {
                write(
                    member.value, name: member.key, indent: indent + "  ",
                    end: index + 1 < sorted.count ? "," : "", to: &lines)
            }
            lines.append(indent + "}" + end)
        case .array(let items) where !items.isEmpty:
            lines.append(begin + "[")
            for (index, item) in items.enumerated() {
                write(
                    item, name: nil, indent: indent + "  ",
                    end: index + 1 < items.count ? "," : "", to: &lines)
            }
            lines.append(indent + "]" + end)
        default:
            lines.append(begin + String(decoding: value.bytes, as: UTF8.self) + end)
        }
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).bytes, as: UTF8.self)
    }

    /// Of forms and headers: `client_secret=…`, `Authorization: …`; of XML, `<token>…`.
    private static func withoutPairs(_ text: String) -> String {
        text.replacing(/([A-Za-z0-9_.\-\[\]]{2,60})(=|:\s*|>)([^&\n<]+)/) { match in
            let (name, middle) = (String(match.1), String(match.2))
            return isSecret(name) ? name + middle + hidden : String(match.0)
        }
    }

    /// What gives itself away wherever it stands: keys of the well-known forms, and whole numbers
    /// of cards (ISO/IEC 7812-1, annex B), of which the last four stay.
    private static func withoutValues(_ text: String) -> String {
        text.replacing(/\b(?:sk|rk|whsec|pk|gh|key)_[A-Za-z0-9_\-]{8,}/, with: hidden)
            .replacing(/\b[Bb]earer\s+[A-Za-z0-9._~+\/\-]{8,}={0,2}/, with: "Bearer " + hidden)
            .replacing(/\b[0-9](?:[ \-]?[0-9]){12,18}\b/) { match in
                let digits = match.0.filter(\.isNumber)
                return isCard(digits) ? "…" + digits.suffix(4) : String(match.0)
            }
    }

    private static func isCard(_ digits: String) -> Bool {
        let sum = digits.reversed().enumerated().reduce(0) { sum, next in
            let digit = next.element.wholeNumberValue ?? 0
            guard !next.offset.isMultiple(of: 2) else { return sum + digit }
            return sum + (digit > 4 ? digit * 2 - 9 : digit * 2)
        }
        return sum.isMultiple(of: 10)
    }
}
