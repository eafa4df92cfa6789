import Foundation
import ProviderKit
import StripePayments
import Testing
import Vocabulary

@Suite struct `A transfer to a seller's account` {
    private func transfer(reversed: Int64) -> HTTPResponse {
        json(
            """
            {"id":"tr_1","object":"transfer","amount":4250,"amount_reversed":\(reversed),
             "currency":"eur","destination":"acct_1","created":1790000000,
             "metadata":{"guildhall_payout":"p1"}}
            """)
    }

    @Test(
        arguments: [
            (0, TransferStatus.succeeded, nil), (1, .succeeded, "reversed_in_part"),
            (4249, .succeeded, "reversed_in_part"), (4250, .failed, "reversed"),
        ] as [(Int64, TransferStatus, String?)])
    func `says what of it was taken back, in Stripe's dashboard too`(
        _ reversed: Int64, _ status: TransferStatus, _ code: String?
    ) async throws {
        let answer = transfer(reversed: reversed)
        let transport = ScriptedTransport { _ throws(ProviderError) in answer }

        let found = try #require(
            try await stripe(transport).lookupPayout(.reference("tr_1"), context()))

        #expect(found.status == status && found.failureCode == code)
        #expect(found.amount == Money(4250, .eur) && found.version == 1 + reversed)
        #expect(found.payoutID == "p1")
    }
}

@Suite struct `The README of the Stripe module` {
    private static let text: String = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = folder.appending(path: "../../Plugins/Payments/Stripe/README.md")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()

    @Test(arguments: StripePayments.descriptor.fields.map(\.key))
    func `has every setting in its table`(_ key: String) {
        let rows = Self.text.split(separator: "\n").filter { $0.hasPrefix("| `") }

        #expect(rows.contains { $0.split(separator: "|")[0].contains("`\(key)`") }, "\(key)")
    }
}
