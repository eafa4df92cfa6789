import Glibc
import Hummingbird
import Kernel
import Logging
import Postgres
import ProviderHost
import ProviderKit
import SandboxBank
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import Vocabulary

/// A market that takes its payments at a sandbox bank behind a real socket, with the modules that
/// are shipped, and hears the bank's webhooks over HTTP.
struct BankTown: Sendable {
    let market: TestMarketplace
    let marketplace: Marketplace
    let bankURL: String
    let customer: Account

    var buyer: Buyer { Buyer(account: customer.id) }

    static func run(_ body: @Sendable @escaping (BankTown) async throws -> Void) async throws {
        try await TestMarketplace.run { market in
            let door = WebhookDoor()
            try await withBank { bankURL in
                try await door.open {
                    let town = try await BankTown(market, bankURL, door)
                    try await body(town)
                    try await town.compare()
                }
            }
        }
    }

    private init(_ market: TestMarketplace, _ bankURL: String, _ door: WebhookDoor) async throws {
        let old = market.marketplace
        var settings = old.settings
        settings.storefrontURL = door.url
        let gateway = ProviderGateway(
            database: market.database, catalog: ModuleCatalog(folder: Self.productsFolder),
            client: Self.client, key: try ProviderKey(Array(repeating: 7, count: 32)),
            logger: Self.quiet)
        self.market = market
        self.bankURL = bankURL
        marketplace = Marketplace(
            database: market.database, providers: gateway, settings: settings, logger: Self.quiet)
        door.lead(to: marketplace)
        for module in ["table-rate-shipping", "rate-table-tax"] {
            let made = try await marketplace.createProviderInstance(
                module: module, name: module, settings: [:], as: nil)
            _ = try await marketplace.activateProviderInstance(made.id, as: nil)
        }
        customer = try await market.given.account("Grace Customer")
    }

    /// The same market as one that takes payments at Stripe.
    init(beside town: StripeTown, _ bankURL: String) {
        market = town.market
        marketplace = town.marketplace
        customer = town.customer
        self.bankURL = bankURL
    }

    /// An active instance of a sandbox module for one of the bank's merchants, and called after it.
    func provider(
        _ merchant: String, _ module: String = "sandbox-payments",
        capture: ProviderInstance.Capture = .atOrder
    ) async throws -> ID<ProviderInstance> {
        let made = try await marketplace.createProviderInstance(
            module: module, name: merchant, capture: capture,
            settings: [
                "url": bankURL, "apiKey": "sk_sandbox_\(merchant)",
                "webhookSecret": "whsec_sandbox_\(merchant)",
            ], as: nil)
        return try await marketplace.activateProviderInstance(made.id, as: nil).id
    }

    func thing(_ seller: GivenSeller, _ price: Int64) async throws -> ID<Variant> {
        let (listing, variant) = (ID<Listing>(), ID<Variant>())
        _ = try await market.database.batch([
            """
            insert into listing (id, seller_id, handle, title, currency, state)
            values (\(listing), \(seller.id), \(listing.description), 'Bowl', 'EUR', 'published')
            """,
            """
            insert into variant (id, listing_id, seller_id, price, currency, grams)
            values (\(variant), \(listing), \(seller.id), \(price), 'EUR', 400)
            """,
            """
            insert into stock_level (variant_id, on_hand) values (\(variant), 100)
            on conflict (variant_id) do update set on_hand = excluded.on_hand
            """,
        ])
        return variant
    }

    func checkout(_ things: ID<Variant>...) async throws -> Checkout {
        try await checkout(things)
    }

    func checkout(_ things: [ID<Variant>]) async throws -> Checkout {
        try await marketplace.startCheckout(
            things.map { CheckoutItem(variant: $0, quantity: 1) },
            to: Address(
                name: "Grace Customer", lines: ["Hauptstraße 5"], city: "Köln",
                postalCode: "50667", country: "DE"),
            email: "grace@example.com", as: buyer)
    }

    func place(
        _ checkout: Checkout, _ card: String, at instance: ID<ProviderInstance>
    ) async throws -> PlacedPurchase {
        try await marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total, paying: choice(card, at: instance),
            as: buyer)
    }

    func choice(_ card: String, at instance: ID<ProviderInstance>) -> PaymentChoice {
        PaymentChoice(instance: instance, method: card) { "http://127.0.0.1:9/purchases/\($0)" }
    }

    /// Presses a button of the bank's.
    func press(_ url: String) async throws { _ = try await ask("POST", url) }

    /// Asks the bank itself, past the market.
    @discardableResult
    func ask(
        _ method: String, _ url: String, _ body: String = "", as merchant: String = "north"
    ) async throws -> ProviderKit.HTTPResponse {
        var request = ProviderKit.HTTPRequest(
            method, url, headers: ["Authorization": "Bearer sk_sandbox_\(merchant)"])
        request.body = Array(body.utf8)
        return try await HostTransport(client: Self.client, hosts: ["127.0.0.1"]).send(
            request, deadline: .systemNow.advanced(by: .seconds(10)))
    }

    func detail(_ placed: PlacedPurchase) async throws -> PurchaseDetail {
        try await marketplace.findPurchase(placed.purchase.id, as: buyer)
    }

    /// A worker that knows the loaded modules.
    var worker: Worker {
        Worker(market.database, handlers: marketplace.jobHandlers(), logger: Self.quiet)
    }

    /// Lets the worker work until it has come true, for at most twenty seconds.
    func eventually(
        _ words: String = "it", _ condition: () async throws -> Bool
    ) async throws {
        for _ in 0..<1200 {
            try await worker.drain()
            try await marketplace.settlePayments()
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("it did not come true in time: \(words)")
    }

    private static let client = HostClient(
        privateHosts: ["127.0.0.1"], connectingWithin: .seconds(60))
    static let quiet = Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() })

    static var productsFolder: String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let text = String(
            decoding: path[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    }
}

/// Runs a bank for as long as `body` runs.
func withBank(_ body: (String) async throws -> Void) async throws {
    var settings = SandboxBank.Settings()
    settings.port = 0
    settings.silence = .milliseconds(300)
    let (ports, found) = AsyncStream<Int>.makeStream()
    let bank = SandboxBank(settings, logger: BankTown.quiet)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await bank.run { found.yield($0) } }
        for await port in ports.prefix(1) { try await body("http://127.0.0.1:\(port)") }
        group.cancelAll()
        while let result = await group.nextResult() {
            if case .failure(let error) = result, !(error is CancellationError) { throw error }
        }
    }
}

/// The storefront's door for webhooks, and nothing else of it.
final class WebhookDoor: Sendable {
    private let port = Mutex(0)
    private let market = Mutex<Marketplace?>(nil)

    var url: String { "http://127.0.0.1:\(port.withLock { $0 })" }

    func lead(to marketplace: Marketplace) { market.withLock { $0 = marketplace } }

    /// Listens for as long as `body` runs.
    func open(_ body: () async throws -> Void) async throws {
        let router = Router()
        router.post("webhooks/:instance") { request, context in
            let instance = try context.parameters.require("instance")
            let body = try await request.body.collect(upTo: 1 << 20)
            let headers = HTTPHeaders(
                request.headers.map { .init(name: $0.name.canonicalName, value: $0.value) })
            guard let market = self.market.withLock({ $0 }), let id = ID<ProviderInstance>(instance)
            else { return Response(status: .notFound) }
            do {
                try await market.receiveWebhook(
                    from: id, headers: headers, body: Array(body.readableBytesView))
                return Response(status: .ok)
            } catch is PaymentRefusal {
                return Response(status: .unauthorized)
            }
        }
        let (ports, found) = AsyncStream<Int>.makeStream()
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in found.yield(channel.localAddress?.port ?? 0) },
            logger: BankTown.quiet)
        let services = ServiceGroup(
            configuration: .init(
                services: [app], gracefulShutdownSignals: [], logger: BankTown.quiet))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            for await port in ports.prefix(1) {
                self.port.withLock { $0 = port }
                try await body()
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }
}
