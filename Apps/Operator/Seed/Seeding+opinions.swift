import Kernel
import Vocabulary

extension Seeding {
    /// The customer buys what they have an opinion of, in one purchase, receives it and says so.
    /// - Parameter isFirst: a purchase that is there is one of ours, which was interrupted.
    func letShop(
        _ person: DemoMarket.Person, _ members: [String: SellerMember], isFirst: Bool
    ) async throws {
        let customer = try await account(of: person)
        let opinions = market.reviews.filter { $0.customer == person.email }
        let begun = try await marketplace.listPurchases(of: customer.id, PageRequest()).items.last
        guard begun == nil || isFirst, !opinions.isEmpty, let address = person.address else {
            return
        }
        let purchase: PurchaseDetail
        if let begun {
            purchase = try await marketplace.findPurchase(
                begun.id, as: Buyer(account: customer.id))
        } else {
            var variants: [ID<Variant>] = []
            for opinion in opinions { variants.append(try await variant(of: opinion)) }
            purchase = try await buy(variants, to: address, customer)
        }
        var said: [ID<Listing>: DemoMarket.Opinion] = [:]
        for opinion in opinions { said[try await listing(of: opinion)] = opinion }
        for order in purchase.orders {
            guard try await isDelivered(order, members, customer) else { continue }
            for line in order.lines {
                guard let opinion = said[line.listing] else { continue }
                try await once {
                    try await marketplace.review(
                        line.id, ReviewDraft(stars: opinion.stars, body: opinion.text),
                        by: customer.id)
                }
            }
            try await once {
                try await marketplace.rateSeller(
                    for: order.order.id, ReviewDraft(stars: 5, body: nil), by: customer.id)
            }
        }
        say("  \(person.name) bought from \(purchase.orders.count) shops and said how it was")
    }

    private func once(_ saying: () async throws -> Void) async throws {
        do { try await saying() } catch ReviewRefusal.twice {}
    }

    private func listing(of opinion: DemoMarket.Opinion) async throws -> ID<Listing> {
        try await marketplace.listingID(handle: opinion.handle, shop: opinion.seller)
    }

    private func variant(of opinion: DemoMarket.Opinion) async throws -> ID<Variant> {
        let listing = try await marketplace.publicListing(try await listing(of: opinion))
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

    /// Sends the order and receives it, as far as that is still to be done.
    /// - Returns: whether it has arrived. One that nobody knows to be paid is left to the worker.
    private func isDelivered(
        _ order: OrderDetail, _ members: [String: SellerMember], _ customer: Account
    ) async throws -> Bool {
        guard let member = members[order.order.sellerSlug] else { return false }
        switch order.order.state {
        case .awaitingPayment, .cancelled: return false
        case .delivered: return true
        case .paid, .partlyShipped:
            let parcel = try ShippedParcel(
                carrier: "Parcel Post", trackingNumber: "GH\(order.order.number)")
            try await marketplace.shipOrder(order.order.id, in: parcel, as: member)
        case .shipped: break
        }
        _ = try await marketplace.confirmDelivery(
            order.order.id, as: Buyer(account: customer.id))
        return true
    }
}
