import Kernel
import Vocabulary

/// Addresses of the back office's own pages.
enum Links {
    static func with(_ path: String, _ query: [(String, String)]) -> String {
        let items = query.map { "\($0)=\(encoded($1))" }
        return items.isEmpty ? path : path + "?" + items.joined(separator: "&")
    }

    static func seller(_ id: ID<Seller>) -> String { "/sellers/\(id)" }
    static func order(_ id: ID<Order>) -> String { "/orders/\(id)" }
    static func purchase(_ id: ID<Purchase>) -> String { "/purchases/\(id)" }
    static func provider(_ id: ID<ProviderInstance>) -> String { "/providers/\(id)" }
    static func newProvider(_ module: String, _ version: String) -> String {
        with("/providers/new", [("module", module), ("version", version)])
    }
    static func webhook(_ event: String, from instance: ID<ProviderInstance>) -> String {
        "/webhooks/\(instance)/\(encoded(event))"
    }
    static func trail(_ kind: String, _ id: String) -> String {
        with("/audit", [("object", kind), ("id", id)])
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let character = Character(UnicodeScalar(byte))
            if byte < 128, character.isLetter || character.isNumber || "-_.~".contains(character) {
                result.append(character)
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                result += "%" + (hex.count < 2 ? "0" : "") + hex
            }
        }
    }
}

extension DeskPage.Tab {
    /// One view of a list for each state, and one for all.
    /// - Parameter what: whose states they are, where they have namesakes.
    static func states(
        _ states: [String], of path: String, chosen: String?, all: Phrase? = "all",
        named what: String? = nil
    ) -> [DeskPage.Tab] {
        let everything = all.map {
            [DeskPage.Tab(label: $0, href: path, isHere: chosen == nil)]
        }
        return (everything ?? [])
            + states.map {
                DeskPage.Tab(
                    label: .data($0.inWords(of: what)), href: Links.with(path, [("state", $0)]),
                    isHere: chosen == $0)
            }
    }
}
