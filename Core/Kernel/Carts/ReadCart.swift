import Vocabulary

extension Marketplace {
    /// What is wanted, with names, prices and whether it can be had now, grouped by seller.
    public func cart(_ items: [CheckoutItem]) async throws -> Cart {
        let offers = try await offers(for: items.map(\.variant))
        var cart = Cart()
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

    /// Whether the variant can be put into a cart at all.
    /// - Throws: ``CheckoutRefusal/notForSale(line:)``, ``CheckoutRefusal/soldOut(line:title:)``.
    public func checkForSale(_ variant: ID<Variant>) async throws {
        guard let offer = try await offers(for: [variant])[variant], offer.isForSale else {
            throw CheckoutRefusal.notForSale(line: 0)
        }
        guard offer.available > 0 else {
            throw CheckoutRefusal.soldOut(line: 0, title: offer.title)
        }
    }
}
