import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Applying a large plan at the command line` {
    @Test func `wants a second person who is named, and says how`() async throws {
        try await Guildhall.withDatabase { storage, environment, _ in
            for email in ["ines@example.test", "omar@example.test"] {
                let made = try await Guildhall.run(
                    "admin", "create", "--email", email, "--role", "finance", "--password",
                    "correct horse battery", environment: environment)
                #expect(made.code == 0, "\(made.said)")
            }
            let plan = ID<PayoutPlan>()
            try await storage.database.execute(
                """
                insert into payout_plan (id, fingerprint, needs_approval)
                values (\(plan), sha256(''), true)
                """)
            func payouts(_ arguments: String...) async throws -> Guildhall.Outcome {
                try await Guildhall.run(all: ["payouts"] + arguments, environment: environment)
            }

            let unseen = try await payouts("apply", "\(plan)", "--by", "ines@example.test")
            #expect(unseen.code == 1)
            #expect(unseen.said.contains("`guildhall payouts approve \(plan) --by EMAIL`"))

            let agreed = try await payouts("approve", "\(plan)", "--by", "ines@example.test")
            #expect(agreed.code == 0, "\(agreed.said)")
            for same in [[], ["--by", "ines@example.test"]] {
                let refused = try await Guildhall.run(
                    all: ["payouts", "apply", "\(plan)"] + same, environment: environment)
                #expect(refused.code == 1)
                #expect(refused.said.contains("`guildhall payouts apply \(plan) --by EMAIL`"))
            }
            let stranger = try await payouts("apply", "\(plan)", "--by", "eve@example.test")
            #expect(stranger.said.contains("is no administrator who may pay out"))

            // It gets as far as what is in it, which is nothing.
            let named = try await payouts("apply", "\(plan)", "--by", "omar@example.test")
            #expect(named.said.contains("Nothing would be paid by this plan."))
            let open = try await storage.database.query(
                "select state from payout_plan where id = \(plan)"
            ).decode { c in try c.next(String.self) }
            #expect(open == ["open"])
        }
    }
}
