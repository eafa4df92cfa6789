import Kernel
import Vocabulary
import Web

/// The cart, for people.
struct CartRoutes {
    struct NewLine: Described {
        let variant: ID<Variant>
        let quantity: Int?
        static let rules: [String: [Rule]] = ["quantity": [.range(1...999)]]
    }

    struct LinePath: Described { let variant: ID<Variant> }

    struct ChangedLine: Described {
        let quantity: Int
        static let rules: [String: [Rule]] = ["quantity": [.range(0...999)]]
    }

    struct ParcelPath: Described { let seller: ID<Seller> }

    func mount(on routes: Routes) {
        routes.get("/cart").show(as: Visitor.self) { call, visitor in
            try await page(call.request, visitor)
        }
        routes.post("/cart/left").show(as: SignedIn.self, use: putInLeft)
        routes.post("/cart/parcels/{seller}/wishes").path(ParcelPath.self)
            .form(CheckoutAPI.Wishes.self)
            .show(
                as: Visitor.self,
                again: { again, visitor in try await page(again.request, visitor, again: again) },
                use: { call, visitor in
                    try await call.request.wish(
                        of: call.path.seller, giftMessage: call.form.giftMessage,
                        deliverOn: call.form.deliverOn, visitor)
                    return .seeOther(
                        Links.cart, notice: localized("It goes with your order to the maker."))
                })
        routes.post("/cart/lines").form(NewLine.self).onlyOnceGoingOn().openOnBehalf()
            .outlivingSession()
            .show(as: Visitor.self, use: create)
        routes.post("/cart/lines/{variant}").path(LinePath.self).form(ChangedLine.self)
            .openOnBehalf().show(as: Visitor.self, use: update)
    }

    /// - Parameter again: what was wished and refused.
    private func page(
        _ request: WebRequest, _ visitor: Visitor, again: Again? = nil
    ) async throws -> PageAnswer {
        let items = try await request.site.carts.lines(of: visitor.cart)
        let cart = try await request.marketplace.cart(items, for: visitor.buyer)
        let country = VisitorCountry(request).code
        let delivery = try await parcels(of: cart, to: country, request.marketplace)
        let wishes = CartPage.Wishes(
            kept: try await request.cartWishes(visitor), again: again,
            now: try await request.marketplace.marketNow())
        return .page(
            "cart",
            CartPage(
                cart, to: country, delivery, wishes,
                left: try await request.leftOutOfCart(visitor)),
            title: localized("Your cart"))
    }

    /// What each maker's parcel costs; nothing of what cannot be bought.
    private func parcels(
        of cart: Cart, to country: String?, _ marketplace: Marketplace
    ) async throws -> [ID<Seller>: DeliveryEstimate] {
        guard let country else { return [:] }
        let groups = cart.groups.filter { $0.lines.allSatisfy { $0.problem == nil } }
        let estimates = try await marketplace.deliveryEstimates(
            of: groups.map { group in
                group.lines.map { CheckoutItem(variant: $0.offer.id, quantity: $0.quantity) }
            }, to: country)
        let known = zip(groups, estimates).compactMap { group, estimate in
            estimate.map { (group.seller, $0) }
        }
        return Dictionary(known) { first, _ in first }
    }

    @Sendable private func create(
        _ call: PageCall<Nothing, Nothing, NewLine>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let line = CheckoutItem(variant: call.form.variant, quantity: call.form.quantity ?? 1)
        do {
            try await call.request.putIn(line, for: call.cartAct, visitor)
        } catch let refusal as CheckoutRefusal {
            // Gone since the thing's page was made: that page says what there is instead.
            let offers = try await call.marketplace.offers(for: [call.form.variant])
            guard let offer = offers[call.form.variant] else { throw refusal }
            let problem = offer.problem(for: 1) ?? .soldOut
            return .seeOther(
                Links.listing(offer.listing), warning: localized(sentence: problem.explanation))
        }
        return .seeOther(Links.cart, notice: localized("It is in your cart."))
    }

    /// What found no room at the sign-in, as far as there is room now.
    @Sendable private func putInLeft(
        _ call: PageCall<Nothing, Nothing, Nothing>, _ person: SignedIn
    ) async throws -> PageAnswer {
        let browser = Visitor(of: call.request).browser
        let left = try await call.request.site.carts.merge(
            guest: browser, into: person.account.id)
        return left == 0
            ? .seeOther(Links.cart, notice: localized("It is in your cart."))
            : .seeOther(Links.cart, warning: localized("There is not room for all of it yet."))
    }

    @Sendable private func update(
        _ call: PageCall<LinePath, Nothing, ChangedLine>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        do {
            try await call.request.setInCart(call.form.quantity, of: call.path.variant, visitor)
        } catch let refusal as CheckoutRefusal {
            return .seeOther(Links.cart, warning: refusal.localizedExplanation)
        }
        return .seeOther(
            Links.cart,
            notice: call.form.quantity == 0
                ? localized("It is out of your cart.") : localized("Your cart is changed."))
    }
}
