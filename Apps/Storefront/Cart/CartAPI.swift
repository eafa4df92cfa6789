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
    struct ParcelPath: Described { let seller: ID<Seller> }
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
            .about(
                """
                Added to what is there; for one Idempotency-Key once, also where the answer was \
                lost. A guest's cart belongs to the browser cookie.
                """
            )
            .body(NewLine.self).refuses(.conflict).onlyOnceGoingOn().succeeds(with: .created)
            .openOnBehalf()
            .handle(as: Visitor.self) { call, visitor in
                visitor.remember(in: call.request)
                let line = CheckoutItem(
                    variant: call.body.variantId, quantity: call.body.quantity)
                try await call.request.putIn(line, for: call.cartAct, visitor)
                return try await answer(call.request, visitor)
            }
        api.put("/cart/lines/{variant}", "Set how many; zero takes it out", tag: "Cart")
            .about("What is not in it yet is put in, as far as it is for sale.")
            .path(LinePath.self).body(ChangedLine.self).refuses(.conflict).openOnBehalf()
            .handle(as: Visitor.self) { call, visitor in
                visitor.remember(in: call.request)
                try await call.request.setInCart(
                    call.body.quantity, of: call.path.variant, visitor)
                return try await answer(call.request, visitor)
            }
        api.put("/cart/parcels/{seller}/wishes", "What you wish of a maker's parcel", tag: "Cart")
            .about(
                """
                Kept with the cart, and the checkout begins with it. Its maker reads them; they \
                are wishes, not promises. Left out is taken back.
                """
            )
            .path(ParcelPath.self).body(CheckoutAPI.Wishes.self)
            .handle(as: Visitor.self) { call, visitor in
                visitor.remember(in: call.request)
                try await call.request.wish(
                    of: call.path.seller, giftMessage: call.body.giftMessage,
                    deliverOn: call.body.deliverOn, visitor)
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
        return CartAnswer(
            try await request.marketplace.cart(items, for: visitor.buyer),
            try await request.cartWishes(visitor))
    }
}

extension WebRequest {
    /// Adds to the visitor's cart what is for sale; for the same act once, also when it has gone
    /// since the first time.
    /// - Throws: `CheckoutRefusal`, ``CartRefusal``; nothing is changed then.
    func putIn(_ line: CheckoutItem, for act: CartAct?, _ visitor: Visitor) async throws {
        do {
            try await marketplace.checkForSale(line.variant, for: visitor.buyer)
        } catch let refusal as CheckoutRefusal {
            guard try await site.carts.knows(act, in: visitor.cart) else { throw refusal }
        }
        try await site.carts.add([line], to: visitor.cart, for: act)
    }

    /// What is wished of the makers' parcels in the visitor's cart, without days that are over.
    func cartWishes(_ visitor: Visitor) async throws -> [ID<Seller>: ParcelWishes] {
        let kept = try await site.carts.wishes(of: visitor.cart)
        guard kept.values.contains(where: { $0.deliverOn != nil }) else { return kept }
        let now = try await marketplace.marketNow()
        return kept.mapValues { $0.coming(at: now) }
    }

    /// Keeps what is wished of a maker's parcel with the cart.
    /// - Throws: ``InputRefusal`` for `giftMessage` and `deliverOn`, ``CartRefusal/makerMissing``,
    ///   ``CartRefusal/unavailable``.
    func wish(
        of seller: ID<Seller>, giftMessage: String?, deliverOn: String?, _ visitor: Visitor
    ) async throws {
        let items = try await site.carts.lines(of: visitor.cart)
        let sellers = try await marketplace.cart(items).groups.map(\.seller)
        guard sellers.contains(seller) else { throw CartRefusal.makerMissing }
        let wishes = try await marketplace.checkedWishes(
            giftMessage: giftMessage, deliverOn: deliverOn)
        try await site.carts.wish(wishes, of: seller, in: visitor.cart, among: sellers)
    }
}

struct CartAnswer: Codable, Sendable {
    struct CartGroup: Codable, Sendable {
        let sellerId: ID<Seller>
        let sellerName: String
        let sellerSlug: String
        let lines: [CartLineAnswer]
        /// Words to put into its parcel.
        let giftMessage: String?
        /// The day on which it is wished for, such as 2026-12-24.
        let deliverOn: String?
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

    init(_ cart: Cart, _ wishes: [ID<Seller>: ParcelWishes]) {
        groups = cart.groups.map { group in
            CartGroup(
                sellerId: group.seller, sellerName: group.sellerName,
                sellerSlug: group.sellerSlug, lines: group.lines.map { CartLineAnswer($0) },
                giftMessage: wishes[group.seller]?.giftMessage,
                deliverOn: wishes[group.seller]?.deliverOn?.description)
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
