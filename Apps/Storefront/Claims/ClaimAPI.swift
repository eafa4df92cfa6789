import Kernel
import Vocabulary
import Web

/// Putting guests' purchases into accounts, for programs.
struct ClaimAPI {
    struct LinkRequest: Described {
        let number: String
        let email: String
        static let rules: [String: [Rule]] = [
            "number": [.length(1...20), .about("As it stands in the letters.")],
            "email": [.length(3...254), .pattern(.email)],
        ]
    }
    struct ClaimPath: Described {
        let claim: String
        static let rules: [String: [Rule]] = ["claim": [.length(43...43)]]
    }
    struct ClaimAnswer: Codable, Sendable {
        let number: String
        let placedAt: Instant
        let expiresAt: Instant
    }

    func mount(on api: API) {
        let tag = "Purchases"
        api.post("/purchase-claims", "Send a link to a guest's purchase", tag: tag)
            .about(
                """
                Written to the address of the purchase. The answer is the same whether there is \
                such a purchase or not.
                """
            )
            .body(LinkRequest.self).limited(.signIn)
            .handle(as: Visitor.self) { call, _ in
                try await call.request.sendClaimLink(call.body)
                return Nothing()
            }
        api.post("/purchases/{purchase}/claim-link", "Send a link to this purchase", tag: tag)
            .path(PurchaseAPI.PurchasePath.self).refuses(.conflict)
            .handle(as: Visitor.self) { call, visitor in
                try await call.marketplace.sendClaimLink(
                    for: call.path.purchase, as: visitor.buyer)
                return Nothing()
            }
        api.get("/purchase-claims/{claim}", "What a link opens", tag: tag)
            .path(ClaimPath.self)
            .handle(as: Visitor.self) { call, _ in
                let claim = try await call.marketplace.claim(call.path.claim)
                return ClaimAnswer(
                    number: claim.number, placedAt: claim.placedAt, expiresAt: claim.expiresAt)
            }
        api.put("/purchase-claims/{claim}", "Put its purchase into your account", tag: tag)
            .about("A link works once.")
            .path(ClaimPath.self)
            .handle(as: SignedIn.self) { call, person in
                let id = try await call.marketplace.claimPurchase(
                    call.path.claim, by: person.account.id)
                return PurchaseAnswer(
                    try await call.marketplace.findPurchase(
                        id, as: Buyer(account: person.account.id)),
                    try await call.marketplace.outcomes(of: [id])[id])
            }
    }
}

extension WebRequest {
    /// Limited by the address that is written to, too.
    func sendClaimLink(_ wanted: ClaimAPI.LinkRequest) async throws {
        try await limitGuesses("claim " + Account.limitKey(of: wanted.email))
        try await marketplace.sendClaimLink(number: wanted.number, email: wanted.email)
    }
}
