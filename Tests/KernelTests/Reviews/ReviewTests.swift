import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Reviews` {
    /// A line that was bought, in the state given.
    private func bought(
        _ market: TestMarketplace, _ listing: ListingDetails, by customer: Account,
        _ seller: GivenSeller, state: String = "delivered"
    ) async throws -> (line: ID<OrderLine>, order: ID<Order>) {
        let (checkout, purchase) = (ID<Checkout>(), ID<Purchase>())
        let (order, line) = (ID<Order>(), ID<OrderLine>())
        let number = String(order.description.suffix(8))
        _ = try await market.database.batch([
            """
            insert into checkout (id, account_id, email, currency, address, items_total, total,
                expires_at, state)
            values (\(checkout), \(customer.id), 'a@b.de', 'EUR', '{}', 2500, 2500, now(), 'placed')
            """,
            """
            insert into purchase (id, number, checkout_id, account_id, email, currency, address,
                state, total, expires_at)
            values (\(purchase), \(number), \(checkout), \(customer.id), 'a@b.de', 'EUR', '{}',
                'paid', 2500, now())
            """,
            """
            insert into orders (id, number, purchase_id, seller_id, wallet_id, state, currency,
                items_total, shipping_total, tax_total, total, commission, seller_share, hold_days)
            values (\(order), \(number), \(purchase), \(seller.id), \(seller.wallet), \(state),
                'EUR', 2500, 0, 0, 2500, 250, 2250, 7)
            """,
            """
            insert into order_line (id, order_id, line, listing_id, variant_id, title, quantity,
                unit_price, total, commission, commission_explanation)
            values (\(line), \(order), 1, \(listing.listing.id), \(listing.variants[0].id), 'Bowl',
                1, 2500, 2500, 250, '')
            """,
        ])
        return (line, order)
    }

    @Test func `a delivered thing and its seller are rated once each`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let customer = try await market.given.account("Grace Hopper")
            let listing = try await kernel.publishedListing("Bowl", by: seller.member)
            let (line, order) = try await bought(market, listing, by: customer, seller)

            let review = try await kernel.review(
                line, ReviewDraft(stars: 4, body: "Good."), by: customer.id)
            try await kernel.rateSeller(for: order, ReviewDraft(stars: 5), by: customer.id)

            #expect(review.author == "Grace H.")
            await #expect(throws: ReviewRefusal.twice) {
                try await kernel.review(line, ReviewDraft(stars: 1), by: customer.id)
            }
            await #expect(throws: ReviewRefusal.twice) {
                try await kernel.rateSeller(for: order, ReviewDraft(stars: 1), by: customer.id)
            }
            #expect(try await kernel.publicListing(listing.listing.id).rating.average == 4)
            #expect(try await kernel.seller(seller.id).rating == Rating(sum: 5, count: 1))
            #expect(try await kernel.reviewed(in: [order]).lines == [line])
            #expect(try await kernel.ratings(of: seller.id).items.map(\.stars) == [5])
        }
    }

    @Test func `only who bought it, and when it was delivered`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let (grace, eve) = (
                try await market.given.account("Grace"), try await market.given.account("Eve")
            )
            let listing = try await kernel.publishedListing("Bowl", by: seller.member)
            let (line, order) = try await bought(
                market, listing, by: grace, seller, state: "shipped")

            await #expect(throws: ReviewRefusal.notDelivered) {
                try await kernel.review(line, ReviewDraft(stars: 5), by: grace.id)
            }
            await #expect(throws: ReviewRefusal.notDelivered) {
                try await kernel.rateSeller(for: order, ReviewDraft(stars: 5), by: grace.id)
            }
            await #expect(throws: ReviewRefusal.unknown) {
                try await kernel.review(line, ReviewDraft(stars: 5), by: eve.id)
            }
            await #expect(throws: ReviewRefusal.starsInvalid) {
                try await kernel.review(line, ReviewDraft(stars: 6), by: grace.id)
            }
        }
    }

    @Test func `a seller answers, an administrator hides`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.administrator()
            let (seller, other) = (
                try await market.given.verifiedSeller("One"),
                try await market.given.verifiedSeller("Two")
            )
            let customer = try await market.given.account()
            let listing = try await kernel.publishedListing("Bowl", by: seller.member)
            let (line, _) = try await bought(market, listing, by: customer, seller)
            let review = try await kernel.review(line, ReviewDraft(stars: 1), by: customer.id)

            try await kernel.reply(to: review.id, "We are sorry.", as: seller.member)
            await #expect(throws: ReviewRefusal.unknown) {
                try await kernel.reply(to: review.id, "Ha.", as: other.member)
            }
            #expect(
                try await kernel.reviews(of: listing.listing.id).items.map(\.reply)
                    == ["We are sorry."])
            try await kernel.hideReview(review.id, true, reason: "Insults.", by: admin.id)

            #expect(try await kernel.reviews(of: listing.listing.id).items.isEmpty)
            #expect(try await kernel.publicListing(listing.listing.id).rating.count == 0)
            await #expect(throws: ReviewRefusal.wrongState) {
                try await kernel.hideReview(review.id, true, reason: "Again.", by: admin.id)
            }
            try await kernel.hideReview(review.id, false, reason: "Mistake.", by: admin.id)
            #expect(try await kernel.publicListing(listing.listing.id).rating.count == 1)
        }
    }
}
