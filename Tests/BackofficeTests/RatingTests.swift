import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A rating of a maker` {
    @Test func `is hidden with a reason, out of sight and out of the average, and comes back`()
        async throws
    {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            try await sale.deliver(office.market)
            let scene = sale.orders[0].order
            let kernel = office.market.marketplace
            let id = ID<SellerRating>()
            try await office.market.database.execute(
                """
                insert into seller_rating (id, order_id, seller_id, author, stars, body)
                values (\(id), \(scene.id), \(scene.seller), 'Grace', 1, 'Visit my <b>shop</b>')
                """)
            try await office.market.database.execute(
                "update seller set rating_sum = 6, rating_count = 2 where id = \(scene.seller)")
            let path = "/ratings/\(id)"
            let page = try await office.get("/ratings")
            #expect(page.text.contains("Visit my &lt;b&gt;shop&lt;/b&gt;"))
            #expect(try await office.post("/api/v1\(path)/hiding", "{}").status == 422)

            let reason = #"{"reason": "An advertisement."}"#
            #expect(
                try await office.post("/api/v1\(path)/hiding", reason, as: .support).status == 403)
            #expect(try await office.post("/api/v1\(path)/hiding", reason).status == 200)
            #expect(try await office.post("/api/v1\(path)/hiding", reason).status == 409)
            #expect(try await kernel.ratings(of: scene.seller).items.isEmpty)
            #expect(try await kernel.seller(scene.seller).rating.count == 1)
            #expect(try await kernel.seller(scene.seller).rating.sum == 5)

            let answer = try await office.submit(
                [("reason", "It was not one.")], to: path + "/showing", on: "/ratings")
            #expect(answer.status == 303)
            #expect(try await kernel.ratings(of: scene.seller).items.map(\.id) == [id])
            #expect(try await kernel.seller(scene.seller).rating.sum == 6)
            let trail = try await office.trail("seller_rating", "\(id)")
            #expect(trail.map(\.action) == ["rating.hidden", "rating.shown"])
            #expect(trail.map(\.reason) == ["An advertisement.", "It was not one."])
        }
    }

    @Test func `is answered by its own shop only`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = sale.orders[0].order
            let kernel = office.market.marketplace
            let id = ID<SellerRating>()
            try await office.market.database.execute(
                """
                insert into seller_rating (id, order_id, seller_id, author, stars)
                values (\(id), \(order.id), \(order.seller), 'Grace', 4)
                """)
            let own = try #require(sale.sellers.first { $0.id == order.seller }).member
            let other = try #require(sale.sellers.first { $0.id != order.seller }).member
            await #expect(throws: ReviewRefusal.unknown) {
                try await kernel.reply(to: id, "Mine now", as: other)
            }
            try await kernel.reply(to: id, "Thank you!", as: own)
            #expect(try await kernel.ratings(of: order.seller).items.first?.reply == "Thank you!")
            try await kernel.reply(to: id, nil, as: own)
            #expect(try await kernel.ratings(of: order.seller).items.first?.reply == nil)
        }
    }
}
