import Kernel
import Vocabulary
import Web

/// Who of the team did what: for people and for programs.
struct HistoryRoutes {
    struct DeedAnswer: Codable, Sendable {
        let at: Instant
        let account: ID<Account>?
        /// What the person is called; absent once they are erased.
        let name: String?
        /// Noun and past tense: `listing.edited`.
        let action: String
        let objectKind: String
        let objectId: String

        init(_ entry: AuditEntry) {
            at = entry.at
            account = entry.actor
            name = entry.actorName
            action = entry.action
            objectKind = entry.objectKind
            objectId = entry.objectID
        }
    }

    func mount(on routes: Routes) {
        routes.get("/team/history").query(ListQuery.self)
            .show(as: Member.self, needing: [.manageTeam]) { call, member in
                let page = try await call.marketplace.shopHistory(
                    as: member.membership, call.query.page())
                let objects = try await call.marketplace.objects(
                    called: Set(page.items.map(\.objectID)))
                return .page(
                    "history",
                    HistoryPage(page, objects, next: Listed(page) { DeedAnswer($0) }.next),
                    title: localized("What the team did"))
            }
    }

    func mount(on api: API) {
        api.get("/team/history", "What the team did, newest first", tag: "Team")
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.manageTeam]) { call, member in
                Listed(
                    try await call.marketplace.shopHistory(
                        as: member.membership, call.query.page())
                ) { DeedAnswer($0) }
            }
    }
}

/// The model of `history.mustache`.
struct HistoryPage {
    struct Row {
        let at: String
        let who: String
        let what: String
        /// What it was done to, where that has a page.
        let name: String?
        let link: String?
    }

    let rows: [Row]
    let isEmpty: Bool
    let next: String?

    init(_ page: Kernel.Page<AuditEntry>, _ objects: [String: MarketObject], next: String?) {
        rows = page.items.map { entry in
            let found = objects[entry.objectID]
            let link = Self.link(entry)
            return Row(
                at: Format.time(entry.at), who: entry.actorName ?? localized("somebody"),
                what: Self.words(entry.action), name: link == nil ? nil : found?.name, link: link)
        }
        isEmpty = rows.isEmpty
        self.next = next.map { "/team/history?after=\($0)" }
    }

    private static func link(_ entry: AuditEntry) -> String? {
        switch entry.objectKind {
        case "listing": ID<Listing>(entry.objectID).map { Links.listing($0) }
        case "order": ID<Order>(entry.objectID).map { Links.order($0) }
        case "payout": ID<Payout>(entry.objectID).map { "/money/payouts/\($0)" }
        default: nil
        }
    }

    /// `seller.member-joined` → `Shop member joined`; the catalogues have it by its code.
    static func words(_ action: String) -> String {
        let said = localized(name: action)
        guard said == action else { return said }
        let plain = String(action.map { $0 == "." || $0 == "-" ? " " : $0 })
        let own = plain.hasPrefix("seller ") ? "shop" + plain.dropFirst(6) : plain
        return own.prefix(1).uppercased() + own.dropFirst()
    }
}
