import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A provider that is asked from the page of a purchase` {
    @Test func `is asked by who settles cases, with a reason, and nobody else`() async throws {
        try await Office.run { office in
            let open = try await OpenPayment(office.market)
            let (page, payment) = ("/purchases/\(open.purchase)", "\(open.payment)")
            let action = "/payments/\(payment)/look-ups"
            let unsaid = try await office.post("/api/v1\(action)", "{}")
            #expect(unsaid.status == 422)
            let stranger = try await office.post(
                "/api/v1\(action)", #"{"reason": "To see it."}"#, as: .catalogue)
            #expect(stranger.status == 403)
            let nobodys = try await office.post(
                "/api/v1/payments/\(ID<Account>())/look-ups", #"{"reason": "To see it."}"#)
            #expect(nobodys.status == 404)

            let done = try await office.submit(
                [("reason", "She says that she paid.")], to: action, on: page, as: .support)

            #expect(done.status == 303)
            let line = try await office.market.marketplace.auditTrail(
                .object(kind: "payment", id: payment), PageRequest()
            ).items.first
            #expect(line?.action == "payment.looked-up")
            #expect(line?.reason == "She says that she paid.")
        }
    }
}
