import Kernel
import Vocabulary
import Web

/// Checking out, for programs.
struct CheckoutAPI {
    struct NewCheckout: Described {
        struct Item: Described {
            let variantId: ID<Variant>
            let quantity: Int
            static let rules: [String: [Rule]] = ["quantity": [.range(1...999)]]
        }
        /// Left out, the cart is taken.
        let lines: [Item]?
        let email: String?
        let address: AddressInput?
        let addressId: ID<SavedAddress>?
        static let rules: [String: [Rule]] = [
            "lines": [.count(1...100), .about("Left out, everything in the cart is taken.")],
            "email": [
                .length(3...254), .pattern(.email),
                .about("Left out, the address of whoever is signed in."),
            ],
            "addressId": [.about("One of your address book, in place of `address`.")],
        ]
    }
    struct CheckoutPath: Described { let checkout: ID<Checkout> }
    struct ShippingPath: Described {
        let checkout: ID<Checkout>
        let parcel: Int
        static let rules: [String: [Rule]] = ["parcel": [.range(0...100)]]
    }
    struct ShippingChoice: Described {
        let option: String
        static let rules: [String: [Rule]] = ["option": [.length(1...200)]]
    }
    struct Wishes: Described {
        let giftMessage: String?
        let deliverOn: String?
        static let rules: [String: [Rule]] = [
            "giftMessage": [.length(0...500), .about("Words to put into the parcel.")],
            "deliverOn": [.length(0...10), .about("A day, such as 2026-12-24.")],
        ]
    }
    struct NewPurchase: Described {
        let checkoutId: ID<Checkout>
        let expectedTotal: Money
        let instanceId: ID<ProviderInstance>
        let method: String
        static let rules: [String: [Rule]] = ["method": [.length(1...200)]]
    }
    private let tag = "Checkout"

    func mount(on api: API) {
        api.post("/checkouts", "Pin prices, hold stock, quote shipping and taxes", tag: tag)
            .body(NewCheckout.self).refuses(.conflict, .missing).onlyOnceWithEffect()
            .succeeds(with: .created)
            .handle(as: Visitor.self, use: create)
        api.get("/checkouts/{checkout}", "A checkout of yours", tag: tag)
            .about(
                """
                With a line that is `away` nothing more can be done with it: start another one \
                without it. What is held gives way to that.
                """
            )
            .path(CheckoutPath.self)
            .handle(as: Visitor.self) { call, visitor in
                CheckoutAnswer(
                    try await call.marketplace.findCheckout(
                        call.path.checkout, as: visitor.buyer))
            }
        api.delete("/checkouts/{checkout}", "Give up: what is held is for sale again", tag: tag)
            .path(CheckoutPath.self).refuses(.conflict)
            .handle(as: Visitor.self) { call, visitor in
                try await call.marketplace.abandonCheckout(call.path.checkout, as: visitor.buyer)
                return Nothing()
            }
        api.put("/checkouts/{checkout}/address", "Send it somewhere else", tag: tag)
            .path(CheckoutPath.self).body(AddressInput.self).refuses(.conflict)
            .handle(as: Visitor.self) { call, visitor in
                CheckoutAnswer(
                    try await call.marketplace.changeAddress(
                        call.path.checkout, to: call.body.address, as: visitor.buyer))
            }
        api.put("/checkouts/{checkout}/parcels/{parcel}/shipping", "How a parcel goes", tag: tag)
            .path(ShippingPath.self).body(ShippingChoice.self).refuses(.conflict)
            .handle(as: Visitor.self) { call, visitor in
                CheckoutAnswer(
                    try await call.marketplace.chooseShipping(
                        call.path.checkout, parcel: call.path.parcel, option: call.body.option,
                        as: visitor.buyer))
            }
        api.put("/checkouts/{checkout}/parcels/{parcel}/wishes", "What you wish of it", tag: tag)
            .about("Its maker reads them; they are wishes, not promises. Left out is taken back.")
            .path(ShippingPath.self).body(Wishes.self).refuses(.conflict)
            .handle(as: Visitor.self) { call, visitor in
                CheckoutAnswer(
                    try await call.marketplace.wish(
                        [
                            WantedWishes(
                                parcel: call.path.parcel, giftMessage: call.body.giftMessage,
                                deliverOn: call.body.deliverOn)
                        ], of: call.path.checkout, as: visitor.buyer))
            }
        mountPayment(on: api)
    }

    private func mountPayment(on api: API) {
        api.post("/checkouts/{checkout}/quotes", "Ask again for shipping and taxes", tag: tag)
            .path(CheckoutPath.self).refuses(.conflict, .invalid)
            .handle(as: Visitor.self) { call, visitor in
                CheckoutAnswer(
                    try await call.marketplace.quoteCheckout(
                        call.path.checkout, as: visitor.buyer))
            }
        api.get("/checkouts/{checkout}/ways-to-pay", "Where it can be paid, and how", tag: tag)
            .path(CheckoutPath.self).refuses(.conflict)
            .handle(as: Visitor.self) { call, visitor in
                WaysToPayAnswer(
                    try await call.marketplace.waysToPay(call.path.checkout, as: visitor.buyer))
            }
        api.post("/purchases", "Order and pay", tag: "Purchases")
            .about(
                """
                A payment that was declined is answered with 201 and `declined`: the purchase \
                exists, and can be paid another way until it expires.
                """
            )
            .body(NewPurchase.self).refuses(.conflict, .missing, .unpaid)
            .onlyOnceWithEffect()
            .succeeds(with: .created)
            .handle(as: Visitor.self, use: purchase)
    }

    @Sendable private func create(
        _ call: Call<Nothing, Nothing, NewCheckout>, _ visitor: Visitor
    ) async throws -> CheckoutAnswer {
        visitor.remember(in: call.request)
        let items: [CheckoutItem]
        var wishes: [ID<Seller>: ParcelWishes] = [:]
        if let lines = call.body.lines {
            items = lines.map { CheckoutItem(variant: $0.variantId, quantity: $0.quantity) }
        } else {
            items = try await call.request.site.carts.lines(of: visitor.cart)
            wishes = try await call.request.cartWishes(visitor)
        }
        return CheckoutAnswer(
            try await call.marketplace.startCheckout(
                items,
                to: try await visitor.address(
                    call.body.address, or: call.body.addressId, call.marketplace),
                email: call.body.email ?? visitor.account?.email ?? "", as: visitor.buyer,
                wishing: wishes, answering: call.answering(CheckoutAnswer.init)))
    }

    @Sendable private func purchase(
        _ call: Call<Nothing, Nothing, NewPurchase>, _ visitor: Visitor
    ) async throws -> PlacedAnswer {
        let placed = try await call.marketplace.placePurchase(
            call.body.checkoutId, expecting: call.body.expectedTotal,
            paying: call.request.choice(call.body.instanceId, call.body.method),
            as: visitor.buyer, answering: call.answering(PlacedAnswer.init))
        try await call.request.takeOutOfCart(placed, visitor)
        return PlacedAnswer(placed)
    }
}

extension WebRequest {
    /// A way to pay, with the way back from the provider's page.
    func choice(_ instance: ID<ProviderInstance>, _ method: String) -> PaymentChoice {
        let base = site.settings.publicURL ?? marketplace.settings.storefrontURL
        return PaymentChoice(
            instance: instance, method: method, language: spokenLanguage
        ) { purchase in
            base + Links.purchase(purchase) + "/return"
        }
    }

    /// What was ordered leaves the cart; what was added meanwhile stays.
    func takeOutOfCart(_ placed: PlacedPurchase, _ visitor: Visitor) async throws {
        do {
            let isLeft = try await site.carts.takeOut(
                try await bought(placed, visitor), from: visitor.cart,
                for: CartAct(placed.purchase.id))
            if isLeft { try await forgetWishesOfBought(visitor) }
        } catch CartRefusal.unavailable {
            // The order stands; a cart that was not emptied is no reason to say otherwise.
            logger.warning("cart.not-emptied")
        }
    }

    /// What was wished of a parcel that is ordered is not wished of the next one of its maker.
    private func forgetWishesOfBought(_ visitor: Visitor) async throws {
        guard try await !site.carts.wishes(of: visitor.cart).isEmpty else { return }
        let left = try await marketplace.cart(try await site.carts.lines(of: visitor.cart))
        try await site.carts.keepWishes(of: left.groups.map(\.seller), in: visitor.cart)
    }

    private func bought(
        _ placed: PlacedPurchase, _ visitor: Visitor
    ) async throws -> [CheckoutItem] {
        if let items = placed.items { return items }
        return try await marketplace.findCheckout(placed.purchase.checkout, as: visitor.buyer)
            .lines.map { CheckoutItem(variant: $0.variant, quantity: $0.quantity) }
    }
}
