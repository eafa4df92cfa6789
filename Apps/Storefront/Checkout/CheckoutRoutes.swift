import Kernel
import Vocabulary
import Web

/// A checkout that is held, for people: where to, how, and with what to pay.
struct CheckoutRoutes {
    struct CheckoutPath: Described { let checkout: ID<Checkout> }
    struct Look: Described {
        /// The way to pay that is chosen; one that is not offered is left out.
        let way: String?
        static let rules: [String: [Rule]] = ["way": [.length(0...240)]]
    }
    struct Shipping: Described {
        struct Choice: Described {
            let number: Int
            /// Nil of a parcel for which nothing is offered at the moment.
            let option: String?
            static let rules: [String: [Rule]] = [
                "number": [.range(0...100)], "option": [.length(1...200)],
            ]
        }
        let parcels: [Choice]
        /// What is typed and chosen in the same form is not lost by it.
        let wishes: [Wish]
        let way: WayChoice?
        static let rules: [String: [Rule]] = [
            "parcels": [.count(1...100)], "wishes": [.count(0...100)],
        ]
    }
    struct Move: Described {
        let address: AddressInput?
        /// One of the address book, in place of one that is typed.
        let addressId: ID<SavedAddress>?
        /// Where the receipt goes; left out, where it went before.
        let email: String?
        static let rules: [String: [Rule]] = ["email": [.length(3...254), .pattern(.email)]]
    }
    struct Wish: Described {
        let number: Int
        let giftMessage: String?
        let deliverOn: String?
        static let rules: [String: [Rule]] = [
            "number": [.range(0...100)], "giftMessage": [.length(0...500)],
            "deliverOn": [.length(0...10)],
        ]
    }
    struct Payment: Described {
        let parcels: [Shipping.Choice]
        let wishes: [Wish]
        let amount: Int64
        let currency: Currency
        /// What the amount consists of.
        let shown: ShownTotal.Parts?
        /// Instance and method, as one choice of the form.
        let way: WayChoice
        static let rules: [String: [Rule]] = [
            "parcels": [.count(0...100)], "wishes": [.count(0...100)],
            "amount": [.range(0...Money.amountMax)],
        ]
    }

    func mount(on routes: Routes) {
        routes.get("/checkout/{checkout}").path(CheckoutPath.self).query(Look.self)
            .show(as: Visitor.self, use: show)
        routes.post("/checkout/{checkout}/shipping").path(CheckoutPath.self).form(Shipping.self)
            .show(as: Visitor.self, again: showAgain, use: chooseShipping)
        routes.post("/checkout/{checkout}/address").path(CheckoutPath.self).form(Move.self)
            .show(as: Visitor.self, again: showAgain) { call, visitor in
                let address = try await visitor.address(
                    call.form.address, or: call.form.addressId, call.marketplace)
                _ = try await call.marketplace.changeAddress(
                    call.path.checkout, to: address, email: call.form.email, as: visitor.buyer)
                return .seeOther(
                    Links.checkout(call.path.checkout), notice: localized("It goes there now."))
            }
        routes.post("/checkout/{checkout}/quotes").path(CheckoutPath.self)
            .show(as: Visitor.self, again: showAgain) { call, visitor in
                _ = try await call.marketplace.quoteCheckout(
                    call.path.checkout, as: visitor.buyer)
                return .seeOther(Links.checkout(call.path.checkout))
            }
        routes.post("/checkout/{checkout}/purchase").path(CheckoutPath.self).form(Payment.self)
            .onlyOnceGoingOn().show(as: Visitor.self, again: showAgain, use: purchase)
    }

    @Sendable private func show(
        _ call: PageCall<CheckoutPath, Look, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        try await page(call.path.checkout, call.request, visitor, way: call.query.way)
    }

    /// What was refused, with all that was typed.
    @Sendable private func showAgain(
        _ again: Again, _ visitor: Visitor
    ) async throws -> PageAnswer {
        guard let id = again.request.path.split(separator: "/").dropFirst().first,
            let checkout = ID<Checkout>(id)
        else { throw CheckoutRefusal.missing }
        return try await page(checkout, again.request, visitor, again: again)
    }

    private func page(
        _ id: ID<Checkout>, _ request: WebRequest, _ visitor: Visitor, again: Again? = nil,
        way: String? = nil
    ) async throws -> PageAnswer {
        let marketplace = request.marketplace
        let checkout = try await marketplace.findCheckout(id, as: visitor.buyer)
        switch checkout.state {
        case .expired:
            // Its things are in the cart still, and what was typed is kept.
            if let again {
                return try await NewCheckoutRoutes().page(
                    request, visitor, again: again, before: checkout)
            }
            return .seeOther(
                Links.checkout,
                warning: localized(
                    """
                    The time of your checkout was over, and nothing is held any more. Look at it \
                    once more and order.
                    """))
        case .placed:
            guard
                let purchase = try await marketplace.purchase(
                    of: checkout.id, as: visitor.buyer)
            else { throw OrderRefusal.purchaseMissing }
            return .seeOther(
                Links.purchase(purchase.id), notice: localized("This is ordered already."))
        case .open:
            if let again, !checkout.isForSale {
                try await keepInCart(again, checkout, visitor)
            }
            // What was taken back is shown and cannot be paid.
            let ways =
                checkout.isReady && checkout.isForSale
                ? try await marketplace.waysToPay(checkout) : []
            return .page(
                "checkout",
                CheckoutPage(
                    checkout, ways, book: try await visitor.book(marketplace), again: again,
                    way: way),
                title: localized("Checkout"))
        }
    }

    /// What was wished beside something that was taken back waits in the cart, from which the rest
    /// is bought. Of several parcels of a maker the first one counts.
    private func keepInCart(
        _ again: Again, _ checkout: Checkout, _ visitor: Visitor
    ) async throws {
        for (index, parcel) in checkout.parcels.enumerated().reversed() {
            guard again.values["wishes.\(index).number"] != nil else { continue }
            do {
                try await again.request.wish(
                    of: parcel.seller, giftMessage: again.values["wishes.\(index).giftMessage"],
                    deliverOn: again.values["wishes.\(index).deliverOn"], visitor)
            } catch is InputRefusal {
                // It stands on the page as it was typed.
            } catch is CartRefusal {
                // Nothing of this maker is bought from there, or carts are out of order.
            }
        }
    }

    @Sendable private func chooseShipping(
        _ call: PageCall<CheckoutPath, Nothing, Shipping>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        // Somebody else's is missing, also where nothing is offered to choose from.
        _ = try await call.marketplace.findCheckout(call.path.checkout, as: visitor.buyer)
        for choice in call.form.parcels {
            guard let option = choice.option else { continue }
            _ = try await call.marketplace.chooseShipping(
                call.path.checkout, parcel: choice.number, option: option, as: visitor.buyer)
        }
        try await keep(call.form.wishes, of: call.path.checkout, call.request, visitor)
        return .seeOther(
            Links.checkout(call.path.checkout, paying: call.form.way),
            notice: localized("Shipping is chosen."))
    }

    /// What is wished of the parcels, kept before any money moves. What is placed already is
    /// answered by placing it again.
    /// - Throws: ``InputRefusal`` that names the input of the form.
    private func keep(
        _ wishes: [Wish], of checkout: ID<Checkout>, _ request: WebRequest, _ visitor: Visitor
    ) async throws {
        var kept: Checkout?
        for (index, wish) in wishes.enumerated() {
            do {
                kept = try await request.marketplace.wish(
                    [wish.wanted], of: checkout, as: visitor.buyer)
            } catch CheckoutRefusal.alreadyPlaced {
                return
            } catch let refusal as InputRefusal {
                throw refusal.at(wish: index)
            }
        }
        if let kept { try await request.keepInCart(kept, visitor) }
    }

    /// Shipping that was chosen and not yet used: what it costs is shown before it is paid.
    private func use(
        _ choices: [Shipping.Choice], in id: ID<Checkout>, _ marketplace: Marketplace,
        _ visitor: Visitor
    ) async throws {
        guard !choices.isEmpty else { return }
        let checkout = try await marketplace.findCheckout(id, as: visitor.buyer)
        guard checkout.state == .open else { return }
        for choice in choices {
            let parcel = checkout.parcels.first { $0.number == choice.number }
            guard let parcel, let option = choice.option, parcel.chosen != option else { continue }
            _ = try await marketplace.chooseShipping(
                id, parcel: choice.number, option: option, as: visitor.buyer)
        }
    }

    @Sendable private func purchase(
        _ call: PageCall<CheckoutPath, Nothing, Payment>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let checkout = call.path.checkout
        try await keep(call.form.wishes, of: checkout, call.request, visitor)
        try await use(call.form.parcels, in: checkout, call.marketplace, visitor)
        let shown = ShownTotal(
            total: Money(call.form.amount, call.form.currency), parts: call.form.shown)
        return try await call.request.order(checkout, for: shown, by: call.form.way, visitor)
    }
}

extension WebRequest {
    /// Orders what is in a checkout, for the total that its page showed: nobody pays another.
    func order(
        _ checkout: ID<Checkout>, for shown: ShownTotal, by way: WayChoice, _ visitor: Visitor
    ) async throws -> PageAnswer {
        do {
            let placed = try await marketplace.placePurchase(
                checkout, expecting: shown.total, paying: choice(way.instance, way.method),
                as: visitor.buyer)
            try await takeOutOfCart(placed, visitor)
            return .afterPaying(placed)
        } catch PaymentRefusal.totalChanged {
            let now = try await marketplace.findCheckout(checkout, as: visitor.buyer)
            return .seeOther(
                Links.checkout(checkout, paying: way), warning: shown.words(now: now.totals))
        }
    }

    /// What is wished at a checkout is wished of the cart as well, so that it stands there when the
    /// checkout's time is over and when somebody goes back. Of several parcels of a maker the first
    /// one counts, which has the words.
    func keepInCart(_ checkout: Checkout, _ visitor: Visitor) async throws {
        let wishes = Dictionary(checkout.parcels.map { ($0.seller, $0.wishes) }) { first, _ in first
        }
        do {
            let kept = try await site.carts.wishes(of: visitor.cart)
            let sellers = Array(Set(kept.keys).union(wishes.keys))
            for (seller, wish) in wishes where wish != kept[seller] ?? ParcelWishes() {
                try await site.carts.wish(wish, of: seller, in: visitor.cart, among: sellers)
            }
        } catch CartRefusal.unavailable {
            // The checkout has them.
            logger.warning("cart.wishes-not-kept")
        }
    }
}

extension PageAnswer {
    /// To the provider's page, or to the purchase with a sentence about how it stands.
    static func afterPaying(_ placed: PlacedPurchase) -> PageAnswer {
        if case .redirect(let url) = placed.next { return .seeOther(url) }
        let page = Links.purchase(placed.purchase.id)
        if let refusal = placed.refusal {
            // The purchase's own page says why a card was declined, where another way is chosen.
            if case .declined = refusal { return .seeOther(page) }
            return .seeOther(page, warning: refusal.localizedExplanation)
        }
        if placed.purchase.state == .paid {
            let isPromise = placed.payment.isDue(.atDelivery)
            return .seeOther(
                page,
                notice: isPromise
                    ? localized("Thank you for your order.")
                    : localized("Thank you. Your order is paid."))
        }
        return .seeOther(page)
    }
}

extension Visitor {
    /// What may be had with one click instead of typing an address; nothing to a guest.
    func book(_ marketplace: Marketplace) async throws -> Page<SavedAddress>? {
        guard let account else { return nil }
        return try await marketplace.savedAddresses(of: account.id)
    }

    /// The address that was sent, or the one of this visitor's book.
    /// - Throws: ``AddressRefusal/unknown``, ``InputRefusal`` when neither or both are given.
    func address(
        _ input: AddressInput?, or saved: ID<SavedAddress>?, _ marketplace: Marketplace
    ) async throws -> Address {
        switch (input, saved) {
        case (let input?, nil): return input.address
        case (nil, let saved?):
            guard let account else { throw AddressRefusal.unknown }
            return try await marketplace.savedAddress(saved, of: account.id).address
        case (nil, nil): throw InputRefusal(.missing, field: "address")
        case (_?, _?):
            throw InputRefusal(
                .wrong("Send an address or the id of one of yours, not both."),
                field: "addressId")
        }
    }
}
