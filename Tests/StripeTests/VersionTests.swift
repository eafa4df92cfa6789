import ProviderKit
import Testing
import Vocabulary

@testable import StripePayments

@Suite struct `The version of a payment at Stripe` {
    /// Where a PaymentIntent may go from each status, by Stripe's life cycle.
    private static let moves: [String: [String]] = [
        "requires_action": [
            "processing", "requires_payment_method", "requires_capture",
            "succeeded", "canceled",
        ],
        "processing": ["requires_payment_method", "requires_capture", "succeeded", "canceled"],
        "requires_payment_method": ["requires_capture", "succeeded", "canceled"],
        "requires_capture": ["succeeded", "canceled"],
        "succeeded": [], "canceled": [],
    ]

    private func snapshot(
        _ status: String, received: Int64 = 0, refunded: Int64 = 0
    ) async throws -> PaymentSnapshot {
        let transport = ScriptedTransport { _ in
            json(intent(status, received: received, refunded: refunded, captured: 4250))
        }
        return try #require(try await stripe(transport).lookup(.reference("pi_1"), context()))
    }

    @Test func `grows along every way that a payment can take`() async throws {
        for (from, following) in Self.moves {
            let before = try await snapshot(from, received: from == "succeeded" ? 4250 : 0)
            for next in following {
                let after = try await snapshot(next, received: next == "succeeded" ? 4250 : 0)
                #expect(after.version > before.version, "\(from) -> \(next)")
            }
        }
    }

    @Test func `grows with every refund, and is the same for the same payment`() async throws {
        var versions: [Int64] = []
        for refunded in [Int64(0), 1, 100, 4249, 4250] {
            let snapshot = try await snapshot("succeeded", received: 4250, refunded: refunded)
            #expect(snapshot.refunded == Money(refunded, .eur))
            versions.append(snapshot.version)
        }
        #expect(versions == versions.sorted() && Set(versions).count == versions.count)
        #expect(try await snapshot("succeeded", received: 4250).version == versions[0])
    }

    @Test func `never overflows, at the largest amounts that exist`() {
        let most = Money(Money.amountMax, .eur)
        let version = StripePayment.version(.captured, captured: most, refunded: most)
        #expect(
            version > StripePayment.version(.captured, captured: most, refunded: Money(1, .eur)))
        #expect(version > StripePayment.version(.voided, captured: most, refunded: most))
    }

    @Test func `an unknown status is loud`() async throws {
        let transport = ScriptedTransport { _ in json(intent("dreaming")) }
        await #expect(throws: ProviderError.self) {
            try await stripe(transport).lookup(.reference("pi_1"), context())
        }
    }
}

@Suite struct `What a seller has to tell Stripe` {
    @Test(arguments: [
        ("external_account", "A bank account for payouts"),
        ("individual.dob.day", "Date of birth"),
        ("tos_acceptance.date", "Consent to Stripe's terms"),
        ("person_1Nv0FGQ.address.city", "Home address of a person in charge"),
        (
            "representative.verification.document",
            "A picture of an identity document of a person in charge"
        ),
        ("company.some_new_thing", "Company: some new thing"),
        ("", "Something that only Stripe's page names"),
    ])
    func `is said in words`(_ code: String, _ words: String) {
        #expect(RequirementWords.words(for: code) == words)
    }
}
