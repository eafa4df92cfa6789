import Foundation
import Vocabulary

/// The main job: who takes part, and the chapters in order.
struct Walk: Sendable {
    let market: DemoMarket
    let folder: String
    let bankURL: String
    let storefront: String
    let sellerApp: String
    let adminApp: String
    let narrator = WalkNarrator()
    /// Makes every name of this walk new: four letters and digits.
    let tag = String(ID<Walk>().description.suffix(4))

    /// An artisan in this walk, from registration to the bank.
    struct Artisan: Sendable {
        let shop: DemoMarket.Shop
        let name: String
        let email: String
        let client: WalkClient
        var sellerID = ""
        /// The last part of the shop's address.
        var slug = ""
    }

    /// A customer and what they are about to buy or have bought.
    struct Customer: Sendable {
        let name: String
        let email: String
        let client: WalkClient
        let address: Address
    }

    func run() async throws {
        narrator.tell("The main job, as it was meant (walk \(tag))")
        let admin = try await administrator()
        let artisans = try await artisansOpen(admin)
        let providers = try await chooseOldProvider(admin)
        let first = try await customer(0)
        let firstPurchase = try await buy(first, from: artisans, method: "tok_visa")
        try await split(firstPurchase, first, artisans, admin)
        let second = try await customer(1)
        let waiting = try await buyAndWait(second, from: artisans)
        try await swap(providers, admin)
        try await completeOnOld(waiting, second, providers, admin)
        let third = try await customer(2)
        let thirdPurchase = try await buy(third, from: artisans, method: "tok_visa")
        try await isAt(providers.new, thirdPurchase, third, admin)
        let purchases = [
            (first, firstPurchase), (second, waiting), (third, thirdPurchase),
        ]
        try await ship(purchases.map(\.1), artisans)
        for (customer, purchase) in purchases { try await receiveAndRate(purchase, customer) }
        try await payOut(artisans, purchases.map(\.1), admin)
        try await retire(providers, admin)
        narrator.end("The main job is done, and every cent is where it belongs")
    }

    func administrator() async throws -> WalkClient {
        let client = WalkClient("admin app", adminApp)
        try await signIn(market.administrator.email, client)
        return client
    }

    func signIn(_ email: String, _ client: WalkClient) async throws {
        _ = try await client.post(
            "/api/v1/sessions",
            ["email": .string(email), "password": .string(market.password)])
    }

    func register(_ name: String, _ email: String, _ client: WalkClient) async throws {
        _ = try await client.post(
            "/api/v1/accounts",
            [
                "email": .string(email), "name": .string(name),
                "password": .string(market.password),
            ], expecting: [201])
        try await signIn(email, client)
    }

    /// A new key for a request that must happen once.
    func key() -> String { ID<Walk>().description }
}

extension Fact {
    init(_ address: Address) {
        self = .members([
            "name": .string(address.name), "lines": .list(address.lines.map { .string($0) }),
            "city": .string(address.city),
            "postalCode": address.postalCode.map { .string($0) } ?? .null,
            "country": .string(address.country),
        ])
    }

    init(_ money: Money) {
        self = .members([
            "amount": .integer(money.amount), "currency": .string(money.currency.code),
        ])
    }
}
