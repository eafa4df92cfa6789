import Kernel
import Vocabulary
import Web

/// A person's tokens for programs.
struct TokenRoutes {
    enum Level: String, Codable, Sendable, CaseIterable {
        case read, write
    }

    enum Lifetime: String, Codable, Sendable, CaseIterable {
        case month = "30"
        case quarter = "90"
        case half = "180"
        case year = "365"
    }

    struct TokenForm: Described {
        let name: String
        let catalogue: Level?
        let orders: Level?
        let finance: Level?
        let support: Level?
        let days: Lifetime?
        static let rules: [String: [Rule]] = ["name": [.length(1...80)]]

        var scopes: [TokenScope] {
            let chosen: [(Level?, TokenScope, TokenScope)] = [
                (catalogue, .readCatalogue, .writeCatalogue),
                (orders, .readOrders, .writeOrders), (finance, .readFinance, .writeFinance),
                (support, .readSupport, .writeSupport),
            ]
            return chosen.compactMap { level, read, write in
                level.map { $0 == .read ? read : write }
            }
        }

        var expiresAt: Instant? {
            days.flatMap { Int($0.rawValue) }.map { Instant.systemNow.advanced(days: $0) }
        }
    }

    struct TokenPath: Described { let token: ID<AccessToken> }

    func mount(on routes: Routes) {
        routes.get("/tokens").show(as: SignedIn.self) { call, person in
            try await page(call.marketplace, person)
        }
        routes.post("/tokens").form(TokenForm.self)
            .show(as: SignedIn.self, again: again) { call, person in
                let made = try await call.marketplace.createAccessToken(
                    named: call.form.name, for: .seller, of: person.account.id,
                    scopes: call.form.scopes, expiresAt: call.form.expiresAt)
                return try await page(call.marketplace, person, secret: made.secret)
            }
        routes.post("/tokens/{token}/revocation").path(TokenPath.self)
            .show(as: SignedIn.self) { call, person in
                try await call.marketplace.revokeAccessToken(
                    call.path.token, of: person.account.id)
                return .seeOther(Links.tokens, notice: localized("The token is revoked."))
            }
    }

    @Sendable private func again(_ again: Again, _ person: SignedIn) async throws -> PageAnswer {
        try await page(
            again.request.marketplace, person, warning: again.explanation, typed: again.values)
    }

    private func page(
        _ marketplace: Marketplace, _ person: SignedIn, secret: String? = nil,
        warning: String? = nil, typed: [String: String] = [:]
    ) async throws -> PageAnswer {
        let tokens = try await marketplace.accessTokens(
            of: person.account.id, PageRequest(limit: 100)
        ).items.filter { $0.audience == .seller }
        return .page(
            "tokens", TokensPage(tokens, secret: secret, warning: warning, typed: typed),
            title: localized("Access tokens"))
    }
}

/// The model of `tokens.mustache`.
struct TokensPage {
    struct Row {
        let id: String
        let name: String
        let date: String
        let scopes: String
        /// Nil for one that never ends, as old ones do.
        let until: String?
        let used: String?
        let isLive: Bool
        let isRevoked: Bool

        init(_ token: AccessToken) {
            id = token.id.description
            name = token.name
            date = Format.date(token.createdAt)
            scopes =
                token.scopes.map { $0.map(\.label).joined(separator: ", ") }
                ?? localized("everything that you may do")
            until = token.expiresAt.map { Format.date($0) }
            used = token.lastUsedAt.map { Format.time($0) }
            isLive = token.isLive(at: .systemNow)
            isRevoked = token.revokedAt != nil
        }
    }

    /// One kind of work, and how much of it.
    struct Area {
        let field: String
        let name: String
        let levels: [Choice]

        init(_ role: SellerRole, typed: String?) {
            field = role.rawValue
            name = role.name
            levels = [
                Choice("", localized("Nothing"), chosen: typed ?? ""),
                Choice("read", localized("Read only"), chosen: typed),
                Choice("write", localized("Read and change"), chosen: typed),
            ]
        }
    }

    let tokens: [Row]
    let isEmpty: Bool
    /// Shown this once.
    let secret: String?
    let warning: String?
    let name: String
    let areas: [Area]
    let lifetimes: [Choice]

    init(
        _ tokens: [AccessToken], secret: String?, warning: String?, typed: [String: String]
    ) {
        self.tokens = tokens.map { Row($0) }
        isEmpty = tokens.isEmpty
        self.secret = secret
        self.warning = warning
        name = typed["name"] ?? ""
        areas = SellerRole.allCases.filter { $0 != .owner }
            .map { Area($0, typed: typed[$0.rawValue]) }
        let days = typed["days"] ?? TokenRoutes.Lifetime.quarter.rawValue
        lifetimes = TokenRoutes.Lifetime.allCases.map { lifetime in
            Choice(
                lifetime.rawValue, Format.count(Int(lifetime.rawValue) ?? 0, "day", "days"),
                chosen: days)
        }
    }
}

extension TokenScope {
    /// For a list of them.
    var label: String {
        mayWrite
            ? localized("\(role.name): read and change") : localized("\(role.name): read only")
    }
}
