import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `The checklist before a seller is verified` {
    private struct Desk {
        let market: TestMarketplace
        let admin: ID<Account>
        let seller: GivenSeller

        var kernel: Marketplace { market.marketplace }

        init(_ market: TestMarketplace, country: String = "DE") async throws {
            self.market = market
            admin = try await market.given.administrator().id
            seller = try await market.given.verifiedSeller(country: country)
            try await be("submitted")
        }

        func be(_ state: String) async throws {
            try await market.database.execute(
                "update seller set state = \(state) where id = \(seller.id)")
        }

        func row(_ draft: ChecklistDraft) async throws -> ID<ChecklistRow> {
            try await kernel.addChecklistRow(draft, reason: "The law asks for it.", by: admin).id
        }

        func verify() async throws {
            try await kernel.verifySeller(seller.id, by: admin)
        }

        func tick(_ row: ID<ChecklistRow>, note: String? = nil) async throws {
            try await kernel.tick(row, of: seller.id, note: note, by: admin)
        }
    }

    @Test func `keeps a seller from being verified until each required row is ticked`()
        async throws
    {
        try await TestMarketplace.run { market in
            let desk = try await Desk(market)
            let papers = try await desk.row(ChecklistDraft(text: "The papers are readable"))
            let name = try await desk.row(ChecklistDraft(text: "The name fits", position: 2))
            _ = try await desk.row(
                ChecklistDraft(text: "There is a web page", isRequired: false, position: 3))

            await #expect(throws: ChecklistRefusal.open(text: "The papers are readable")) {
                try await desk.verify()
            }
            try await desk.tick(papers, note: "Passport, page 2")
            await #expect(throws: ChecklistRefusal.open(text: "The name fits")) {
                try await desk.verify()
            }
            try await desk.tick(name)
            try await desk.kernel.untick(
                papers, of: desk.seller.id, reason: "Looked again", by: desk.admin)
            await #expect(throws: ChecklistRefusal.open(text: "The papers are readable")) {
                try await desk.verify()
            }
            try await desk.tick(papers, note: "Passport, page 3")
            try await desk.verify()

            let kept = try await desk.kernel.checklist(of: desk.seller.id)
            #expect(kept.map(\.text) == ["The papers are readable", "The name fits"])
            #expect(kept.map(\.tick?.note) == ["Passport, page 3", nil])
            #expect(kept.allSatisfy { $0.tick?.by == desk.admin && $0.tick?.byName != nil })
            let trail = try await desk.kernel.auditTrail(
                .object(kind: "seller", id: desk.seller.id.description), PageRequest())
            #expect(
                trail.items.map(\.action).reversed() == [
                    "seller.checklist-ticked", "seller.checklist-ticked",
                    "seller.checklist-unticked", "seller.checklist-ticked", "seller.verified",
                ])
        }
    }

    @Test func `does not alter what was decided when its rows change`() async throws {
        try await TestMarketplace.run { market in
            let desk = try await Desk(market)
            let row = try await desk.row(ChecklistDraft(text: "The papers are readable"))
            try await desk.tick(row)
            try await desk.verify()

            try await desk.kernel.editChecklistRow(
                row, ChecklistDraft(text: "Two papers are readable", isActive: false),
                reason: "One was too few", by: desk.admin)
            _ = try await desk.row(ChecklistDraft(text: "Something new"))

            let kept = try await desk.kernel.checklist(of: desk.seller.id)
            #expect(kept.map(\.text) == ["The papers are readable"])
            #expect(kept.map { $0.tick != nil } == [true])
            await #expect(throws: SellerRefusal.wrongState) { try await desk.tick(row) }
            await #expect(throws: SellerRefusal.wrongState) {
                try await desk.kernel.untick(
                    row, of: desk.seller.id, reason: "why not", by: desk.admin)
            }
        }
    }

    @Test func `is looked at anew where its words changed, and for each application`()
        async throws
    {
        try await TestMarketplace.run { market in
            let desk = try await Desk(market)
            let row = try await desk.row(ChecklistDraft(text: "The papers are readable"))
            try await desk.tick(row)
            try await desk.kernel.editChecklistRow(
                row, ChecklistDraft(text: "Two papers are readable"), reason: "One was too few",
                by: desk.admin)
            await #expect(throws: ChecklistRefusal.open(text: "Two papers are readable")) {
                try await desk.verify()
            }
            try await desk.tick(row)
            try await desk.kernel.rejectSeller(
                desk.seller.id, reason: "The passport is cut off.", by: desk.admin)
            _ = try await desk.kernel.addDocument(
                .identity, fileName: "p.png", bytes: MarketSide.picture, as: desk.seller.member)
            try await desk.kernel.submitSeller(as: desk.seller.member)

            await #expect(throws: ChecklistRefusal.self) { try await desk.verify() }
            try await desk.tick(row)
            try await desk.verify()
            let ticks = try await market.database.query(
                "select body from checklist_tick order by ticked_at, id"
            ).decode { c in try c.next(String.self) }
            #expect(
                ticks == [
                    "The papers are readable", "Two papers are readable", "Two papers are readable",
                ])
        }
    }

    @Test func `asks what is for the seller's country, as long as it is asked`() async throws {
        try await TestMarketplace.run { market in
            let desk = try await Desk(market, country: "AT")
            let german = try await desk.row(
                ChecklistDraft(text: "The trade licence is there", countries: ["de"]))
            let austrian = try await desk.row(
                ChecklistDraft(text: "The Gewerbeschein is there", countries: ["AT", "CH"]))
            let list = try await desk.kernel.checklist(of: desk.seller.id)

            #expect(list.map(\.row) == [austrian])
            await #expect(throws: ChecklistRefusal.unknown) { try await desk.tick(german) }
            await #expect(throws: ChecklistRefusal.unknown) { try await desk.tick(ID()) }
            await #expect(throws: ChecklistRefusal.notTicked) {
                try await desk.kernel.untick(
                    austrian, of: desk.seller.id, reason: "why not", by: desk.admin)
            }
            try await desk.kernel.editChecklistRow(
                austrian,
                ChecklistDraft(text: "The Gewerbeschein is there", isActive: false),
                reason: "No longer", by: desk.admin)
            try await desk.verify()
            #expect(try await desk.kernel.checklist(of: desk.seller.id).isEmpty)
        }
    }

    @Test func `has rows that are words, in an order, and not without end`() async throws {
        try await TestMarketplace.run { market in
            let desk = try await Desk(market)
            func fault(_ draft: ChecklistDraft) async -> String? {
                do {
                    _ = try await desk.row(draft)
                    return nil
                } catch let refusal as InputRefusal {
                    return refusal.field
                } catch { return "\(error)" }
            }
            #expect(await fault(ChecklistDraft(text: " ")) == "text")
            #expect(
                await fault(ChecklistDraft(text: "Fine", countries: ["Germany"])) == "countries")
            #expect(await fault(ChecklistDraft(text: "Fine", position: 0)) == "position")
            for number in 0..<ChecklistRow.countMax {
                _ = try await desk.row(
                    ChecklistDraft(text: "Row \(number)", position: 1000 - number))
            }
            await #expect(throws: ChecklistRefusal.tooMany) {
                _ = try await desk.row(ChecklistDraft(text: "One more"))
            }
            let rows = try await desk.kernel.checklistRows()
            #expect(rows.first?.text == "Row 99")
            #expect(rows.count == ChecklistRow.countMax)
        }
    }
}
