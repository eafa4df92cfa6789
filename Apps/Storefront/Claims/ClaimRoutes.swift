import Kernel
import Vocabulary
import Web

/// Putting guests' purchases into accounts, for people.
struct ClaimRoutes {
    typealias ClaimPath = ClaimAPI.ClaimPath

    struct FindQuery: Described {
        let number: String?
        static let rules: [String: [Rule]] = ["number": [.length(1...20)]]
    }

    func mount(on routes: Routes) {
        routes.get("/find-purchase").query(FindQuery.self).show(as: Visitor.self) { call, visitor in
            .page(
                "find-purchase",
                FindPurchasePage(
                    number: call.query.number ?? "", email: visitor.account?.email ?? ""),
                title: localized("Find a purchase"))
        }
        routes.post("/find-purchase").form(ClaimAPI.LinkRequest.self).limited(.signIn)
            .outlivingSession()
            .show(as: Visitor.self, again: findAgain) { call, _ in
                try await call.request.sendClaimLink(call.form)
                return .seeOther(
                    "/find-purchase",
                    notice: localized(
                        "If there is such a purchase, a link is on its way to its address."))
            }
        routes.post("/purchases/{purchase}/claim-link").path(PurchaseAPI.PurchasePath.self)
            .show(as: Visitor.self) { call, visitor in
                do {
                    try await call.marketplace.sendClaimLink(
                        for: call.path.purchase, as: visitor.buyer)
                } catch let refusal as ClaimRefusal {
                    return .seeOther(
                        Links.purchase(call.path.purchase), warning: refusal.localizedExplanation)
                }
                return .seeOther(
                    Links.purchase(call.path.purchase),
                    notice: localized("The link is on its way to the address of your receipt."))
            }
        routes.get("/claims/{claim}").path(ClaimPath.self).show(as: Visitor.self, use: show)
        routes.post("/claims/{claim}").path(ClaimPath.self).show(as: SignedIn.self) {
            call, person in
            do {
                let id = try await call.marketplace.claimPurchase(
                    call.path.claim, by: person.account.id)
                return .seeOther(
                    Links.purchase(id), notice: localized("It is in your account now."))
            } catch ClaimRefusal.over { return Self.over }
        }
    }

    @Sendable private func show(
        _ call: PageCall<ClaimPath, Nothing, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        do {
            let claim = try await call.marketplace.claim(call.path.claim)
            return .page(
                "claim", ClaimPage(claim, token: call.path.claim, visitor.account),
                title: localized("Your purchase \(claim.number)"))
        } catch ClaimRefusal.over { return Self.over }
    }

    private static var over: PageAnswer {
        .page(
            "claim-over", ClaimOverPage(explanation: ClaimRefusal.over.localizedExplanation),
            title: localized("This link is over"), status: .notFound)
    }

    @Sendable private func findAgain(_ again: Again, _ visitor: Visitor) -> PageAnswer {
        .page(
            "find-purchase",
            FindPurchasePage(
                number: again.values["number"] ?? "", email: again.values["email"] ?? "",
                warning: again.explanation),
            title: localized("Find a purchase"))
    }
}

/// The model of `find-purchase.mustache`.
struct FindPurchasePage {
    let number: String
    let email: String
    var warning: String?
}

/// The model of `claim.mustache`.
struct ClaimPage {
    let number: String
    let placed: String
    let action: String
    let email: String?
    let then: String

    init(_ claim: PurchaseClaim, token: String, _ account: Account?) {
        number = claim.number
        placed = Format.date(claim.placedAt)
        action = "/claims/\(token)"
        email = account?.email
        then = action
    }
}

/// The model of `claim-over.mustache`.
struct ClaimOverPage {
    let explanation: String
}
