import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `What the team did` {
    @Test func `is read by the owner, with the person and the way to the thing`() async throws {
        try await Desk.run { desk in
            let owner = try await desk.colleague(.owner)
            let clerk = try await desk.market.given.account("Cleo Clerk")
            try await desk.kernel.addMember(
                email: clerk.email, role: .catalogue, as: desk.shop.member)
            let mug = try await desk.listing("Blue mug")
            try await desk.kernel.editOffers(
                [OfferEdit(variant: mug.variants[0].id, price: Money(2100, .eur), onHand: nil)],
                as: try await desk.kernel.membership(of: clerk.id, in: desk.shop.id))
            let admin = try await desk.market.given.administrator()
            try await desk.kernel.setHoldDays(
                of: desk.shop.id, to: 9, reason: "A new shop.", by: admin.id)

            let page = try await owner.get("/team/history")

            #expect(page.status == 200)
            let row = try #require(
                page.text.split(separator: "</tr>").first { $0.contains("Cleo Clerk") })
            #expect(row.contains("Listing edited"))
            #expect(row.contains("href=\"/listings/\(mug.listing.id)\">Blue mug</a>"))
            #expect(page.text.contains("Shop member added"))
            #expect(!page.text.contains(admin.name) && !page.text.contains("hold changed"))
            #expect(try await owner.get("/team").text.contains("href=\"/team/history\""))
            owner.setCookie("guildhall_language", "de")
            #expect(try await owner.get("/team/history").text.contains("Artikel geändert"))
        }
    }

    @Test func `is of one's own shop, by pages, and for whoever runs the team`() async throws {
        try await Desk.run { desk in
            let other = try await desk.market.given.verifiedSeller("Other")
            _ = try await desk.listing("Their bowl", by: other)
            for number in 1...3 { _ = try await desk.listing("Mug \(number)") }
            let program = try await desk.program()

            var seen: [String] = []
            var path = "/api/v1/team/history?limit=2"
            while true {
                let answer = try await program.get(path)
                #expect(answer.status == 200)
                seen += answer.json?["items"]?.items.compactMap { $0["objectId"]?.string } ?? []
                guard let next = answer.json?["next"]?.string else { break }
                path = "/api/v1/team/history?limit=2&after=\(next)"
            }

            let all = try await desk.kernel.auditTrail(.seller(desk.shop.id), PageRequest()).items
            #expect(seen == all.map(\.objectID) && seen.count >= 3)
            let clerk = try await desk.colleague(.orders)
            #expect(try await clerk.raw("GET", "/team/history").status == 403)
        }
    }
}
