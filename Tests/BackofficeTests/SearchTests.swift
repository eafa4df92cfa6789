import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `The search over everything` {
    @Test func `leads from what somebody has in front of them to what it names`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = try #require(sale.orders.first).order
            let seller = try await office.market.marketplace.seller(order.seller)
            let listing = try #require(sale.orders.first?.lines.first).listing
            let reference = try await office.get("/api/v1/payments").require("items.0.reference")
            let number = sale.purchase.number
            let expected: [(String, kind: String, id: String)] = [
                (number.lowercased(), "purchase", "\(sale.purchase.id)"),
                (order.number, "purchase", "\(sale.purchase.id)"),
                (reference, "purchase", "\(sale.purchase.id)"),
                ("\(order.id)", "purchase", "\(sale.purchase.id)"),
                (seller.slug, "seller", "\(seller.id)"),
                (String(seller.name.dropLast()), "seller", "\(seller.id)"),
                ("\(listing)", "listing", "\(listing)"),
            ]
            for (text, kind, id) in expected {
                let path = "/api/v1/search?text=\(text.replacing(" ", with: "%20"))"
                let found = try await office.get(path)
                let items = (0..<20).compactMap { index in
                    found.value("items.\(index).kind").map {
                        [$0, found.value("items.\(index).id") ?? ""]
                    }
                }
                #expect(items.contains([kind, id]), "\(text): \(found.text)")
            }
            let person = try #require(office.accounts[.catalogue])
            let found = try await office.get("/api/v1/search?text=\(person.email.uppercased())")
            #expect(found.value("items.0.id") == "\(person.id)")
        }
    }

    @Test func `finds a listing by a word of its title, nearly written right`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let listing = try #require(sale.orders.first?.lines.first).listing
            try await office.market.database.execute(
                "update listing set title = 'Ravensburg juggling balls' where id = \(listing)")
            for text in ["juggling", "JUGLING", "balls"] {
                let found = try await office.get("/api/v1/search?text=\(text)")
                #expect(found.value("items.0.id") == "\(listing)", "\(text)")
            }
        }
    }

    @Test func `shows each role what it may read, and no more`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let path = "/api/v1/search?text=\(sale.purchase.number)"
            #expect(try await office.get(path, as: .support).value("items.0.kind") == "purchase")
            #expect(try await office.get(path, as: .catalogue).value("items.0") == nil)
            let person = try #require(office.accounts[.finance])
            let address = "/api/v1/search?text=\(person.email)"
            #expect(try await office.get(address, as: .support).value("items.0.kind") == "account")
            #expect(try await office.get(address, as: .finance).value("items.0") == nil)
        }
    }

    @Test func `says plainly that there is nothing, and takes whatever is typed`() async throws {
        try await Office.run { office in
            for text in ["nobody%20at%20all", "%25%27%5C_", "%F0%9F%8E%B2", "0", "%20"] {
                let page = try await office.get("/search?text=\(text)")
                #expect(page.status == 200, "\(text)")
                #expect(page.text.contains("There is nothing"), "\(text)")
            }
            #expect(try await office.get("/search").status == 200)
            let long = String(repeating: "a", count: 300)
            #expect(try await office.get("/api/v1/search?text=\(long)").status == 422)
        }
    }

    @Test func `shows payouts and disputes to those who may read them`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            try await sale.deliver(office.market)
            let kernel = office.market.marketplace
            let payout = try #require(try await kernel.runPayouts().payouts.first)
            let reference = try await office.get("/api/v1/payments").require("items.0.reference")
            let total = sale.purchase.total
            #expect(
                try await kernel.applyDispute(
                    DisputeSnapshot(
                        reference: "du_77", paymentReference: reference, status: .inquiry,
                        amount: total, withdrawn: .zero(total.currency),
                        fee: .zero(total.currency), reason: "fraudulent", version: 1),
                    at: sale.payment))
            let list = try await office.get("/disputes", as: .finance, in: "de")
            #expect(list.text.contains(">Betrug<"), "no code of the bank's")
            func found(_ text: String, _ role: AdminRole) async throws -> [String?] {
                let answer = try await office.get("/api/v1/search?text=\(text)", as: role)
                return [answer.value("items.0.kind"), answer.value("items.0.id")]
            }

            #expect(try await found("\(payout.id)", .finance) == ["payout", "\(payout.id)"])
            #expect(try await found("\(payout.id)", .support) == [nil, nil])
            #expect(try await found("\(payout.id)", .catalogue) == [nil, nil])
            for role in [AdminRole.finance, .support] {
                #expect(try await found("du_77", role) == ["dispute", "\(sale.purchase.id)"])
            }
            #expect(try await found("du_77", .catalogue) == [nil, nil])
        }
    }
}
