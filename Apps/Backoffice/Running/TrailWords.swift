import Kernel
import Vocabulary
import Web

/// What an object was or is now, as a row of the trail shows it: each part by its name in the
/// language of the page; what has parts itself stays as programs read it.
enum TrailWords {
    /// The most of a state that a row shows; the JSON API has all of it.
    private static let shownMax = 300

    static func cell(_ state: String?) -> Cell {
        guard let state else { return Cell(data: "") }
        let value: JSONValue
        do { value = try JSONParser.parse(Array(state.utf8)) } catch {
            return Cell(data: shortened(state))
        }
        guard case .object(let members) = value else {
            return Cell(data: "").followed(by: shortened(state))
        }
        var parts: [String] = []
        var whole: [String: JSONValue] = [:]
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            if let said = words(value) {
                parts.append(localized("\(label(key)): \(said)"))
            } else {
                whole[key] = value
            }
        }
        let cell = Cell(data: joined(parts))
        guard !whole.isEmpty else { return cell }
        let rest = String(decoding: JSONValue.object(whole).bytes, as: UTF8.self)
        return cell.followed(by: shortened(rest))
    }

    /// `hold_days`, `holdDays` → `Hold days`, `Haltetage`.
    static func label(_ key: String) -> String {
        var words = ""
        for character in key {
            if character == "_" || character == "-" {
                words.append(" ")
            } else if character.isUppercase {
                words += " " + character.lowercased()
            } else {
                words.append(character)
            }
        }
        return localized(name: words.prefix(1).uppercased() + words.dropFirst())
    }

    /// Nil for what has parts.
    private static func words(_ value: JSONValue) -> String? {
        switch value {
        case .null: return "—"
        case .bool(let isSo): return isSo ? localized(name: "yes") : localized(name: "no")
        case .integer(let number): return String(number)
        case .number: return String(decoding: value.bytes, as: UTF8.self)
        case .string(let text):
            if let at = Instant(text) { return Format.time(at) }
            let isState = text.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 || $0 == 45 }
            return isState ? text.inWords : text
        case .object(let members):
            guard members.count == 2, case .integer(let amount)? = members["amount"],
                let currency = members["currency"]?.string.flatMap({ Currency($0) })
            else { return nil }
            return Format.money(Money(amount, currency))
        case .array(let items): return items.isEmpty ? "—" : nil
        }
    }

    /// As many whole parts as a row shows.
    private static func joined(_ parts: [String]) -> String {
        var text = ""
        for part in parts {
            guard text.isEmpty || text.count + part.count <= shownMax else { return text + " · …" }
            text += text.isEmpty ? part : " · " + part
        }
        return shortened(text)
    }

    private static func shortened(_ text: String) -> String {
        text.count > shownMax ? text.prefix(shownMax) + "…" : text
    }
}
