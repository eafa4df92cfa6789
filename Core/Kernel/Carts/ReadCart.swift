import Vocabulary

extension Marketplace {
    /// What is wanted, with names, prices and whether it can be had now, grouped by seller.
    public func cart(_ items: [CheckoutItem]) async throws -> Cart {
        guard !items.isEmpty else { return Cart() }
        let facts = try await database.cartFacts.find(items.map(\.variant))
        var cart = Cart()
        for item in items {
            guard let fact = facts.first(where: { $0.variant == item.variant }) else {
                cart.unknown.append(item.variant)
                continue
            }
            let line = try CartLine(item, fact)
            if let index = cart.groups.firstIndex(where: { $0.seller == fact.seller }) {
                cart.groups[index].lines.append(line)
            } else {
                cart.groups.append(
                    Cart.Group(
                        seller: fact.seller, sellerName: fact.sellerName,
                        sellerSlug: fact.sellerSlug, lines: [line]))
            }
        }
        return cart
    }

    /// Whether the variant can be put into a cart at all.
    /// - Throws: ``CheckoutRefusal/notForSale(line:)``, ``CheckoutRefusal/soldOut(line:title:)``.
    public func checkForSale(_ variant: ID<Variant>) async throws {
        guard let fact = try await database.cartFacts.find([variant]).first, fact.isForSale else {
            throw CheckoutRefusal.notForSale(line: 0)
        }
        guard fact.available > 0 else {
            throw CheckoutRefusal.soldOut(line: 0, title: fact.title)
        }
    }
}

extension CartLine {
    init(_ item: CheckoutItem, _ fact: CartFactsStore.Facts) throws {
        self.init(
            variant: item.variant, listing: fact.listing, quantity: item.quantity,
            title: fact.title, optionsText: fact.optionsText, unitPrice: fact.price,
            total: try fact.price.multiplied(by: item.quantity), image: fact.image,
            state: State(fact, wanted: item.quantity))
    }
}

extension CartLine.State {
    init(_ fact: CartFactsStore.Facts, wanted: Int) {
        if !fact.isForSale {
            self = .away
        } else if fact.available <= 0 {
            self = .soldOut
        } else if fact.available < wanted {
            self = .onlyLeft(fact.available)
        } else {
            self = .fine
        }
    }
}
