import Kernel
import TestSupport
import Testing
import Vocabulary

/// Orders of the desk's shop that wait to be packed.
struct PaidOrders: Sendable {
    let desk: Desk
    let payment: ID<ProviderInstance>
    let listing: GivenListing

    init(_ desk: Desk, _ title: String = "Bowl") async throws {
        self.desk = desk
        payment = try await desk.market.given.providers()
        listing = try await desk.market.given.listing(title, by: desk.shop, stock: 100)
    }

    /// - Parameters:
    ///   - message: words to put into the parcel.
    ///   - day: `2026-12-24`, on which it is wished for.
    @discardableResult
    func place(
        for name: String = "Grace Customer", in country: String = "DE",
        message: String? = nil, on day: String? = nil
    ) async throws -> Order {
        let buyer = Buyer(account: try await desk.market.given.account(name).id)
        let checkout = try await desk.kernel.startCheckout(
            [CheckoutItem(variant: listing.variant, quantity: 1)],
            to: Address(
                name: name, lines: ["Hauptstraße 5"], city: "Köln", postalCode: "50667",
                country: country),
            email: "\(ID<Buyer>())@example.com", as: buyer)
        if message != nil || day != nil {
            let parcel = try #require(checkout.parcels.first).number
            try await desk.kernel.wish(
                [WantedWishes(parcel: parcel, giftMessage: message, deliverOn: day)],
                of: checkout.id, as: buyer)
        }
        let placed = try await desk.kernel.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: payment, method: "card") { _ in "http://127.0.0.1/" },
            as: buyer)
        let detail = try await desk.kernel.findPurchase(placed.purchase.id, as: buyer)
        return try #require(detail.orders.first).order
    }
}
