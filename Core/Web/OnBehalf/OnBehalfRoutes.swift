import Hummingbird
import Kernel
import Vocabulary

/// `/on-behalf`: where the back office hands over whoever may look on as somebody else, and where
/// that ends. In the shop and at the desk.
public struct OnBehalfRoutes: Sendable {
    struct Pass: Described {
        let pass: String
        static let rules: [String: [Rule]] = [
            "pass": [.length(43...43), .about("What the back office gave out.")]
        ]
    }

    struct OnBehalfAnswer: Codable, Sendable {
        let id: ID<Impersonation>
        let administratorName: String
        let account: ID<Account>
        let accountName: String
        let seller: ID<Seller>?
        let until: Instant

        init(_ impersonation: Impersonation) {
            id = impersonation.id
            administratorName = impersonation.administratorName
            account = impersonation.account
            accountName = impersonation.accountName
            seller = impersonation.seller
            until = impersonation.until
        }
    }

    private static let formBytesMax = 4096

    public init() {}

    public func mount(on routes: Routes) {
        // The form stands in the back office, which is another origin, so that no form token of
        // ours can be in it. What is in it opens once, and for a minute.
        routes.raw(.post, "/on-behalf", limit: .signIn, access: .everyone, isOpenOnBehalf: true) {
            request in
            guard request.bodyType == "application/x-www-form-urlencoded" else {
                throw WebRefusal.unsupportedType("application/x-www-form-urlencoded")
            }
            let items = try PercentEncoding.items(try await request.body(upTo: Self.formBytesMax))
            _ = try await request.lookOn(with: items.first { $0.name == "pass" }?.value ?? "")
            return Response(
                status: .seeOther,
                headers: [
                    .location: "/", .cacheControl: "no-store", .referrerPolicy: "no-referrer",
                ]
            )
        }
        routes.post("/on-behalf/end").openOnBehalf().show(as: SignedIn.self) { call, _ in
            guard try await call.request.impersonation() != nil else { return .seeOther("/") }
            try await call.request.signOut()
            return .seeOther("/", notice: localized("It is over: you do not look on any more."))
        }
        mount(on: routes.api)
    }

    private func mount(on api: API) {
        let tag = "On behalf"
        api.get("/on-behalf", "Who looks on as whom", tag: tag)
            .about("404 for whoever is there for themselves.").refuses(.missing)
            .handle(as: SignedIn.self) { call, _ in
                guard let impersonation = try await call.request.impersonation() else {
                    throw WebRefusal.notFound
                }
                return OnBehalfAnswer(impersonation)
            }
        api.post("/on-behalf", "Look on as somebody, with a pass of the back office", tag: tag)
            .about(
                """
                Sets the session cookie. Reading is open then, and few of the ways to change \
                something: all others are answered with 403 and `web.not-on-behalf`.
                """
            )
            .body(Pass.self).limited(.signIn).openOnBehalf().succeeds(with: .created)
            .handle(as: Visitor.self) { call, _ in
                OnBehalfAnswer(try await call.request.lookOn(with: call.body.pass))
            }
        api.delete("/on-behalf", "Look on no more", tag: tag)
            .openOnBehalf().refuses(.missing)
            .handle(as: SignedIn.self) { call, _ in
                guard try await call.request.impersonation() != nil else {
                    throw WebRefusal.notFound
                }
                try await call.request.signOut()
                return Nothing()
            }
    }
}
