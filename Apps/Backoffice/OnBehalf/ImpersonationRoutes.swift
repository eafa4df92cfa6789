import Kernel
import Vocabulary
import Web

/// Looking at the shop or a seller's desk as somebody else sees it: beginning, listing, ending.
struct ImpersonationRoutes {
    /// What can be looked at.
    enum App: String, Codable, CaseIterable, Sendable {
        case customer, seller

        var audience: AccessToken.Audience { self == .customer ? .customer : .seller }
    }

    enum State: String, Codable, CaseIterable, Sendable { case open }

    struct NewImpersonation: Described {
        let app: App
        /// At whose desk, in the sellers' app.
        let seller: ID<Seller>?
        let reason: String
        static let rules: [String: [Rule]] = ["reason": [.length(3...500)]]
    }

    struct ImpersonationPath: Described { let impersonation: ID<Impersonation> }

    struct ImpersonationQuery: Described {
        let state: State?
        /// As whom.
        let account: ID<Account>?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        var filter: ImpersonationFilter {
            if let account { return .account(account) }
            return state == .open ? .open : .everything
        }

        func page() throws -> PageRequest {
            try ListQuery(after: after, limit: limit).page()
        }
    }

    struct ImpersonationAnswer: Codable, Sendable {
        let id: ID<Impersonation>
        let administrator: ID<Account>
        let administratorName: String
        let account: ID<Account>
        let accountName: String
        let app: String
        let seller: ID<Seller>?
        let reason: String
        let begunAt: Instant
        /// When its pass was used.
        let openedAt: Instant?
        let until: Instant
        let endedAt: Instant?
        let ending: String?

        init(_ one: Impersonation) {
            id = one.id
            administrator = one.administrator
            administratorName = one.administratorName
            account = one.account
            accountName = one.accountName
            app = one.app.rawValue
            seller = one.seller
            reason = one.reason
            begunAt = one.begunAt
            openedAt = one.openedAt
            until = one.until
            endedAt = one.endedAt
            ending = one.ending?.rawValue
        }
    }

    struct BegunAnswer: Codable, Sendable {
        let impersonation: ImpersonationAnswer
        /// Shown this once: opens it once, within ``passSeconds``.
        let pass: String
        let passSeconds: Int
        /// Where a browser's form posts the `pass` to; programs use that app's
        /// `POST /api/v1/on-behalf`.
        let openAt: String
    }

    struct EndedAnswer: Codable, Sendable { let id: ID<Impersonation> }

    let desk: Desk

    func mount() {
        mountBeginning()
        desk.page("/impersonations", .impersonate, query: ImpersonationQuery.self) { call, _ in
            ImpersonationPages.list(
                try await call.marketplace.impersonations(
                    call.query.filter, try call.query.page()), call.query)
        }
        desk.read(
            "/impersonations", "Who looked on as whom, newest first", tag: "On behalf",
            .impersonate, query: ImpersonationQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.impersonations(
                    call.query.filter, try call.query.page())
            ) { ImpersonationAnswer($0) }
        }
        desk.act(
            Act<ImpersonationPath>(
                "/impersonations/{impersonation}/end", "End it at once", tag: "On behalf",
                .impersonate, done: "It is over.", back: { _ in "/impersonations" }),
            input: OptionalReason.self
        ) { marketplace, path, input, admin in
            try await marketplace.endImpersonation(
                path.impersonation, because: .administrator, by: admin.account.id,
                reason: input.reason)
            return EndedAnswer(id: path.impersonation)
        }
    }

    /// Not like other acts: the answer holds a secret, and so is kept for no repeat.
    private func mountBeginning() {
        let path = "/accounts/{account}/impersonations"
        desk.api.post(path, "Look on as somebody", tag: "On behalf")
            .about("For the set time, at most a few at once. Nothing of money can be done.")
            .path(AccountRoutes.AccountPath.self).body(NewImpersonation.self)
            .refuses(.missing, .conflict, .invalid).succeeds(with: .created)
            .handle(as: Administrator.self, needing: Duty.impersonate.roles) { call, admin in
                let (begun, pass) = try await Self.begin(
                    call.path.account, call.body, admin, call.request)
                return BegunAnswer(
                    impersonation: ImpersonationAnswer(begun), pass: pass,
                    passSeconds: Int(Impersonation.passLifetime.components.seconds),
                    openAt: Self.address(of: begun.app, call.marketplace.settings))
            }
        desk.routes.post(path).path(AccountRoutes.AccountPath.self).form(NewImpersonation.self)
            .show(
                as: Administrator.self, needing: Duty.impersonate.roles,
                again: { again, _ in
                    again.isMendable
                        ? again.alone()
                        : .seeOther(again.request.whereItStood, warning: again.explanation)
                }
            ) { call, admin in
                let (begun, pass) = try await Self.begin(
                    call.path.account, call.form, admin, call.request)
                return ImpersonationPages.handOver(begun, pass, call.marketplace.settings)
                    .answer()
            }
    }

    private static func begin(
        _ account: ID<Account>, _ input: NewImpersonation, _ admin: Administrator,
        _ request: WebRequest
    ) async throws -> (impersonation: Impersonation, pass: String) {
        try await request.marketplace.beginImpersonation(
            of: account, in: input.app.audience, for: input.seller, reason: input.reason,
            by: admin.account.id, from: try request.impersonationOrigin())
    }

    /// Where a pass is handed in.
    static func address(of app: AccessToken.Audience, _ settings: KernelSettings) -> String {
        (app == .seller ? settings.sellerURL : settings.storefrontURL) + "/on-behalf"
    }
}
