import AsyncHTTPClient
import Foundation
import Kernel
import NIOCore
import ProviderKit
import Vocabulary

/// Somebody who buys, straight through the kernel.
struct BenchBuyer: Sendable {
    let marketplace: Marketplace
    let instance: ID<ProviderInstance>
    let buyer: Buyer

    static let address = Address(
        name: "Grace Customer", lines: ["Hauptstraße 5"], city: "Köln", postalCode: "50667",
        country: "DE")

    /// Checks out, takes the cheapest way for each parcel and pays at once.
    /// - Throws: what the market refuses; ``OperatorProblem`` when the payment did not go through.
    @discardableResult
    func buy(_ items: [CheckoutItem]) async throws -> Purchase {
        let checkout = try await marketplace.startCheckout(
            items, to: Self.address, email: "grace@example.test", as: buyer)
        let placed = try await marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: instance, method: "card") { "http://localhost/\($0)" },
            as: buyer)
        guard placed.purchase.state == .paid else {
            throw OperatorProblem("A purchase was not paid: \(placed.payment.state)")
        }
        return placed.purchase
    }
}

/// Somebody who buys over HTTP, with a token of their account.
struct BenchCustomer: Sendable {
    let server: String
    let token: String
    let instance: ID<ProviderInstance>
    let client: HTTPClient

    private struct Answer: Decodable {
        struct Totals: Decodable { let total: Money }
        let id: String
        let totals: Totals
    }

    private struct NewPurchase: Encodable {
        let checkoutId: String
        let expectedTotal: Money
        let instanceId: String
        let method: String
    }

    private struct NewCheckout: Encodable {
        struct Line: Encodable {
            let variantId: String
            let quantity: Int
        }
        struct To: Encodable {
            let name: String
            let lines: [String]
            let city: String
            let postalCode: String
            let country: String
        }
        let lines: [Line]
        let email: String
        let address: To
    }

    /// Two requests, each with an Idempotency-Key: the checkout, and the purchase.
    func buy(_ variants: [ID<Variant>]) async throws {
        let address = BenchBuyer.address
        let checkout = NewCheckout(
            lines: variants.map { .init(variantId: $0.description, quantity: 1) },
            email: "grace@example.test",
            address: .init(
                name: address.name, lines: address.lines, city: address.city,
                postalCode: address.postalCode ?? "", country: address.country))
        let answer = try JSONDecoder().decode(
            Answer.self, from: try await post("/api/v1/checkouts", checkout))
        _ = try await post(
            "/api/v1/purchases",
            NewPurchase(
                checkoutId: answer.id, expectedTotal: answer.totals.total,
                instanceId: instance.description, method: "card"))
    }

    private func post(_ path: String, _ body: some Encodable) async throws -> Data {
        var request = HTTPClientRequest(url: server + path)
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "idempotency-key", value: ID<Checkout>().description)
        request.body = .bytes(ByteBuffer(data: try JSONEncoder().encode(body)))
        let response = try await client.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        guard response.status.code == 201 else {
            throw OperatorProblem(
                "\(path) answered \(response.status.code): \(String(buffer: bytes))")
        }
        return Data(buffer: bytes)
    }
}
