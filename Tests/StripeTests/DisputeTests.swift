import ProviderKit
import Testing
import Vocabulary

@testable import StripePayments

@Suite struct `A dispute at Stripe` {
    private func dispute(_ movements: String, status: String = "needs_response") throws
        -> DisputeSnapshot
    {
        let body = try #require(
            StripeJSON.decode(
                DisputeBody.self,
                Array(
                    """
                    {"id":"du_1","object":"dispute","amount":4250,"currency":"eur",
                     "status":"\(status)","reason":"fraudulent","payment_intent":"pi_1",
                     "balance_transactions":[\(movements)],
                     "evidence_details":{"due_by":1800000000}}
                    """.utf8)))
        return try body.snapshot(of: "pi_1")
    }

    @Test func `says what it took and what it costs`() throws {
        let known = try dispute(#"{"amount":-4250,"fee":1500,"currency":"eur"}"#)
        #expect(known.withdrawn == Money(4250, .eur) && known.fee == Money(1500, .eur))
        #expect(known.amount == Money(4250, .eur) && known.status == .needsResponse)
    }

    /// Its state is worth knowing, though nobody can say how many euros so many dollars were.
    @Test func `that was settled in another currency is known, without its money`() throws {
        let open = try dispute(#"{"amount":-4600,"fee":1500,"currency":"usd"}"#)
        #expect(open.withdrawn == Money(0, .eur) && open.fee == Money(0, .eur))
        #expect(open.amount == Money(4250, .eur) && open.status == .needsResponse)
        #expect(open.respondBy == Instant(secondsSince1970: 1_800_000_000))

        let won = try dispute(
            #"{"amount":-4600,"fee":1500,"currency":"usd"},"#
                + #"{"amount":4600,"fee":0,"currency":"usd"}"#, status: "won")
        #expect(won.status == .won && won.version > open.version)
    }

    private static func listed(_ name: String, _ status: String, amount: String = "4250") -> String
    {
        """
        {"id":"\(name)","object":"dispute","amount":\(amount),"currency":"eur",
         "status":"\(status)","reason":"fraudulent","balance_transactions":[],
         "payment_intent":{"id":"pi_1","metadata":{"guildhall_payment":"p-1"}}}
        """
    }

    @Test func `in a state that came after this module is named, and the others are told`()
        async throws
    {
        let rows = [
            Self.listed("du_1", "needs_response"), Self.listed("du_2", "mediation"),
            Self.listed("du_3", "lost", amount: "\(Int64.max)"), Self.listed("du_4", "won"),
        ]
        let list =
            #"{"object":"list","has_more":false,"data":["# + rows.joined(separator: ",") + "]}"
        let provider = try stripe(
            ScriptedTransport { request throws(ProviderError) in
                json(request.target.contains("/v1/disputes/du_2") ? rows[1] : list)
            })

        let page = try await provider.disputes(since: .systemNow, after: nil, context())
        let error = await #expect(throws: ProviderError.self) {
            try await provider.lookupDispute("du_2", context())
        }

        #expect(page.disputes.map(\.reference) == ["du_1", "du_4"])
        #expect(page.unreadable.map(\.reference) == ["du_2", "du_3"])
        #expect(page.unreadable[0].problem == "The dispute is mediation.")
        #expect(
            error
                == .invalidRequest(
                    code: UnreadableDispute.code, message: "The dispute is mediation."))
    }
}
