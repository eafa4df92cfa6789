import ProviderKit
import Testing
import Vocabulary

@testable import StripePayments

@Suite struct `A number of Stripe's that nobody means` {
    @Test(arguments: [Int64.max, Int64.min, Money.amountMax + 1, -Money.amountMax - 1])
    func `is no amount`(_ units: Int64) {
        #expect(StripeAmount.money(units, "eur") == nil)
        #expect(StripeAmount.money(units, "isk") == nil)
    }

    @Test(arguments: [Int64.max, Int64.min])
    func `leaves a payment in doubt and ends nobody's process`(_ absurd: Int64) async throws {
        for text in [
            intent("succeeded", amount: absurd, received: absurd, refunded: absurd),
            intent("succeeded", amount: absurd, received: 4250, refunded: absurd),
            intent("succeeded", amount: 4250, received: absurd, refunded: 100),
            intent("requires_capture", amount: absurd),
        ] {
            let refunds = """
                {"object":"list","has_more":false,"data":[
                {"id":"re_1","object":"refund","amount":\(absurd),"currency":"eur",
                 "status":"succeeded","payment_intent":"pi_1",
                 "metadata":{"guildhall_refund":"r1"}},
                {"id":"re_2","object":"refund","amount":\(absurd),"currency":"eur",
                 "status":"succeeded","payment_intent":"pi_1",
                 "metadata":{"guildhall_refund":"r2"}}]}
                """
            let transport = ScriptedTransport { request throws(ProviderError) in
                json(request.target.hasPrefix("/v1/refunds") ? refunds : text)
            }
            let found = await #expect(throws: ProviderError.self) {
                try await stripe(transport).lookup(.reference("pi_1"), context())
            }
            #expect(found?.isDefinite == false)
        }
    }

    /// Part of it was captured, so that the refunds are asked for one by one.
    @Test(arguments: [(Int64.max, Int64(4000)), (Int64.min, Int64(0))])
    func `is bounded before it is added to another`(
        _ absurd: Int64, _ refunded: Int64
    ) async throws {
        let text = intent("succeeded", amount: 4250, received: 4000, refunded: 250)
        let refund = """
            {"id":"re_1","object":"refund","amount":\(absurd),"currency":"eur",
             "status":"succeeded","payment_intent":"pi_1","metadata":{"guildhall_refund":"r1"}}
            """
        let transport = ScriptedTransport { request throws(ProviderError) in
            json(
                request.target.hasPrefix("/v1/refunds")
                    ? "{\"has_more\":false,\"data\":[\(refund),\(refund)]}" : text)
        }

        let found = try await stripe(transport).lookup(.reference("pi_1"), context())

        #expect(found?.refunded == Money(refunded, .eur))
    }
}
