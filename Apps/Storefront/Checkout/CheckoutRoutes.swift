import Kernel
import Vocabulary
import Web

/// Checking out, for people: where to, how, and with what to pay.
struct CheckoutRoutes {
    struct Start: Described {
        let email: String?
        let address: AddressInput?
        /// One of the address book, in place of one that is typed.
        let addressId: ID<SavedAddress>?
        /// Whether what was typed goes into the address book.
        let keep: Bool?
        static let rules: [String: [Rule]] = ["email": [.length(3...254), .pattern(.email)]]
    }
    struct CheckoutPath: Described { let checkout: ID<Checkout> }
    struct Shipping: Described {
        struct Choice: Described {
            let number: Int
            let option: String
            static let rules: [String: [Rule]] = [
                "number": [.range(0...100)], "option": [.length(1...200)],
            ]
        }
        let parcels: [Choice]
        /// What is typed into the same form is not lost by it.
        let wishes: [Wish]
        static let rules: [String: [Rule]] = [
            "parcels": [.count(1...100)], "wishes": [.count(0...100)],
        ]
    }
    struct Move: Described {
        let address: AddressInput?
        /// One of the address book, in place of one that is typed.
        let addressId: ID<SavedAddress>?
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
        /// Instance and method, as one choice of the form.
        let way: WayChoice
        static let rules: [String: [Rule]] = [
            "parcels": [.count(0...100)], "wishes": [.count(0...100)],
        ]
    }

    func mount(on routes: Routes) {
        routes.get("/checkout").show(as: Visitor.self, use: new)
        routes.post("/checkout").form(Start.self).onlyOnce()
            .show(as: Visitor.self, again: newAgain, use: create)
        routes.get("/checkout/{checkout}").path(CheckoutPath.self)
            .show(as: Visitor.self, use: show)
        routes.post("/checkout/{checkout}/shipping").path(CheckoutPath.self).form(Shipping.self)
            .show(as: Visitor.self, again: showAgain, use: chooseShipping)
        routes.post("/checkout/{checkout}/address").path(CheckoutPath.self).form(Move.self)
            .show(as: Visitor.self, again: showAgain) { call, visitor in
                let address = try await visitor.address(
                    call.form.address, or: call.form.addressId, call.marketplace)
                _ = try await call.marketplace.changeAddress(
                    call.path.checkout, to: address, as: visitor.buyer)
                return .seeOther(
                    Links.checkout(call.path.checkout), notice: localized("It goes there now."))
            }
        routes.post("/checkout/{checkout}/quotes").path(CheckoutPath.self)
            .show(as: Visitor.self) { call, visitor in
                _ = try await call.marketplace.quoteCheckout(
                    call.path.checkout, as: visitor.buyer)
                return .seeOther(Links.checkout(call.path.checkout))
            }
        routes.post("/checkout/{checkout}/purchase").path(CheckoutPath.self).form(Payment.self)
            .onlyOnce().show(as: Visitor.self, again: showAgain, use: purchase)
    }

    @Sendable private func new(
        _ call: PageCall<Nothing, Nothing, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let items = try await call.request.site.carts.lines(of: visitor.cart)
        let cart = try await call.marketplace.cart(items)
        guard cart.isBuyable else { return .seeOther(Links.cart) }
        return .page(
            "checkout-new",
            NewCheckoutPage(
                cart, visitor.account, saved: try await book(call.marketplace, visitor),
                country: VisitorCountry(call.request).code),
            title: localized("Checkout"))
    }

    @Sendable private func newAgain(
        _ again: Again, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let items = try await again.request.site.carts.lines(of: visitor.cart)
        let cart = try await again.request.marketplace.cart(items)
        return .page(
            "checkout-new",
            NewCheckoutPage(
                cart, visitor.account,
                saved: try await book(again.request.marketplace, visitor), again: again),
            title: localized("Checkout"))
    }

    @Sendable private func create(
        _ call: PageCall<Nothing, Nothing, Start>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let form = call.form
        let items = try await call.request.site.carts.lines(of: visitor.cart)
        let address = try await visitor.address(form.address, or: form.addressId, call.marketplace)
        let checkout = try await call.marketplace.startCheckout(
            items, to: address, email: form.email ?? visitor.account?.email ?? "",
            as: visitor.buyer, wishing: try await call.request.cartWishes(visitor))
        if form.keep == true, form.addressId == nil, let account = visitor.account {
            // A full book is no reason not to sell.
            do {
                try await call.marketplace.keepAddress(address, of: account.id)
            } catch AddressRefusal.tooMany { /* it stays full */  }
        }
        return .seeOther(Links.checkout(checkout.id))
    }

    /// What is offered before an address is typed; nothing to a guest.
    private func book(
        _ marketplace: Marketplace, _ visitor: Visitor
    ) async throws -> Page<SavedAddress>? {
        guard let account = visitor.account else { return nil }
        return try await marketplace.savedAddresses(of: account.id)
    }

    @Sendable private func show(
        _ call: PageCall<CheckoutPath, Nothing, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        try await page(call.path.checkout, call.marketplace, visitor, again: nil)
    }

    /// What was refused, with all that was typed.
    @Sendable private func showAgain(
        _ again: Again, _ visitor: Visitor
    ) async throws -> PageAnswer {
        guard let id = again.request.path.split(separator: "/").dropFirst().first,
            let checkout = ID<Checkout>(id)
        else { throw CheckoutRefusal.missing }
        return try await page(checkout, again.request.marketplace, visitor, again: again)
    }

    private func page(
        _ id: ID<Checkout>, _ marketplace: Marketplace, _ visitor: Visitor, again: Again?
    ) async throws -> PageAnswer {
        let checkout = try await marketplace.findCheckout(id, as: visitor.buyer)
        switch checkout.state {
        case .expired:
            return .seeOther(
                Links.cart,
                warning: localized("The time of your checkout was over. Start again from here."))
        case .placed:
            guard
                let purchase = try await marketplace.purchase(
                    of: checkout.id, as: visitor.buyer)
            else { throw OrderRefusal.purchaseMissing }
            return .seeOther(
                Links.purchase(purchase.id), notice: localized("This is ordered already."))
        case .open:
            let ways =
                checkout.isReady
                ? try await marketplace.waysToPay(checkout.id, as: visitor.buyer) : []
            return .page(
                "checkout",
                CheckoutPage(
                    checkout, ways, book: try await book(marketplace, visitor), again: again),
                title: localized("Checkout"))
        }
    }

    @Sendable private func chooseShipping(
        _ call: PageCall<CheckoutPath, Nothing, Shipping>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        for choice in call.form.parcels {
            _ = try await call.marketplace.chooseShipping(
                call.path.checkout, parcel: choice.number, option: choice.option,
                as: visitor.buyer)
        }
        try await keep(call.form.wishes, of: call.path.checkout, call.marketplace, visitor)
        return .seeOther(
            Links.checkout(call.path.checkout), notice: localized("Shipping is chosen."))
    }

    /// What is wished of the parcels, kept before any money moves. What is placed already is
    /// answered by placing it again.
    /// - Throws: ``InputRefusal`` that names the input of the form.
    private func keep(
        _ wishes: [Wish], of checkout: ID<Checkout>, _ marketplace: Marketplace,
        _ visitor: Visitor
    ) async throws {
        for (index, wish) in wishes.enumerated() {
            let wanted = WantedWishes(
                parcel: wish.number, giftMessage: wish.giftMessage, deliverOn: wish.deliverOn)
            do {
                try await marketplace.wish([wanted], of: checkout, as: visitor.buyer)
            } catch CheckoutRefusal.alreadyPlaced {
                return
            } catch let refusal as InputRefusal {
                throw InputRefusal(
                    refusal.problem, field: "wishes.\(index).\(refusal.field ?? "")")
            }
        }
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
            guard let parcel, parcel.chosen != choice.option else { continue }
            _ = try await marketplace.chooseShipping(
                id, parcel: choice.number, option: choice.option, as: visitor.buyer)
        }
    }

    @Sendable private func purchase(
        _ call: PageCall<CheckoutPath, Nothing, Payment>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        do {
            let checkout = call.path.checkout
            try await keep(call.form.wishes, of: checkout, call.marketplace, visitor)
            try await use(call.form.parcels, in: checkout, call.marketplace, visitor)
            let placed = try await call.marketplace.placePurchase(
                call.path.checkout, expecting: Money(call.form.amount, call.form.currency),
                paying: call.request.choice(call.form.way.instance, call.form.way.method),
                as: visitor.buyer)
            try await call.request.takeOutOfCart(placed, visitor)
            return .afterPaying(placed)
        } catch PaymentRefusal.totalChanged(let now) {
            return .seeOther(
                Links.checkout(call.path.checkout),
                warning: localized(
                    "The total is now \(Format.money(now)). Look at it and confirm again."))
        }
    }
}

extension PageAnswer {
    /// To the provider's page, or to the purchase with a sentence about how it stands.
    static func afterPaying(_ placed: PlacedPurchase) -> PageAnswer {
        if case .redirect(let url) = placed.next { return .seeOther(url) }
        let page = Links.purchase(placed.purchase.id)
        if let refusal = placed.refusal {
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
