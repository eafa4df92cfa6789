import Kernel
import Vocabulary
import Web

/// From the cart to the order on one page, for people. Nothing is held by looking at it; sending it
/// starts a checkout and, when it comes to what the page showed, orders and pays it.
struct NewCheckoutRoutes {
    struct Start: Described {
        let email: String?
        let address: AddressInput?
        /// One of the address book, in place of one that is typed.
        let addressId: ID<SavedAddress>?
        /// Whether what was typed goes into the address book.
        let keep: Bool?
        let parcels: [CheckoutRoutes.Shipping.Choice]
        let wishes: [CheckoutRoutes.Wish]
        /// Whether it is ordered, for what the page showed; else it is only worked out.
        let pays: Bool?
        let things: ContentHash?
        let amount: Int64?
        let currency: Currency?
        /// What the amount consists of.
        let shown: ShownTotal.Parts?
        let way: WayChoice?
        static let rules: [String: [Rule]] = [
            "email": [.length(3...254), .pattern(.email)],
            "parcels": [.count(0...100)], "wishes": [.count(0...100)],
            "amount": [.range(0...Money.amountMax)],
        ]
    }

    /// The checkout that this browser began last, for its Back button and for when its time is
    /// over; whoever is not its buyer gets nothing by it.
    private static let cookie = "guildhall_checkout"
    private static let cookieTime: Duration = .seconds(86_400)

    func mount(on routes: Routes) {
        // Providers are asked for each of these pages, as when a checkout is started.
        routes.get("/checkout").limited(.write).show(as: Visitor.self) { call, visitor in
            try await page(call.request, visitor)
        }
        routes.post("/checkout").form(Start.self).onlyOnceGoingOn()
            .show(
                as: Visitor.self,
                again: { again, visitor in try await page(again.request, visitor, again: again) },
                use: create)
    }

    /// - Parameters:
    ///   - again: what was typed and refused.
    ///   - before: a checkout of the visitor's that was not ordered: where it went and how is not
    ///     typed again. Without it the one that this browser began last.
    func page(
        _ request: WebRequest, _ visitor: Visitor, again: Again? = nil, before: Checkout? = nil
    ) async throws -> PageAnswer {
        let marketplace = request.marketplace
        let items = try await request.site.carts.lines(of: visitor.cart)
        let cart = try await marketplace.cart(items, for: visitor.buyer)
        var begun = before
        if begun == nil { begun = try await self.begun(request, visitor) }
        // The last piece stays where it is held: starting anew, somebody else might be faster.
        let isHeld =
            cart.isHeldByBuyer && again == nil && begun?.state == .open
            && begun.map { Set($0.items) == Set(items) } ?? false
        guard !isHeld, cart.isBuyable || again != nil && !cart.isEmpty else {
            return elsewhere(begun, items, again)
        }
        let last = begun.flatMap { $0.state == .placed ? nil : $0 }
        let book = try await visitor.book(marketplace)
        let saved = Self.usual(book?.items ?? [], since: last, items)
        let preview: Checkout
        do {
            preview = try await marketplace.previewCheckout(
                items, to: destination(request, saved, again, last),
                wishing: try await request.cartWishes(visitor),
                choosing: again?.choices ?? last?.choices(of: items) ?? [:])
        } catch let refusal as CheckoutRefusal {
            return .seeOther(Links.cart, warning: refusal.localizedExplanation)
        }
        return .page(
            "checkout",
            CheckoutPage(
                preview, preview.isReady ? try await marketplace.waysToPay(preview) : [],
                book: book,
                new: CheckoutPage.New(
                    things: CheckoutThings.hash(of: items), account: visitor.account, saved: saved,
                    before: last, isBuyable: cart.isBuyable), again: again),
            title: localized("Checkout"))
    }

    /// Where it goes of the address book: the usual address, or where these things were to go. What
    /// was typed for other things, a gift perhaps, is no reason to send these there.
    private static func usual(
        _ book: [SavedAddress], since last: Checkout?, _ items: [CheckoutItem]
    ) -> SavedAddress? {
        if let last, Set(last.items) == Set(items) {
            return book.first { $0.address == last.address }
        }
        return book.first(where: \.isDefault) ?? book.first
    }

    /// As much as is known of where it goes: what was typed into the page's own form, the usual
    /// address, where the last checkout went, or where the visitor seems to be.
    private func destination(
        _ request: WebRequest, _ saved: SavedAddress?, _ again: Again?, _ last: Checkout?
    ) -> Address {
        if let saved { return saved.address }
        let typed = again.map { Address(typed: $0) }
        if let whole = try? typed?.checked(field: "address") { return whole }
        if let last, again?.hasAddress != true { return last.address }
        let country = typed.flatMap { VisitorCountry.known($0.country) }
        return Address(
            name: "", lines: [], city: "",
            country: country ?? VisitorCountry(request).code ?? Countries.first)
    }

    /// Where somebody goes whose cart cannot be bought: to what this browser has ordered or holds
    /// of it, or back to the cart; what nobody's page sends is refused as everywhere.
    private func elsewhere(
        _ begun: Checkout?, _ items: [CheckoutItem], _ again: Again?
    ) -> PageAnswer {
        if let begun {
            let leadsOn =
                switch begun.state {
                case .placed: items.isEmpty
                case .open: begun.isForSale && Set(begun.items) == Set(items)
                case .expired: false
                }
            if leadsOn { return .seeOther(Links.checkout(begun.id)) }
        }
        guard let again else { return .seeOther(Links.cart) }
        return again.field == nil
            ? .seeOther(Links.cart, warning: again.explanation) : again.alone()
    }

    /// The checkout that this browser began last, if it is the visitor's.
    private func begun(_ request: WebRequest, _ visitor: Visitor) async throws -> Checkout? {
        guard let id = request.cookie(Self.cookie).flatMap({ ID<Checkout>($0) }) else {
            return nil
        }
        do {
            return try await request.marketplace.findCheckout(id, as: visitor.buyer)
        } catch CheckoutRefusal.missing {
            return nil
        }
    }

    @Sendable private func create(
        _ call: PageCall<Nothing, Nothing, Start>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let form = call.form
        let items = try await call.request.site.carts.lines(of: visitor.cart)
        let wanted = try Wanted(form)
        if let wanted, wanted.things != CheckoutThings.hash(of: items) {
            throw CheckoutRefusal.changedMeanwhile
        }
        try await check(form.wishes, call.marketplace)
        let address = try await visitor.address(form.address, or: form.addressId, call.marketplace)
        let choices = form.parcels.compactMap { parcel in
            parcel.option.map { (parcel.number, $0) }
        }
        let checkout = try await call.marketplace.startCheckout(
            items, to: address, email: form.email ?? visitor.account?.email ?? "",
            as: visitor.buyer, wishing: try await call.request.cartWishes(visitor),
            choosing: Dictionary(choices) { first, _ in first })
        call.request.remember(Self.cookie, checkout.id.description, for: Self.cookieTime)
        if let country = VisitorCountry.known(address.country) {
            VisitorCountry.remember(country, on: call.request)
        }
        if form.keep == true, form.addressId == nil, let account = visitor.account {
            // A full book is no reason not to sell.
            do {
                try await call.marketplace.keepAddress(address, of: account.id)
            } catch AddressRefusal.tooMany { /* it stays full */  }
        }
        // From here on the checkout keeps what was typed; its page says what is still to be done.
        let page = Links.checkout(checkout.id, paying: form.way)
        do {
            if !form.wishes.isEmpty {
                let wished = try await call.marketplace.wish(
                    form.wishes.map(\.wanted), of: checkout.id, as: visitor.buyer)
                try await call.request.keepInCart(wished, visitor)
            }
            guard let wanted else { return .seeOther(page) }
            let isAsChosen = choices.allSatisfy { number, option in
                checkout.parcels.contains { $0.number == number && $0.chosen == option }
            }
            guard isAsChosen else { throw CheckoutRefusal.optionUnknown }
            return try await call.request.order(
                checkout.id, for: wanted.total, by: wanted.way, visitor)
        } catch let refusal as CheckoutRefusal {
            return .seeOther(page, warning: refusal.localizedExplanation)
        } catch let refusal as PaymentRefusal {
            return .seeOther(page, warning: refusal.localizedExplanation)
        }
    }

    /// Looks at what is wished before anything is held for it.
    /// - Throws: ``InputRefusal`` that names the input of the form.
    private func check(_ wishes: [CheckoutRoutes.Wish], _ marketplace: Marketplace) async throws {
        for (index, wish) in wishes.enumerated() where wish.isSaid {
            do {
                _ = try await marketplace.checkedWishes(
                    giftMessage: wish.giftMessage, deliverOn: wish.deliverOn)
            } catch let refusal as InputRefusal {
                throw refusal.at(wish: index)
            }
        }
    }
}

extension NewCheckoutRoutes {
    /// What somebody pressed the button for: these things, for this total, paid like this.
    private struct Wanted {
        let things: ContentHash
        let total: ShownTotal
        let way: WayChoice

        /// Nil for a form that only wants to be worked out.
        /// - Throws: ``InputRefusal`` for a form that lacks what its page shows.
        init?(_ form: Start) throws(InputRefusal) {
            guard form.pays == true else { return nil }
            guard let things = form.things, let amount = form.amount, let currency = form.currency
            else { throw InputRefusal(.missing, field: "amount") }
            guard let way = form.way else { throw InputRefusal(.missing, field: "way") }
            self.things = things
            self.way = way
            total = ShownTotal(total: Money(amount, currency), parts: form.shown)
        }
    }
}

extension CheckoutRoutes.Wish {
    /// Whether anything is wished.
    fileprivate var isSaid: Bool { giftMessage != nil || deliverOn != nil }

    var wanted: WantedWishes {
        WantedWishes(parcel: number, giftMessage: giftMessage, deliverOn: deliverOn)
    }
}

extension InputRefusal {
    /// The same, named as the input of a form with wishes of several parcels.
    func at(wish index: Int) -> InputRefusal {
        InputRefusal(problem, field: "wishes.\(index).\(field ?? "")")
    }
}

extension Checkout {
    fileprivate var items: [CheckoutItem] {
        lines.map { CheckoutItem(variant: $0.variant, quantity: $0.quantity) }
    }

    /// How its parcels were to go, by their number; of other things nobody has chosen anything.
    fileprivate func choices(of wanted: [CheckoutItem]) -> [Int: String]? {
        guard Set(wanted) == Set(items) else { return nil }
        let chosen = parcels.compactMap { parcel in parcel.chosen.map { (parcel.number, $0) } }
        return Dictionary(chosen) { first, _ in first }
    }
}

extension Again {
    /// Whether an address was typed into the form.
    var hasAddress: Bool { values.keys.contains { $0.hasPrefix("address.") } }

    /// How parcels shall go, by their number, as far as it was chosen in the form.
    fileprivate var choices: [Int: String] {
        var found: [Int: String] = [:]
        for index in 0...100 {
            guard let number = values["parcels.\(index).number"].flatMap({ Int($0) }) else { break }
            found[number] = values["parcels.\(index).option"]
        }
        return found
    }
}
