import Foundation
import ProviderHost
import ProviderKit
import Synchronization
import TestServers
import Testing
import Vocabulary

@testable import StripePayments

/// A Stripe that others wrote, in a process beside the test. It covers cards and refunds, and
/// checks less than Stripe does: it keeps no keys.
@Suite(.enabled(if: Vendor.isThere, "GUILDHALL_TEST_STRIPE names no environment with localstripe"))
struct `The module at a Stripe that others wrote` {
    @Test func `pays at once, reserves, takes a part, gives back, releases and reads all of it`()
        async throws
    {
        try await Localstripe.run { local in
            let provider = try StripePayments(
                settings: InstanceSettings(
                    instanceID: "i", mode: .sandbox,
                    values: ["url": local.url, "testCards": "pm_card_visa"],
                    secrets: [
                        "apiKey": Secret("sk_test_12345"), "webhookSecret": Secret("whsec_x"),
                    ]), services: ProviderServices(http: local))

            let paid = try await provider.start(start(), context("k1")).snapshot
            #expect(paid.status == .captured && paid.captured == Money(4250, .eur))
            #expect(paid.paymentID == "p1")

            let held = try await provider.start(start(capture: .later), context("k2")).snapshot
            #expect(held.status == .authorized && held.authorized == Money(4250, .eur))
            let taken = try await provider.capture(
                CaptureRequest(
                    reference: held.reference, amount: Money(4000, .eur), isFinal: true),
                context("k3"))
            #expect(taken.captured == Money(4000, .eur) && taken.refunded.isZero)
            #expect(taken.version > held.version)

            let back = try await provider.refund(
                RefundRequest(
                    refundID: "r1", reference: held.reference, amount: Money(1500, .eur),
                    reason: "broken"), context("k4"))
            #expect(back.status == .succeeded && back.refundID == "r1")
            #expect(
                try await provider.lookupRefund(.reference(back.reference), context("k4"))
                    == back)
            let now = try await provider.lookup(.reference(held.reference), context("k2"))
            #expect(now?.captured == Money(4000, .eur) && now?.refunded == Money(1500, .eur))

            let other = try await provider.start(start(capture: .later), context("k5")).snapshot
            let released = try await provider.void(reference: other.reference, context("k6"))
            #expect(released.status == .voided && released.captured.isZero)
            // It refuses a second release, and the module says how the payment stands.
            #expect(
                try await provider.void(reference: other.reference, context("k7")).status
                    == .voided)
            #expect(local.answered >= 10)
        }
    }
}

/// localstripe, asked by the module over the host's own transport. What it does not know of
/// Stripe's parameters is left out on the way, and the total that it does not write is put in from
/// its own charge; everything else goes through as it is.
private final class Localstripe: HTTPTransport {
    /// It answers these with "Unexpected".
    private static let unknown: Set<String> = [
        "return_url", "receipt_email", "description", "transfer_group", "reason",
        "cancellation_reason",
    ]

    let url: String
    /// Never shut down: one is enough for as long as the tests run.
    private static let client = HostClient(
        privateHosts: ["127.0.0.1"], connectingWithin: .seconds(60))
    private let transport = HostTransport(client: client, hosts: ["127.0.0.1"])
    private let count = Mutex(0)

    /// How many requests it granted.
    var answered: Int { count.withLock { $0 } }

    private init(url: String) { self.url = url }

    static func run(_ body: (Localstripe) async throws -> Void) async throws {
        let folder = try Vendor.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let port = try freePort()
        // It keeps its state in the temporary folder.
        let program = try Program(
            "/usr/bin/env",
            [
                "TMPDIR=\(folder)", try Vendor.program("localstripe"), "--port", "\(port)",
                "--from-scratch",
            ], log: folder + "/log")
        do {
            let local = Localstripe(url: "http://127.0.0.1:\(port)")
            try await local.ready()
            try await body(local)
        } catch {
            program.send(SIGKILL)
            try await program.waitForEnd()
            throw error
        }
        // Tests start it with the signals blocked that they do not listen to themselves.
        program.send(SIGKILL)
        try await program.waitForEnd()
    }

    private func ready() async throws {
        let question = HTTPRequest(
            "GET", url + "/v1/customers", headers: ["Authorization": "Bearer sk_test_12345"])
        for _ in 0..<600 {
            let answer = try? await transport.send(
                question, deadline: .systemNow.advanced(by: .seconds(2)))
            if answer?.status == 200 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ServerFailure("localstripe does not start")
    }

    func send(
        _ request: HTTPRequest, deadline: Instant
    ) async throws(ProviderError) -> HTTPResponse {
        var request = request
        let fields = request.form.split(separator: "&").filter { field in
            !Self.unknown.contains(String(field.prefix { $0 != "=" }))
        }
        request.body = Array(fields.joined(separator: "&").utf8)
        var response = try await transport.send(request, deadline: deadline)
        if response.status == 200 { count.withLock { $0 += 1 } }
        if let received = Self.received(response.body) {
            response.body =
                Array(#"{"amount_received":\#(received),"#.utf8) + response.body.dropFirst()
        }
        return response
    }

    private struct Intent: Decodable {
        struct Charge: Decodable {
            struct Refunds: Decodable { let data: [Refund] }
            struct Refund: Decodable {
                let amount: Int64
                let paymentIntent: String?
            }

            let amount: Int64
            let refunds: Refunds
        }

        let object: String
        let status: String
        let latestCharge: Charge?
    }

    /// What was taken of a payment: its charge without what the capture released, which localstripe
    /// keeps as a refund of no payment.
    private static func received(_ body: [UInt8]) -> Int64? {
        guard let intent = StripeJSON.decode(Intent.self, body), intent.object == "payment_intent",
            intent.status == "succeeded", let charge = intent.latestCharge
        else { return nil }
        return charge.refunds.data.filter { $0.paymentIntent == nil }
            .reduce(charge.amount) { $0 - $1.amount }
    }
}
