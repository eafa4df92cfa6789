import Vocabulary

extension Marketplace {
    /// What is wanted, with names, prices and whether it can be had now, grouped by seller.
    /// - Parameter buyer: what this buyer's own checkouts hold can be had by them.
    public func cart(_ items: [CheckoutItem], for buyer: Buyer? = nil) async throws -> Cart {
        var offers = try await offers(for: items.map(\.variant))
        var cart = Cart()
        if let buyer {
            let short = items.filter { item in
                switch offers[item.variant]?.problem(for: item.quantity) {
                case .soldOut, .short: true
                case .notForSale, nil: false
                }
            }
            let held = try await held(short.map(\.variant), by: buyer)
            for (variant, count) in held { offers[variant]?.available += count }
            cart.isHeldByBuyer = !held.isEmpty
        }
        for item in items {
            guard let offer = offers[item.variant] else {
                cart.unknown.append(item.variant)
                continue
            }
            let line = CartLine(
                offer: offer, quantity: item.quantity,
                total: try offer.price.multiplied(by: item.quantity))
            if let index = cart.groups.firstIndex(where: { $0.seller == offer.seller }) {
                cart.groups[index].lines.append(line)
            } else {
                cart.groups.append(
                    Cart.Group(
                        seller: offer.seller, sellerName: offer.sellerName,
                        sellerSlug: offer.sellerSlug, lines: [line]))
            }
        }
        return cart
    }

    /// How much of these the buyer's own open checkouts hold; nothing of all others.
    public func held(
        _ variants: [ID<Variant>], by buyer: Buyer
    ) async throws -> [ID<Variant>: Int] {
        guard !variants.isEmpty else { return [:] }
        return try await database.reservations.held(
            Array(variants.prefix(Self.offersMax)), by: buyer)
    }

    /// Whether the variant can be put into a cart at all.
    /// - Parameter buyer: what this buyer's own checkouts hold can be had by them.
    /// - Throws: ``CheckoutRefusal/notForSale(line:)``, ``CheckoutRefusal/soldOut(line:title:)``.
    public func checkForSale(_ variant: ID<Variant>, for buyer: Buyer? = nil) async throws {
        guard let offer = try await offers(for: [variant])[variant], offer.isForSale else {
            throw CheckoutRefusal.notForSale(line: 0)
        }
        if offer.available > 0 { return }
        guard let buyer, try await held([variant], by: buyer)[variant] != nil else {
            throw CheckoutRefusal.soldOut(line: 0, title: offer.title)
        }
    }
}
