import Kernel
import Vocabulary
import Web

/// A person's tokens for programs.
struct TokenRoutes {
    struct TokenForm: Described {
        let name: String
        static let rules: [String: [Rule]] = ["name": [.length(1...80)]]
    }

    struct TokenPath: Described { let token: ID<AccessToken> }

    func mount(on routes: Routes) {
        routes.get("/tokens").show(as: SignedIn.self) { call, person in
            try await page(call.marketplace, person, secret: nil, warning: nil)
        }
        routes.post("/tokens").form(TokenForm.self)
            .show(as: SignedIn.self, again: again) { call, person in
                let made = try await call.marketplace.createAccessToken(
                    named: call.form.name, for: .seller, of: person.account.id)
                return try await page(
                    call.marketplace, person, secret: made.secret, warning: nil)
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
            again.request.marketplace, person, secret: nil, warning: again.explanation)
    }

    private func page(
        _ marketplace: Marketplace, _ person: SignedIn, secret: String?, warning: String?
    ) async throws -> PageAnswer {
        let tokens = try await marketplace.accessTokens(
            of: person.account.id, PageRequest(limit: 100)
        ).items.filter { $0.audience == .seller }
        return .page(
            "tokens", TokensPage(tokens, secret: secret, warning: warning),
            title: localized("Access tokens"))
    }
}

/// The model of `tokens.mustache`.
struct TokensPage {
    struct Row {
        let id: String
        let name: String
        let date: String
        let isLive: Bool
    }

    let tokens: [Row]
    let isEmpty: Bool
    /// Shown this once.
    let secret: String?
    let warning: String?

    init(_ tokens: [AccessToken], secret: String?, warning: String?) {
        self.tokens = tokens.map {
            Row(
                id: $0.id.description, name: $0.name, date: Format.date($0.createdAt),
                isLive: $0.revokedAt == nil)
        }
        isEmpty = tokens.isEmpty
        self.secret = secret
        self.warning = warning
    }
}
