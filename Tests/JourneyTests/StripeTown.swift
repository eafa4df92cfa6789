import Kernel
import Postgres
import ProviderHost
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// A market that takes its payments at Stripe with the shipped module, and hears its webhooks.
struct StripeTown: Sendable {
    let market: TestMarketplace
    let marketplace: Marketplace
    let stripe: FakeStripe
    let instance: ID<ProviderInstance>
    let customer: Account

    var buyer: Buyer { Buyer(account: customer.id) }

    /// Every scenario ends with both books compared.
    /// - Parameters:
    ///   - isPastMarket: the module is called past the market, whose books then have nothing of it.
    ///   - capture: when the administrator wants payments captured.
    static func run(
        isPastMarket: Bool = false, capture: ProviderInstance.Capture = .atOrder,
        _ body: @Sendable @escaping (StripeTown) async throws -> Void
    ) async throws {
        try await TestMarketplace.run { market in
            let door = WebhookDoor()
            try await FakeStripe.run { stripe in
                try await door.open {
                    let town = try await StripeTown(market, stripe, door, capture)
                    try await body(town)
                    try await town.compare(isPastMarket: isPastMarket)
                }
            }
        }
    }

    private init(
        _ market: TestMarketplace, _ stripe: FakeStripe, _ door: WebhookDoor,
        _ capture: ProviderInstance.Capture
    ) async throws {
        var settings = market.marketplace.settings
        settings.storefrontURL = door.url
        // What is held longer is an answer that never came.
        settings.callDeadline = .seconds(5)
        let gateway = ProviderGateway(
            database: market.database, catalog: ModuleCatalog(folder: BankTown.productsFolder),
            client: Self.client, key: try ProviderKey(Array(repeating: 7, count: 32)),
            logger: BankTown.quiet)
        marketplace = Marketplace(
            database: market.database, providers: gateway, settings: settings,
            logger: BankTown.quiet)
        self.market = market
        self.stripe = stripe
        door.lead(to: marketplace)
        for module in ["table-rate-shipping", "rate-table-tax"] {
            let made = try await marketplace.createProviderInstance(
                module: module, name: module, settings: [:], as: nil)
            _ = try await marketplace.activateProviderInstance(made.id, as: nil)
        }
        let (account, connect) = ("whsec_account_4f1c22", "whsec_connect_90ab17")
        let made = try await marketplace.createProviderInstance(
            module: "stripe", name: "Stripe", capture: capture,
            settings: [
                "url": stripe.url, "apiKey": "sk_test_fake", "webhookSecret": account,
                "connectWebhookSecret": connect,
                "testCards":
                    "pm_card_visa, pm_card_chargeDeclined, pm_card_authenticationRequired",
            ], as: nil)
        instance = try await marketplace.activateProviderInstance(made.id, as: nil).id
        let address = "\(door.url)/webhooks/\(instance)"
        try await stripe.control(
            "endpoints",
            #"{"account":["\#(address)","\#(account)"],"connect":["\#(address)","\#(connect)"]}"#)
        customer = try await market.given.account("Grace Customer")
    }

    func thing(_ seller: GivenSeller, _ price: Int64) async throws -> ID<Variant> {
        try await market.given.listing(
            price: Money(price, .eur), by: seller, stock: 1000
        ).variant
    }

    /// A seller whose account at Stripe is ready.
    func connectedSeller(_ name: String) async throws -> GivenSeller {
        let seller = try await market.given.verifiedSeller(name)
        let page = try await connect(seller)
        _ = try await stripe.press(page, "complete")
        _ = try await marketplace.refreshPayoutAccount(at: instance, as: seller.member)
        return seller
    }

    /// The page where Stripe asks the seller who they are.
    func connect(_ seller: GivenSeller) async throws -> String {
        try await marketplace.connectPayoutAccount(
            at: instance, returnURL: "http://127.0.0.1:9/return",
            refreshURL: "http://127.0.0.1:9/link", as: seller.member)
    }

    func buy(
        _ things: [ID<Variant>], _ method: String = "pm_card_visa"
    ) async throws -> PlacedPurchase {
        let checkout = try await marketplace.startCheckout(
            things.map { CheckoutItem(variant: $0, quantity: 1) }, to: Given.address,
            email: "grace@example.com", as: buyer)
        return try await marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: instance, method: method) {
                "http://127.0.0.1:9/purchases/\($0)"
            }, as: buyer)
    }

    func detail(_ placed: PlacedPurchase) async throws -> PurchaseDetail {
        try await marketplace.findPurchase(placed.purchase.id, as: buyer)
    }

    var worker: Worker {
        Worker(market.database, handlers: marketplace.jobHandlers(), logger: BankTown.quiet)
    }

    /// Everything that waits for a time is looked at now, once.
    func goOn() async throws {
        try await market.database.execute(
            """
            update payment_attempt set next_try_at = now()
            where state in ('intent', 'sent', 'unknown')
            """)
        try await marketplace.settlePayments(limit: 100)
        try await worker.drain()
        for payout in try await marketplace.payouts(in: nil, PageRequest(limit: 100)).items
        where payout.state.isOpen {
            try await marketplace.sendPayout(payout.id)
        }
    }

    /// Goes on until it has come true, for at most a minute.
    func eventually(_ words: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<300 {
            try await goOn()
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(200))
        }
        Issue.record("it did not come true in time: \(words)")
    }

    private static let client = HostClient(
        privateHosts: ["127.0.0.1"], connectingWithin: .seconds(60))
}
