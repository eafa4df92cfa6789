import Kernel
import Vocabulary
import Web

extension WebRequest {
    /// Sets how many of a thing are in the visitor's cart; zero takes it out. What is in already
    /// may be changed also when it is not for sale any more. Anything else is put in as from its
    /// page: nobody fills a cart with what is not there, or sees by its id what is not shown yet.
    /// - Throws: ``CartRefusal``, `CheckoutRefusal.soldOut`; nothing is changed then.
    func setInCart(_ quantity: Int, of variant: ID<Variant>, _ visitor: Visitor) async throws {
        let carts = site.carts
        if quantity > 0,
            try await !carts.lines(of: visitor.cart).contains(where: { $0.variant == variant })
        {
            do {
                try await marketplace.checkForSale(variant, for: visitor.buyer)
            } catch CheckoutRefusal.notForSale { throw CartRefusal.thingMissing }
        }
        try await carts.set(quantity, of: variant, in: visitor.cart)
    }
}
