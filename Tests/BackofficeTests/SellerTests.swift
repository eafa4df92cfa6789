import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Deciding on sellers` {
    @Test func `an application is verified, and the trail says by whom`() async throws {
        try await Office.run { office in
            let seller = try await Self.seller(office, "submitted")
            let answer = try await office.post(
                "/api/v1/sellers/\(seller)/verification", "{}", as: .catalogue)

            #expect(answer.status == 200)
            #expect(answer.value("state") == "verified")
            let line = try #require(try await office.trail("seller", "\(seller)").last)
            #expect(line.action == "seller.verified")
            #expect(line.actor == office.accounts[.catalogue]?.id)
            let file = try await office.get("/api/v1/sellers/\(seller)")
            #expect(file.value("history.0.to") == "verified")
        }
    }

    @Test func `rejecting wants a reason, which the seller reads`() async throws {
        try await Office.run { office in
            let seller = try await Self.seller(office, "submitted")
            let path = "/api/v1/sellers/\(seller)/rejection"
            let missing = try await office.post(path, "{}")
            #expect(missing.status == 422)
            #expect(missing.value("field") == "reason")
            #expect(try await office.post(path, #"{"reason": "x"}"#).status == 422)
            #expect(try await office.post(path, #"{"reason": 7}"#).status == 422)
            #expect(try await office.post(path, "nonsense").status == 400)
            #expect(try await office.trail("seller", "\(seller)").isEmpty)

            let answer = try await office.post(path, #"{"reason": "The passport is cut off."}"#)
            #expect(answer.value("state") == "rejected")
            let file = try await office.get("/api/v1/sellers/\(seller)")
            #expect(file.value("history.0.reason") == "The passport is cut off.")
        }
    }

    @Test func `a suspended shop's things leave the shop, and come back with it`() async throws {
        try await Office.run { office in
            let given = try await office.market.given.verifiedSeller()
            let thing = try await Sale.thing(office.market, by: given)
            let path = "/api/v1/sellers/\(given.id)"
            func isForSale() async throws -> String? {
                try await office.get("/api/v1/listings/\(thing.listing)").value("isForSale")
            }
            #expect(try await isForSale() == "true")
            let reason = #"{"reason": "Complaints about parcels."}"#
            #expect(try await office.post(path + "/suspension", reason).status == 200)
            #expect(try await isForSale() == "false")
            #expect(try await office.post(path + "/suspension", reason).status == 409)
            #expect(try await office.post(path + "/reinstatement", reason).status == 200)
            #expect(try await isForSale() == "true")
        }
    }

    @Test func `unknown sellers and nonsense in the path are not found`() async throws {
        try await Office.run { office in
            let unknown = try await office.get("/api/v1/sellers/\(ID<Seller>())")
            #expect(unknown.status == 404)
            #expect(unknown.value("type") == "/problems/seller.unknown")
            #expect(try await office.get("/api/v1/sellers/abc").status == 404)
            #expect(try await office.get("/api/v1/sellers?state=nice").status == 422)
            #expect(try await office.get("/api/v1/sellers?after=abc").status == 422)
            #expect(try await office.get("/api/v1/sellers?limit=100000").status == 422)
        }
    }

    @Test func `the page's form does the same as the API`() async throws {
        try await Office.run { office in
            let seller = try await Self.seller(office, "submitted")
            let page = "/sellers/\(seller)"
            let answer = try await office.submit([], to: page + "/verification", on: page)
            #expect(answer.status == 303)
            #expect(answer.location == page)
            #expect(try await office.market.marketplace.seller(seller).state == .verified)

            let short = try await office.submit(
                [("reason", "x")], to: page + "/suspension", on: page)
            #expect(short.status == 422)
            #expect(short.text.contains(">x</textarea>"))
            #expect(try await office.market.marketplace.seller(seller).state == .verified)
        }
    }

    @Test func `who waits longest for an answer is the first of the queue`() async throws {
        try await Office.run { office in
            var given: [GivenSeller] = []
            for name in ["Early", "Late"] {
                let seller = try await office.market.given.verifiedSeller(name)
                try await office.market.database.execute(
                    "update seller set state = 'rejected' where id = \(seller.id)")
                _ = try await office.market.marketplace.addDocument(
                    .identity, fileName: "pass.png", bytes: MarketSide.picture,
                    as: seller.member)
                given.append(seller)
            }
            // The shop that was made last is sent in first.
            for seller in given.reversed() {
                try await office.market.marketplace.submitSeller(as: seller.member)
            }
            let queue = "/api/v1/sellers?state=submitted&limit=1"
            let first = try await office.get(queue)
            #expect(first.value("items.0.name") == "Late")
            let second = try await office.get(queue + "&after=\(try first.require("next"))")
            #expect(second.value("items.0.name") == "Early")
            #expect(second.value("next") == nil)
        }
    }

    @Test func `a paper that no picture shows opens in the browser's own viewer`() async throws {
        try await Office.run { office in
            let seller = try await office.market.given.verifiedSeller()
            let paper = try await office.market.marketplace.addDocument(
                .business, fileName: "register.pdf",
                bytes: Array("%PDF-1.7\n%%EOF\n".utf8), as: seller.member)
            let link = "/api/v1/sellers/\(seller.id)/documents/\(paper.id)/file"
            let page = try await office.get("/sellers/\(seller.id)")
            #expect(page.text.contains("<a class=\"paper\" href=\"\(link)\" target=\"_blank\""))
            #expect(!page.text.contains("<img src=\"\(link)\""))
            let file = try await office.get(link)
            #expect(file.status == 200 && file.text.hasPrefix("%PDF-1.7"))
        }
    }

    private static func seller(_ office: Office, _ state: String) async throws -> ID<Seller> {
        let seller = try await office.market.given.verifiedSeller()
        try await office.market.database.execute(
            "update seller set state = \(state) where id = \(seller.id)")
        return seller.id
    }
}
