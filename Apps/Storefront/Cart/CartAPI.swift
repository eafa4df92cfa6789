import Kernel
import Vocabulary
import Web

/// The cart, for programs.
struct CartAPI {
    struct NewLine: Described {
        let variantId: ID<Variant>
        let quantity: Int
        static let rules: [String: [Rule]] = ["quantity": [.range(1...999)]]
    }
    struct LinePath: Described { let variant: ID<Variant> }
    struct ChangedLine: Described {
        let quantity: Int
        static let rules: [String: [Rule]] = ["quantity": [.range(0...999)]]
    }

    func mount(on api: API) {
        api.get("/cart", "What is in the cart, by seller", tag: "Cart")
            .handle(as: Visitor.self) { call, visitor in
                try await answer(call.request, visitor)
            }
        api.post("/cart/lines", "Put something in", tag: "Cart")
            .about("Added to what is there. A guest's cart belongs to the browser cookie.")
            .body(NewLine.self).refuses(.conflict).onlyOnce().succeeds(with: .created)
            .openOnBehalf()
            .handle(as: Visitor.self) { call, visitor in
                visitor.remember(in: call.request)
                try await call.marketplace.checkForSale(call.body.variantId)
                try await call.request.site.carts.add(
                    call.body.quantity, of: call.body.variantId, to: visitor.cart)
                return try await answer(call.request, visitor)
            }
        api.put("/cart/lines/{variant}", "Set how many; zero takes it out", tag: "Cart")
            .path(LinePath.self).body(ChangedLine.self).openOnBehalf()
            .handle(as: Visitor.self) { call, visitor in
                visitor.remember(in: call.request)
                try await call.request.site.carts.set(
                    call.body.quantity, of: call.path.variant, in: visitor.cart)
                return try await answer(call.request, visitor)
            }
        api.delete("/cart", "Empty the cart", tag: "Cart").openOnBehalf()
            .handle(as: Visitor.self) { call, visitor in
                try await call.request.site.carts.empty(visitor.cart)
                return Nothing()
            }
    }

    @Sendable private func answer(
        _ request: WebRequest, _ visitor: Visitor
    ) async throws -> CartAnswer {
        let items = try await request.site.carts.lines(of: visitor.cart)
        return CartAnswer(try await request.marketplace.cart(items))
    }
}

struct CartAnswer: Codable, Sendable {
    struct CartGroup: Codable, Sendable {
        let sellerId: ID<Seller>
        let sellerName: String
        let sellerSlug: String
        let lines: [CartLineAnswer]
    }
    struct CartLineAnswer: Codable, Sendable {
        let variantId: ID<Variant>
        let listingId: ID<Listing>
        let title: String
        let options: String
        let quantity: Int
        let unitPrice: Money
        let total: Money
        let state: State
        /// How many can be had, when that is fewer than wanted.
        let available: Int?

        enum State: String, Codable, Sendable, CaseIterable { case fine, onlyLeft, soldOut, away }
    }

    let groups: [CartGroup]
    /// Things that do not exist any more.
    let unknown: [ID<Variant>]
    let total: Money?
    let isBuyable: Bool

    init(_ cart: Cart) {
        groups = cart.groups.map { group in
            CartGroup(
                sellerId: group.seller, sellerName: group.sellerName,
                sellerSlug: group.sellerSlug, lines: group.lines.map { CartLineAnswer($0) })
        }
        unknown = cart.unknown
        total = cart.total
        isBuyable = cart.isBuyable
    }
}

extension CartAnswer.CartLineAnswer {
    init(_ line: CartLine) {
        variantId = line.offer.id
        listingId = line.offer.listing
        title = line.offer.title
        options = line.offer.optionsText
        quantity = line.quantity
        unitPrice = line.offer.price
        total = line.total
        var left: Int?
        switch line.problem {
        case nil: state = .fine
        case .short(let count):
            state = .onlyLeft
            left = count
        case .soldOut: state = .soldOut
        case .notForSale: state = .away
        }
        available = left
    }
}
