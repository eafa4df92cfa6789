import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A thing in lists` {
    @Test func `says from which price it is had when its choices cost differently`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: maker, price: 2600)
            let browser = Browser(shop.app)
            let plain = try await browser.get("/search?text=cup").text
            #expect(plain.contains("26.00</span>") && !plain.contains(">from "))

            try await shop.market.database.execute(
                """
                insert into variant (id, listing_id, seller_id, option_values, price, currency,
                    position)
                select \(ID<Variant>()), listing_id, seller_id, '{Large}', 4800, currency, 2
                from variant where id = \(cup.variant)
                """)

            let varied = try await browser.get("/search?text=cup").text
            #expect(varied.contains(">from ") && varied.contains("26.00</span>"))
        }
    }
}
