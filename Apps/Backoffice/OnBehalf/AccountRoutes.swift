import Kernel
import Vocabulary
import Web

/// People with an account: who they are, and looking on as them.
struct AccountRoutes {
    struct AccountQuery: Described {
        /// The whole address.
        let email: String?
        static let rules: [String: [Rule]] = ["email": [.length(3...254)]]
    }

    struct AccountPath: Described { let account: ID<Account> }

    struct WorkplaceAnswer: Codable, Sendable {
        let seller: ID<Seller>
        let name: String
        let role: String
    }

    struct KnownAccountAnswer: Codable, Sendable {
        let id: ID<Account>
        let name: String
        let email: String
        let createdAt: Instant
        /// Whom the person works for.
        let shops: [WorkplaceAnswer]

        init(_ account: Account, _ shops: [SellerMembership]) {
            id = account.id
            name = account.name
            email = account.email
            createdAt = account.createdAt
            self.shops = shops.map {
                WorkplaceAnswer(seller: $0.seller, name: $0.name, role: $0.role.rawValue)
            }
        }
    }

    struct FoundAccountsAnswer: Codable, Sendable {
        /// None, or the one.
        let items: [KnownAccountAnswer]
    }

    let desk: Desk

    func mount() {
        desk.page("/accounts", .impersonate, query: AccountQuery.self) { call, _ in
            let found = try await Self.find(call.query.email, call.marketplace)
            return Self.search(call.query.email, found)
        }
        desk.read(
            "/accounts", "The account of an e-mail address", tag: "Accounts", .impersonate,
            query: AccountQuery.self
        ) { call, _ in
            guard let found = try await Self.find(call.query.email, call.marketplace) else {
                return FoundAccountsAnswer(items: [])
            }
            let shops = try await call.marketplace.memberships(of: found.id)
            return FoundAccountsAnswer(items: [KnownAccountAnswer(found, shops)])
        }
        desk.page("/accounts/{account}", .impersonate, path: AccountPath.self) { call, admin in
            try await Self.show(call.path.account, call.marketplace, admin)
        }
        desk.read(
            "/accounts/{account}", "An account, and whom it works for", tag: "Accounts",
            .impersonate, path: AccountPath.self
        ) { call, _ in
            let account = try await Self.account(call.path.account, call.marketplace)
            return KnownAccountAnswer(
                account, try await call.marketplace.memberships(of: account.id))
        }
    }

    private static func find(
        _ email: String?, _ marketplace: Marketplace
    ) async throws -> Account? {
        guard let email else { return nil }
        return try await marketplace.account(email: email)
    }

    private static func account(
        _ id: ID<Account>, _ marketplace: Marketplace
    ) async throws -> Account {
        guard let account = try await marketplace.account(id) else { throw AccountRefusal.unknown }
        return account
    }

    private static func search(_ email: String?, _ found: Account?) -> DeskPage {
        DeskPage(
            "Accounts", lead: "Everybody who registered, customers and sellers' people alike.",
            [
                Block(forms: [
                    .search(
                        "Find", at: "/accounts",
                        [.line("email", "E-mail", email ?? "", type: "email")])
                ]),
                Block(
                    table: Table(
                        ["Name", "E-mail", "Since"],
                        (found.map { [$0] } ?? []).map {
                            [
                                Cell(data: $0.name, to: Links.account($0.id)), Cell(data: $0.email),
                                .time($0.createdAt),
                            ]
                        }),
                    nothing: email == nil ? nil : "Nobody has registered with this address."),
            ])
    }

    private static func show(
        _ id: ID<Account>, _ marketplace: Marketplace, _ admin: Administrator
    ) async throws -> DeskPage {
        let account = try await account(id, marketplace)
        let shops = try await marketplace.memberships(of: id)
        let isStaff = try await !marketplace.adminRoles(of: id).isEmpty
        let past = try await marketplace.impersonations(.account(id), PageRequest(limit: 10))
        var facts = [
            Fact("E-mail", data: account.email),
            Fact("Since", data: Format.time(account.createdAt)),
            Fact(
                "Works for",
                shops.isEmpty
                    ? "nobody" : .data(shops.map { $0.name }.joined(separator: ", "))),
        ]
        if Duty.readTrail.isAllowed(to: admin.roles) {
            facts.append(
                Fact(
                    "Done on their behalf", "show",
                    to: Links.with("/audit", [("person", id.description)])))
        }
        let looking: [Block] =
            isStaff
            ? [Block("Look on", text: .data(ImpersonationRefusal.staff.localizedExplanation))]
            : [ImpersonationPages.shop(account, marketplace.settings)]
                + shops.map { ImpersonationPages.desk(account, $0, marketplace.settings) }
        return DeskPage(
            .data(account.name),
            [Block(facts: facts)] + looking
                + [
                    ImpersonationPages.table(
                        past, "Who looked on as them",
                        more: Links.with("/impersonations", [("account", id.description)]))
                ])
    }
}

extension Links {
    static func account(_ id: ID<Account>) -> String { "/accounts/\(id)" }
}
