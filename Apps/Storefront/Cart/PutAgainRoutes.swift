import Kernel
import Vocabulary
import Web

/// What was cancelled, or not paid in time, goes into the cart once more.
struct PutAgainRoutes {
    func mount(on routes: Routes) {
        routes.post("/purchases/{purchase}/cart").path(PurchaseAPI.PurchasePath.self)
            .onlyOnceGoingOn()
            .show(as: Visitor.self) { call, visitor in
                switch try await call.request.putAgain(
                    call.path.purchase, for: call.cartAct, visitor)
                {
                case .nothing:
                    return .seeOther(
                        Links.purchase(call.path.purchase),
                        warning: localized("Nothing of it can be had at the moment."))
                case .some:
                    return .seeOther(
                        Links.cart,
                        notice: localized("What can still be had is in your cart again."))
                case .everything:
                    return .seeOther(Links.cart, notice: localized("It is in your cart again."))
                }
            }
    }

    func mount(on api: API) {
        api.post("/purchases/{purchase}/cart", "Put what was cancelled in again", tag: "Cart")
            .about("What can still be had of it is added to what is in the cart.")
            .path(PurchaseAPI.PurchasePath.self).refuses(.conflict).onlyOnceGoingOn()
            .handle(as: Visitor.self) { call, visitor in
                _ = try await call.request.putAgain(
                    call.path.purchase, for: call.cartAct, visitor)
                let items = try await call.request.site.carts.lines(of: visitor.cart)
                return CartAnswer(
                    try await call.marketplace.cart(items, for: visitor.buyer),
                    try await call.request.cartWishes(visitor))
            }
    }
}

/// How much of something is in the cart again.
private enum PutAgain {
    case nothing, some, everything
}

extension WebRequest {
    /// Adds the lines of a purchase's cancelled orders to the cart, as far as they can be had;
    /// fewer pieces where only fewer are left.
    /// - Throws: `OrderRefusal.purchaseMissing`, `OrderRefusal.notCancelled`, ``CartRefusal``;
    ///   nothing is changed then.
    fileprivate func putAgain(
        _ id: ID<Purchase>, for act: CartAct?, _ visitor: Visitor
    ) async throws -> PutAgain {
        let detail = try await marketplace.findPurchase(id, as: visitor.buyer)
        let lines = detail.orders.filter { $0.order.state == .cancelled }.flatMap(\.lines)
        guard !lines.isEmpty else { throw OrderRefusal.notCancelled }
        visitor.remember(in: self)
        let cart = try await marketplace.cart(
            lines.map { CheckoutItem(variant: $0.variant, quantity: $0.quantity) })
        let items = cart.lines.compactMap { line -> CheckoutItem? in
            switch line.problem {
            case nil: CheckoutItem(variant: line.offer.id, quantity: line.quantity)
            case .short(let left): CheckoutItem(variant: line.offer.id, quantity: left)
            case .soldOut, .notForSale: nil
            }
        }
        guard !items.isEmpty else { return .nothing }
        try await site.carts.add(items, to: visitor.cart, for: act)
        return cart.unknown.isEmpty && cart.isBuyable ? .everything : .some
    }
}
