import Kernel
import ProviderKit
import Vocabulary

/// Two of everybody: two sellers, and two customers of whom each bought from one of them. What is
/// one side's must not be there for the other.
public struct TwoSidedMarket: Sendable {
    public let ours: MarketSide
    public let theirs: MarketSide

    public init(_ market: TestMarketplace) async throws {
        let payment = try await market.given.providers()
        ours = try await MarketSide("Ours", market, payment)
        theirs = try await MarketSide("Theirs", market, payment)
    }
}

/// A seller, a customer of theirs, and the ids of everything that belongs to one of the two.
public struct MarketSide: Sendable {
    public let seller: GivenSeller
    public let customer: Account
    /// What the names in the paths of the customer app stand for, where it is the customer's.
    public let customerIDs: [String: String]
    /// What the names in the paths of the seller app stand for, where it is the seller's.
    public let sellerIDs: [String: String]
    /// What fields of bodies stand for, by the last part of their path.
    public let fields: [String: String]

    /// A whole PNG of four by three pixels.
    public static let picture: [UInt8] =
        [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 0, 4, 0, 0, 0, 3, 8, 6, 0, 0, 0, 180, 244, 174, 198, 0, 0, 0, 18]
        + Array("IDAT".utf8)
        + [120, 218, 99, 56, 81, 97, 243, 31, 25, 51, 16, 20, 0, 0, 244, 225, 29, 197]
        + [51, 151, 197, 60, 0, 0, 0, 0] + Array("IEND".utf8) + [174, 66, 96, 130]

    init(
        _ name: String, _ market: TestMarketplace, _ payment: ID<ProviderInstance>
    ) async throws {
        let kernel = market.marketplace
        let given = market.given
        seller = try await given.verifiedSeller(name)
        customer = try await given.account(name + "'s customer")
        let member = seller.member
        let bowl = try await given.listing("Bowl", by: seller, stock: 50)
        let image = try await kernel.addImage(
            Self.picture, alt: "A bowl", to: bowl.id, as: member)
        let document = try await kernel.addDocument(
            .identity, fileName: "passport.png", bytes: Self.picture, as: member)
        let colleague = try await given.account(name + "'s colleague")
        try await kernel.addMember(email: colleague.email, role: .support, as: member)
        let wallet = try await kernel.addWallet(
            WalletDraft(
                kind: .platformBalance, label: "Second",
                details: WalletDetails(holder: name, iban: "DE89370400440532013000")), as: member)
        let buying = Buying(market: market, payment: payment, customer: customer, thing: bowl)
        let delivered = try await buying.delivered()
        let review = try await kernel.review(
            delivered.lines[0].id, ReviewDraft(stars: 5, body: "Lovely."), by: customer.id)
        let rating = try await kernel.rateSeller(
            for: delivered.order.id, ReviewDraft(stars: 5), by: customer.id)
        try await kernel.moveClock(by: .seconds(8 * 86_400), as: nil)
        _ = try await kernel.runPayouts()
        let payouts = try await kernel.payouts(as: member, PageRequest())
        guard let payout = payouts.items.first else { throw TestSupportError.notFound("a payout") }
        let refund = try await buying.refunded()
        let paid = try await buying.placed()
        let open = try await buying.checkout()
        let customerToken = try await kernel.createAccessToken(
            named: "old", for: .customer, of: customer.id
        ).token
        let sellerToken = try await kernel.createAccessToken(
            named: "old", for: .seller, of: seller.owner.id
        ).token
        // Without a price: the market's providers go on pricing.
        let profile = try await kernel.createShippingProfile(
            ShippingProfileDraft(name: "Letters", handlingDays: 1, zones: []), as: member)
        let address = try await kernel.keepAddress(Given.address, of: customer.id)
        customerIDs = [
            "address": "\(address.id)", "shipment": "\(delivered.shipments[0].id)",
            "order": "\(paid.order.id)", "line": "\(paid.lines[0].id)",
            "purchase": "\(paid.order.purchase)", "checkout": "\(open.id)",
            "parcel": "\(open.parcels[0].number)", "token": "\(customerToken.id)",
        ]
        sellerIDs = [
            "order": "\(paid.order.id)", "listing": "\(bowl.id)",
            "variant": "\(bowl.variant)",
            "image": "\(image.id)", "document": "\(document.id)", "account": "\(colleague.id)",
            "refund": "\(refund)", "wallet": "\(seller.wallet)", "review": "\(review.id)",
            "rating": "\(rating.id)",
            "payout": "\(payout.id)", "invoice": "\(try await given.invoice(of: seller))",
            "profile": "\(profile.id)", "kept": try await given.keptImport(of: seller),
            "invitation": "\(try await given.invitation(by: seller).id)",
            "token": "\(sellerToken.id)", "currency": "EUR", "instance": "\(payment)",
            "month": String("\(try await kernel.marketNow())".prefix(7)),
        ]
        fields = [
            "checkoutId": "\(open.id)", "walletId": "\(wallet.id)",
            "lineId": "\(paid.lines[0].id)", "line": "\(paid.lines[0].id)",
            "images": "\(image.id)", "id": "\(bowl.variant)", "variantId": "\(bowl.variant)",
            "variant": "\(bowl.variant)", "image": "\(image.id)",
            "addressId": "\(address.id)", "instanceId": "\(payment)", "seller": "\(seller.id)",
            "shippingProfile": "\(profile.id)", "shippingProfileId": "\(profile.id)",
            "listingIds": "\(bowl.id)", "listing": "\(bowl.id)", "profile": "\(profile.id)",
        ]
    }
}

extension Given {
    /// An invitation into the shop that nobody has answered.
    public func invitation(by seller: GivenSeller) async throws -> TeamInvitation {
        try await marketplace.invite(
            email: "invited-\(seller.id)@example.test", role: .support, as: seller.member,
            at: "http://desk.test")
    }
}

/// One customer who buys one thing, again and again.
private struct Buying {
    let market: TestMarketplace
    let payment: ID<ProviderInstance>
    let customer: Account
    let thing: GivenListing

    private var kernel: Marketplace { market.marketplace }
    private var buyer: Buyer { Buyer(account: customer.id) }

    func checkout() async throws -> Checkout {
        try await kernel.startCheckout(
            [CheckoutItem(variant: thing.variant, quantity: 1)], to: Given.address,
            email: customer.email, as: buyer)
    }

    func placed() async throws -> OrderDetail {
        let checkout = try await checkout()
        let placed = try await kernel.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: payment, method: "card") { _ in "http://127.0.0.1/" },
            as: buyer)
        let detail = try await kernel.findPurchase(placed.purchase.id, as: buyer)
        guard let order = detail.orders.first else { throw TestSupportError.notFound("an order") }
        return order
    }

    func refunded() async throws -> ID<Refund> {
        try await kernel.refundOrder(
            try await delivered().order.id, reason: "broken", as: .seller(thing.seller.member))
    }

    func delivered() async throws -> OrderDetail {
        let order = try await placed()
        try await kernel.shipOrder(
            order.order.id, in: try ShippedParcel(carrier: "Post"), as: thing.seller.member)
        return try await kernel.confirmDelivery(order.order.id, as: buyer)
    }
}
