import Foundation
import ProviderKit
import Testing
import Vocabulary

@testable import StripePayments

@Suite struct `A webhook's signature` {
    /// Signed and accepted by the vendor's Python library; the payload has letters beyond ASCII.
    private static let secret = "whsec_test_5f1d3c0aa11b4f5e"
    private static let payload =
        #"{"id":"evt_test_1","object":"event","api_version":"2026-06-24.dahlia","#
        + #""created":1760000000,"type":"payment_intent.succeeded","livemode":false,"#
        + #""pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"#
        + #""data":{"object":{"id":"pi_test_1","object":"payment_intent","amount":1099,"#
        + #""currency":"usd","status":"succeeded","metadata":{"note":"café €"}}}}"#
    private static let signature =
        "1ce6edd493eedac09aae7512dc7f6aa8274f798c95fe672d526142a9fe206df2"
    private static let other =
        "6f24ffffda0268c38b398684e121a3c35034c277b949dce5aeaef6d958562cd3"
    private static let at = Instant(secondsSince1970: 1_760_000_000)

    private func delivery(
        _ header: String, after seconds: Int64 = 0, body: String = Self.payload
    ) -> WebhookDelivery {
        WebhookDelivery(
            headers: ["stripe-signature": header], body: Array(body.utf8),
            receivedAt: Self.at.advanced(by: .seconds(seconds)))
    }

    private func provider(
        _ secrets: [String: String], previous: [String: String] = [:]
    ) throws -> StripePayments {
        try stripe(silent, secrets: secrets, previous: previous)
    }

    @Test(arguments: [
        "t=1760000000,v1=\(signature)",
        "t=1760000000,v1=\(other),v1=\(signature),v0=\(String(repeating: "0", count: 64))",
    ])
    func `by the vendor is accepted`(_ header: String) throws {
        let provider = try provider(["webhookSecret": Self.secret])

        let webhook = try provider.verify(delivery(header, after: 300))

        #expect(webhook.eventID == "evt_test_1")
        #expect(webhook.kind == "payment_intent.succeeded")
        #expect(webhook.occurredAt == Self.at)
    }

    @Test(arguments: [
        "t=1760000000,v0=\(signature)", "t=1760000001,v1=\(signature)", "t=abc,v1=\(signature)",
        "v1=\(signature)", "t=1760000000", "", "t=1760000000,v1=\(other)",
        "t=1760000000,v1=\(signature.dropLast(2))",
    ])
    func `that does not hold is refused`(_ header: String) throws {
        let provider = try provider(["webhookSecret": Self.secret])
        #expect(throws: ProviderError.signatureInvalid) {
            try provider.verify(delivery(header))
        }
    }

    @Test func `is refused after five minutes, and for another body`() throws {
        let provider = try provider(["webhookSecret": Self.secret])
        let header = "t=1760000000,v1=\(Self.signature)"
        #expect(throws: ProviderError.signatureInvalid) {
            try provider.verify(delivery(header, after: 301))
        }
        #expect(throws: ProviderError.signatureInvalid) {
            try provider.verify(delivery(header, body: Self.payload + " "))
        }
    }

    @Test(
        arguments: [
            (["webhookSecret": secret], [:]), (["connectWebhookSecret": secret], [:]),
            ([:], ["webhookSecret": secret]), ([:], ["connectWebhookSecret": secret]),
        ] as [([String: String], [String: String])])
    func `may be by either endpoint, and by the secret before the last change`(
        _ secrets: [String: String], _ previous: [String: String]
    ) throws {
        let header = "t=1760000000,v1=\(Self.signature)"
        let provider = try provider(secrets, previous: previous)
        #expect(try provider.verify(delivery(header)).eventID == "evt_test_1")
        #expect(throws: ProviderError.signatureInvalid) {
            try self.provider([:]).verify(delivery(header))
        }
    }

    @Test func `of an empty secret signs for nobody`() {
        #expect(throws: ProviderError.self) { try provider(["connectWebhookSecret": ""]) }
    }

    /// `1.{}` under `whsec_x`, the short vector.
    @Test func `is the one that we make`() {
        let header = WebhookSignature.header(
            Array("{}".utf8), secret: Secret("whsec_x"), at: Instant(secondsSince1970: 1))
        #expect(
            header
                == "t=1,v1=36ee2f7498f0c1777d1312b2a7361947fe5ad31223be30d0c62421f4ca753401")
    }

    /// Left behind for the vendor's library, which `Config/test` asks (`Tests/Stripe`).
    @Test func `by us is left behind for the vendor's library to judge`() throws {
        struct Line: Encodable {
            let secret: String
            let body: String
            let header: String
        }
        let bodies = ["{}", Self.payload, #"{"note":"\u00e9 😀 \n"}"#]
        let lines = try bodies.map { body in
            let header = WebhookSignature.header(
                Array(body.utf8), secret: Secret(Self.secret), at: Self.at)
            // Ours holds for our module as well.
            let provider = try provider(["webhookSecret": Self.secret])
            if body == Self.payload { _ = try provider.verify(delivery(header)) }
            let line = Line(secret: Self.secret, body: body, header: header)
            return String(decoding: try JSONEncoder().encode(line), as: UTF8.self)
        }
        let named = ProcessInfo.processInfo.environment["GUILDHALL_TEST_FILES"]
        let folder =
            named.map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("pain")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(lines.joined(separator: "\n").utf8).write(
            to: folder.appendingPathComponent("stripe-signatures.jsonl"))
    }
}
