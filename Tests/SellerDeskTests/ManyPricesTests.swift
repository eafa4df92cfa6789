import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Prices of more than are changed at once` {
    /// A mug of so many sizes.
    private func mug(_ desk: Desk, of sizes: Int) async throws {
        let mug = try await desk.listing("Mug")
        try await desk.market.database.execute(
            """
            with made as (
                insert into variant (id, listing_id, seller_id, position, option_values, price,
                    currency, sku)
                select gen_random_uuid(), listing_id, seller_id, 100 + n, array['V' || n], price,
                    currency, null
                from variant, generate_series(2, \(sizes)::int) n
                where id = \(mug.variants[0].id)
                returning id
            )
            insert into stock_level (variant_id, on_hand) select id, 1 from made
            """)
    }

    @Test func `are shown with that and nothing to press, fewer with it`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.catalogue)
            let path = "/listings/prices?way=up&percent=10&all=true"
            try await mug(desk, of: 500)
            let most = try await browser.get(path).text
            _ = try await desk.listing("Bowl")

            let more = try await browser.get(path).text

            let form = "action=\"/listings/prices/rate\""
            #expect(most.contains("500 variants are meant.") && most.contains(form))
            #expect(most.contains("These are the first"))
            #expect(more.contains("At most 500 prices are changed at once."))
            #expect(!more.contains(form))
        }
    }

    @Test func `are shown as nothing where nothing is meant, or nothing was typed`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.catalogue)
            _ = try await desk.listing("Mug")

            for query in ["text=nosuch&percent=10", "percent=", "percent=%20"] {
                let page = try await browser.get("/listings/prices?\(query)&all=true")
                #expect(page.status == 200)
                #expect(!page.text.contains("id=\"preview\""), "\(query)")
            }
        }
    }
}
