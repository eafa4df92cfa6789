import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@testable import SellerDesk

@Suite struct `Many prices at once` {
    @Test func `are worked out by a rate, looked at, and only then saved`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.catalogue)
            let mug = try #require(try await desk.listing("Mug").variants.first)
            let bowl = try #require(try await desk.listing("Bowl").variants.first)
            func prices() async throws -> [Int64] {
                try await desk.kernel.editableOffers([mug.id, bowl.id], as: desk.shop.member)
                    .map(\.price.amount)
            }

            let raised = try await browser.get("/listings/prices?way=up&percent=7,5&after=")
            let untouched = try await prices()
            let row = try #require(
                HTMLForm.fields(
                    of: "/listings/prices", in: raised.text, holding: "rows.0.variant")?
                    .first { $0.1 == bowl.id.description }?.0)
            let place = row.replacing(".variant", with: ".price")
            let saved = try await browser.submit(
                raised, "/listings/prices", [place: "21.00"], holding: "rows.0.variant")

            #expect(raised.text.contains("nothing is saved before you press the button"))
            #expect(raised.text.ranges(of: "value=\"20.43\"").count == 2, "19.00 and 7.5 %")
            #expect(untouched == [1900, 1900])
            #expect(saved.text.contains("2 variants are saved."))
            #expect(try await prices().sorted() == [2043, 2100])
        }
    }

    @Test func `stay as they are where the rate makes no sense`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.catalogue)
            _ = try await desk.listing("Mug")

            let wrong = try await browser.get("/listings/prices?way=down&percent=much")
            let none = try await browser.get("/listings/prices?way=down&percent=")

            #expect(wrong.status == 200)
            #expect(wrong.text.contains("Write it in percent from 0 to 100"))
            #expect(wrong.text.contains("value=\"much\""))
            for page in [wrong, none] {
                #expect(page.text.contains("value=\"19.00\""))
                #expect(!page.text.contains("nothing is saved before you press"))
            }
        }
    }

    @Test func `are worked out on the next page by the same rate`() {
        var page = PricesPage(Kernel.Page<EditableOffer>(items: [], next: nil), after: "")
        page.next = "/listings/prices?after=x"

        page.work(out: PriceRoutes.Query(after: nil, way: .down, percent: "7,5 %"))

        #expect(page.next == "/listings/prices?after=x&way=down&percent=7.5")
        #expect(page.isDown)
    }

    @Test func `are rounded to the minor unit, and never below nothing`() throws {
        func change(_ way: PriceChange.Way, _ percent: String, _ price: Money) throws -> Money? {
            try PriceChange.read(way, percent)?.applied(to: price)
        }

        #expect(try change(.up, "10", Money(1995, .eur)) == Money(2195, .eur))
        #expect(try change(.down, "12,5 %", Money(1000, .eur)) == Money(875, .eur))
        #expect(try change(.down, "100", Money(1000, .eur)) == .zero(.eur))
        #expect(try change(.up, "50", Money(101, .jpy)) == Money(152, .jpy))
        #expect(
            try change(.up, "100", Money(Money.amountMax, .eur)) == Money(Money.amountMax, .eur))
        #expect(try change(.up, " ", Money(1000, .eur)) == nil)
        #expect(throws: InvalidInput.self) { try change(.up, "101", Money(1000, .eur)) }
    }
}
