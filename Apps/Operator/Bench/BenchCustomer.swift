import AsyncHTTPClient
import Foundation
import Kernel
import NIOCore
import ProviderKit
import Vocabulary

/// Somebody who buys over HTTP, signed in with e-mail and password like everybody.
struct BenchCustomer: Sendable {
    let server: String
    let instance: ID<ProviderInstance>
    let client: HTTPClient
    /// Of the session, as the server set it.
    let cookies: String

    private struct Answer: Decodable {
        struct Totals: Decodable { let total: Money }
        let id: String
        let totals: Totals
    }

    private struct Person: Encodable {
        let email: String
        let name: String?
        let password: String
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

    /// Registers somebody and signs them in.
    static func make(
        at server: String, paying instance: ID<ProviderInstance>, _ client: HTTPClient
    ) async throws -> BenchCustomer {
        let email = "\(ID<Account>())@example.test"
        let password = "a long bench password"
        let nobody = BenchCustomer(
            server: server, instance: instance, client: client, cookies: "")
        _ = try await nobody.post(
            "/api/v1/accounts", Person(email: email, name: "Grace Customer", password: password))
        let (set, _) = try await nobody.post(
            "/api/v1/sessions", Person(email: email, name: nil, password: password))
        let cookies = set.compactMap { $0.split(separator: ";").first }
        guard !cookies.isEmpty else { throw OperatorProblem("Signing in set no cookie.") }
        return BenchCustomer(
            server: server, instance: instance, client: client,
            cookies: cookies.joined(separator: "; "))
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
        let (_, body) = try await post("/api/v1/checkouts", checkout)
        let answer = try JSONDecoder().decode(Answer.self, from: body)
        _ = try await post(
            "/api/v1/purchases",
            NewPurchase(
                checkoutId: answer.id, expectedTotal: answer.totals.total,
                instanceId: instance.description, method: "card"))
    }

    private func post(
        _ path: String, _ body: some Encodable
    ) async throws -> (cookies: [String], body: Data) {
        var request = HTTPClientRequest(url: server + path)
        request.method = .POST
        if !cookies.isEmpty { request.headers.add(name: "cookie", value: cookies) }
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "idempotency-key", value: ID<Checkout>().description)
        request.body = .bytes(ByteBuffer(data: try JSONEncoder().encode(body)))
        let response = try await client.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        guard response.status.code == 201 else {
            throw OperatorProblem(
                "\(path) answered \(response.status.code): \(String(buffer: bytes))")
        }
        return (response.headers["set-cookie"], Data(buffer: bytes))
    }
}
