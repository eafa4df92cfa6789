import Kernel
import TestSupport
import Testing
import Web

@Suite struct `What is another customer's` {
    private func walk(
        _ body: (OpenShop, TwoSidedMarket, Isolation) async throws -> Void
    ) async throws {
        try await OpenShop.run { shop in
            let sides = try await TwoSidedMarket(shop.market)
            let isolation = Isolation(
                shop.app, shop.market.database, ours: sides.ours.customerIDs,
                theirs: sides.theirs.customerIDs,
                everybodys: [
                    "hash": "pictures are public", "copy": "and so are their copies",
                    "name": "a style sheet",
                    "claim": "a link that went to the purchase's address",
                    "session": "in no table; the tests of sessions try somebody else's",
                    "reset": "a link that went to the account's address",
                    "change": "as the one before",
                    "slug": "shops and categories are public", "language": "everybody's",
                    "listing": "what is for sale",
                    "seller": "whose parcel of one's own cart it is",
                    "variant": "what is for sale", "instance": "a provider's webhook",
                    "month": "a sitemap of what is for sale",
                ])
            try await body(shop, sides, isolation)
        }
    }

    @Test func `is not there, on any route, and nothing of it changes`() async throws {
        try await walk { shop, sides, isolation in
            #expect(isolation.routes.count > 25)
            #expect(isolation.unknownNames.isEmpty, "TwoSidedMarket needs an id for these")
            let (us, them) = (
                try await shop.token(sides.ours.customer),
                try await shop.token(sides.theirs.customer)
            )

            let missing = try await isolation.missing(for: them)
            let complaints = try await isolation.complaints(as: us)

            #expect(missing.isEmpty, "\(missing.joined(separator: "\n"))")
            #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
        }
    }

    @Test func `is not there for guests`() async throws {
        try await walk { _, _, isolation in
            let complaints = try await isolation.complaintsOfNobody()
            #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
        }
    }

    @Test func `is not paid when a body names it`() async throws {
        try await walk { shop, sides, _ in
            let browser = Browser(shop.app)
            let token = try await shop.token(sides.ours.customer)
            let before = try await DatabasePrint(shop.market.database)
            let operation = try #require(
                DocumentedOperation.all(in: shop.app.document).first {
                    $0.name == "POST /api/v1/purchases"
                })
            let body = operation.body?.sample { field in
                sides.theirs.fields[field].map { .string($0) }
            }

            let answer = try await browser.send("POST", "/api/v1/purchases", body, token: token)

            #expect(answer.status == 404, "\(answer.text)")
            #expect(before == (try await DatabasePrint(shop.market.database)))
        }
    }
}
