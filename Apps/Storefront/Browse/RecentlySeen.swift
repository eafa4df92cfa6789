import Kernel
import Vocabulary
import Web

/// The things that somebody looked at lately, the last one first. The browser keeps them; the
/// market does not.
struct RecentlySeen {
    private static let cookie = "guildhall_seen"
    private static let countMax = 5

    let ids: [ID<Listing>]

    init(_ request: WebRequest) {
        let sent = request.cookie(Self.cookie) ?? ""
        ids = sent.split(separator: ".").prefix(Self.countMax).compactMap { ID<Listing>($0) }
    }

    /// As many as stand in a row.
    var row: [ID<Listing>] { Array(ids.prefix(Self.countMax - 1)) }

    /// As many as stand in a row.
    func others(than listing: ID<Listing>) -> [ID<Listing>] {
        Array(ids.filter { $0 != listing }.prefix(Self.countMax - 1))
    }

    func remember(_ listing: ID<Listing>, on request: WebRequest) {
        let kept = [listing] + ids.filter { $0 != listing }.prefix(Self.countMax - 1)
        request.remember(
            Self.cookie, kept.map(\.description).joined(separator: "."), for: .seconds(30 * 86_400))
    }
}
