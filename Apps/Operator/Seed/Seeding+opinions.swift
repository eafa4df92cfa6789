import Kernel
import Vocabulary

extension Seeding {
    /// The customer buys what they have an opinion of, in one purchase, receives it and says so.
    func letShop(_ person: DemoMarket.Person, _ members: [String: SellerMember]) async throws {
        let customer = try await account(of: person)
        let opinions = market.reviews.filter { $0.customer == person.email }
        let before = try await marketplace.listPurchases(of: customer.id, PageRequest())
        guard before.items.isEmpty, !opinions.isEmpty, let address = person.address else { return }
        var wanted: [(opinion: DemoMarket.Opinion, variant: ID<Variant>)] = []
        for opinion in opinions { wanted.append((opinion, try await variant(of: opinion))) }
        let purchase = try await buy(wanted.map(\.variant), to: address, customer)
        for order in purchase.orders {
            try await deliver(order, members, customer)
            for line in order.lines {
                guard let opinion = wanted.first(where: { $0.variant == line.variant })?.opinion
                else { continue }
                try await marketplace.review(
                    line.id, ReviewDraft(stars: opinion.stars, body: opinion.text),
                    by: customer.id)
            }
            try await marketplace.rateSeller(
                for: order.order.id, ReviewDraft(stars: 5, body: nil), by: customer.id)
        }
        say("  \(person.name) bought from \(purchase.orders.count) shops and said how it was")
    }

    private func variant(of opinion: DemoMarket.Opinion) async throws -> ID<Variant> {
        let id = try await marketplace.listingID(handle: opinion.handle, shop: opinion.seller)
        let listing = try await marketplace.publicListing(id)
        guard let variant = listing.variants.first(where: { $0.available > 0 }) else {
            throw OperatorProblem("\(opinion.handle) of \(opinion.seller) is sold out.")
        }
        return variant.id
    }

    private func buy(
        _ variants: [ID<Variant>], to address: Address, _ customer: Account
    ) async throws -> PurchaseDetail {
        let buyer = Buyer(account: customer.id)
        let checkout = try await marketplace.startCheckout(
            variants.map { CheckoutItem(variant: $0, quantity: 1) }, to: address,
            email: customer.email, as: buyer)
        guard let way = try await marketplace.waysToPay(checkout.id, as: buyer).first else {
            throw OperatorProblem("Nothing takes payments yet.")
        }
        let choice = PaymentChoice(instance: way.instance, method: "tok_visa") { _ in
            marketplace.settings.storefrontURL
        }
        let placed = try await marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total, paying: choice, as: buyer)
        if let refusal = placed.refusal { throw refusal }
        return try await marketplace.findPurchase(placed.purchase.id, as: buyer)
    }

    private func deliver(
        _ order: OrderDetail, _ members: [String: SellerMember], _ customer: Account
    ) async throws {
        guard let member = members[order.order.sellerSlug] else { return }
        let parcel = try ShippedParcel(
            carrier: "Parcel Post", trackingNumber: "GH\(order.order.number)")
        try await marketplace.shipOrder(order.order.id, in: parcel, as: member)
        _ = try await marketplace.confirmDelivery(
            order.order.id, as: Buyer(account: customer.id))
    }
}
