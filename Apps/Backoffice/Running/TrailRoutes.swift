import Kernel
import Vocabulary
import Web

/// The audit trail: who did what to what, and why.
struct TrailRoutes {
    struct TrailQuery: Described {
        let object: String?
        let id: String?
        let actor: ID<Account>?
        /// The shop for which it was done.
        let seller: ID<Seller>?
        /// In whose place it was done.
        let person: ID<Account>?
        let after: String?
        let limit: Int?

        static let rules: [String: [Rule]] = [
            "object": [.length(1...80)], "id": [.length(1...80)], "after": [.length(1...400)],
            "limit": [.range(1...100)],
        ]

        var filter: AuditFilter {
            if let object, let id { return .object(kind: object, id: id) }
            if let actor { return .actor(actor) }
            if let seller { return .seller(seller) }
            if let person { return .onBehalfOf(person) }
            return .everything
        }

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 50)
        }
    }

    struct EntryAnswer: Codable {
        let id: Int64
        let at: Instant
        let actor: ID<Account>?
        let actorName: String?
        let actorKind: String
        /// In whose place the actor acted, looking on as that person.
        let onBehalfOf: ID<Account>?
        let onBehalfOfName: String?
        let impersonation: ID<Impersonation>?
        /// Why the actor looks on, until the person is erased.
        let impersonationReason: String?
        /// The shop that a seller acted for.
        let seller: ID<Seller>?
        let sellerName: String?
        let action: String
        let objectKind: String
        let objectId: String
        let reason: String?
        let before: String?
        let after: String?

        init(_ entry: AuditEntry) {
            id = entry.id
            at = entry.at
            actor = entry.actor
            actorName = entry.actorName
            actorKind = entry.actorKind.rawValue
            onBehalfOf = entry.onBehalfOf
            onBehalfOfName = entry.onBehalfOfName
            impersonation = entry.impersonation
            impersonationReason = entry.impersonationReason
            seller = entry.seller
            sellerName = entry.sellerName
            action = entry.action
            objectKind = entry.objectKind
            objectId = entry.objectID
            reason = entry.reason
            before = entry.before
            after = entry.after
        }
    }

    let desk: Desk

    func mount() {
        desk.page("/audit", .readTrail, query: TrailQuery.self) { call, admin in
            let page = try await call.marketplace.auditTrail(
                call.query.filter, try call.query.page())
            let objects = try await call.marketplace.objects(
                called: Set(page.items.map(\.objectID)))
            return Self.page(page, call.query) { Self.on($0, objects, admin) }
        }
        desk.read(
            "/audit", "The audit trail, newest first", tag: "Audit", .readTrail,
            query: TrailQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.auditTrail(call.query.filter, try call.query.page())
            ) { EntryAnswer($0) }
        }
    }

    /// What it was done to, with the way to where that is seen.
    private static func on(
        _ entry: AuditEntry, _ objects: [String: MarketObject], _ admin: Administrator
    ) -> Cell {
        if let object = objects[entry.objectID] {
            return .object(object, as: entry.objectKind, seenBy: admin)
        }
        let list: (path: String, duty: Duty)? =
            switch entry.objectKind {
            case "checklist": ("/checklist", .readSellers)
            case "commission_rule", "country": ("/commission", .readMoney)
            case "job": ("/jobs", .readJobs)
            case "mail": ("/mails", .runMail)
            case "market" where ["invoices", "payouts"].contains(entry.objectID):
                ("/\(entry.objectID)", .readMoney)
            case "provider_rules": ("/provider-rules/\(entry.objectID)", .readProviders)
            case "provider_module":
                ("/provider-modules/\(entry.objectID.prefix { $0 != " " })", .readProviders)
            case "verification": ("/ledger/verification", .readMoney)
            default: nil
            }
        let place = list.flatMap { $0.duty.isAllowed(to: admin.roles) ? $0.path : nil }
        let name = String(entry.objectID.suffix(12)).inWords
        return Cell("\(entry.objectKind.inWords) \(name)", to: place)
    }

    private static func page(
        _ page: Kernel.Page<AuditEntry>, _ query: TrailQuery, on: (AuditEntry) -> Cell
    ) -> DeskPage {
        let more = page.next.map { next in
            var items = [("after", Cursor.seal(next))]
            if let object = query.object, let id = query.id {
                items += [("object", object), ("id", id)]
            }
            if let actor = query.actor { items.append(("actor", actor.description)) }
            if let seller = query.seller { items.append(("seller", seller.description)) }
            if let person = query.person { items.append(("person", person.description)) }
            return Links.with("/audit", items)
        }
        let rows = page.items.map { entry in
            [
                .time(entry.at),
                Cell(
                    data: entry.actorName ?? entry.actorKind.rawValue.inWords,
                    to: entry.actor.map { Links.with("/audit", [("actor", $0.description)]) }),
                Cell(
                    data: entry.onBehalfOfName ?? "",
                    to: entry.onBehalfOf.map {
                        Links.with("/audit", [("person", $0.description)])
                    }),
                Cell(
                    data: entry.sellerName ?? "",
                    to: entry.seller.map { Links.with("/audit", [("seller", $0.description)]) }),
                .event(entry.action, to: Links.trail(entry.objectKind, entry.objectID)),
                on(entry),
                Cell(
                    data: [TrailReason.said(entry), entry.impersonationReason].compactMap { $0 }
                        .joined(separator: " · ")), TrailWords.cell(entry.before),
                TrailWords.cell(entry.after),
            ]
        }
        return DeskPage(
            "Audit trail",
            lead: "Every write of sellers and administrators. Nothing here can change.",
            [
                Block(
                    table: Table(
                        [
                            "When", "Who", "As", "For", "What", "On", "Reason", "Before", "After",
                        ], rows),
                    nothing: "Nothing was written yet.", more: more)
            ])
    }
}
