import Foundation
import Vocabulary

/// The people of a drill, who go through the main job by the public APIs and insist: whoever gets
/// no answer asks again with the same idempotency key, as every client should.
struct DrillTrade: Sendable {
    let market: DemoMarket
    let customer: WalkClient
    let admin: WalkClient
    let sellers: [WalkClient]
    /// One variant of each seller, with plenty of stock.
    let variants: [String]
    let provider: String
    /// Where that is.
    let bank: DrillProvider

    /// How long somebody insists before the drill calls it stuck.
    static let patience = Duration.seconds(120)

    /// What a round left behind.
    struct Bought: Sendable {
        let purchase: String
        var orders: [String] = []
    }

    /// Signs everybody in, fills two shelves and adds a provider that captures at shipment.
    init(
        _ market: DemoMarket, _ network: Settings.Network, payingAt bank: DrillProvider
    ) async throws {
        self.market = market
        self.bank = bank
        customer = WalkClient("customer app", network.storefrontURL)
        admin = WalkClient("admin app", network.adminURL)
        sellers = market.sellers.prefix(2).map { _ in
            WalkClient("seller app", network.sellerURL)
        }
        let people = [
            (customer, market.customers[0].email), (admin, market.administrator.email),
        ]
        for (client, email) in people + zip(sellers, market.sellers.map(\.email)) {
            _ = try await client.post(
                "/api/v1/sessions",
                ["email": .string(email), "password": .string(market.password)])
        }
        var variants: [String] = []
        for (seller, shop) in zip(sellers, market.sellers) {
            let found = try await customer.get("/api/v1/listings?seller=\(shop.slug)&inStock=true")
            let listing = try await customer.get(
                "/api/v1/listings/\(found["items"][0]["id"].text ?? "")")
            let variant = listing["variants"].items.first { ($0["available"].integer ?? 0) > 0 }
            guard let id = variant?["id"].text else {
                throw WalkProblem(expected: "something to sell by \(shop.name)", listing)
            }
            _ = try await seller.put("/api/v1/variants/\(id)/stock", ["onHand": 100_000])
            variants.append(id)
        }
        self.variants = variants
        provider = try await Self.addProvider(bank, admin)
    }

    private static func addProvider(
        _ bank: DrillProvider, _ admin: WalkClient
    ) async throws -> String {
        let made = try await admin.post(
            "/api/v1/providers",
            [
                "module": .string(bank.module), "name": "Drill", "capture": "at_shipment",
                "settings": .list(
                    bank.settings.map { ["key": .string($0.key), "value": .string($0.value)] }),
            ], key: newKey())
        let id = try made.text("id")
        _ = try await admin.post(
            "/api/v1/providers/\(id)/activation", ["reason": "a drill"], key: newKey())
        _ = try await admin.post(
            "/api/v1/provider-rules/payment",
            ["rules": [["instance": .string(id)]], "reason": "a drill"], key: newKey())
        // Every process hears of it within a second.
        try await Task.sleep(for: .seconds(1))
        return id
    }

    static func newKey() -> String { ID<DrillTrade>().description }

    /// Each seller ships; that has the order's share captured.
    func ship(_ bought: Bought) async throws {
        for order in bought.orders { try await ship(order, asking: sellers) }
    }

    /// - Parameter asked: among whom its seller is.
    func ship(_ order: String, asking asked: [WalkClient]) async throws {
        let key = Self.newKey()
        let path = "/api/v1/orders/\(order)"
        _ = try await until("order \(order) to be shipped") {
            for seller in asked {
                let sent = try await seller.post(
                    path + "/shipments", ["carrier": "Parcel Post"], key: key,
                    expecting: Self.all)
                if sent["state"].text == "shipped" { return sent }
                let seen = try await seller.get(path, expecting: Self.all)
                if seen["state"].text == "shipped" { return seen }
            }
            return nil
        }
    }

    /// The customer says that it arrived.
    func receive(_ order: String) async throws {
        let path = "/api/v1/orders/\(order)"
        _ = try await until("order \(order) to be delivered") {
            let told = try await customer.post(path + "/delivery", nil, expecting: Self.all)
            if told["state"].text == "delivered" { return told }
            let seen = try await customer.get(path)
            return seen["state"].text == "delivered" ? seen : nil
        }
    }

    /// The administrator gives the first order's money back.
    func refund(_ bought: Bought) async throws {
        guard let order = bought.orders.first else { return }
        let path = "/api/v1/orders/\(order)"
        _ = try await until("the refund of order \(order)") {
            let seen = try await admin.get(path)
            let states = seen["refunds"].items.compactMap { $0["state"].text }
            if states.contains("succeeded") { return seen }
            if states.isEmpty {
                _ = try await admin.post(
                    path + "/refund", ["reason": "a drill"], key: Self.newKey(),
                    expecting: Self.all)
            }
            return nil
        }
    }

    /// Everything arrives, the hold ends, and the sellers are paid.
    func payOut(_ bought: Bought) async throws {
        for order in bought.orders { try await receive(order) }
        _ = try await insist(
            "the clock", with: Self.newKey(), or: Self.wasInterrupted
        ) { key in
            try await admin.post(
                "/api/v1/clock", ["hours": 360, "reason": "a drill"], key: key, expecting: Self.all)
        }
        // A hold ends only once the money is taken, which may be on its way still. A run ends what
        // holds it can before it pays; so does a worker, whose next run then pays.
        var wereOver = false
        _ = try await until("what was bought to be paid out") {
            let run = try await admin.post(
                "/api/v1/payout-runs", ["reason": "a drill"], key: Self.newKey())
            for order in bought.orders {
                let seen = try await admin.get("/api/v1/orders/\(order)")
                guard seen["releasedAt"].text != nil else { return nil }
            }
            defer { wereOver = true }
            return wereOver || !run["payouts"].items.isEmpty ? run : nil
        }
    }
}
