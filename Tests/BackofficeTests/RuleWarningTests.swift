import Foundation
import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Who changes which provider serves` {
    private static let foretold = "No rule leads to a provider that takes new business then"
    private static let told = "None leads to a provider that takes new business"

    private func rule(_ office: Office, _ instances: ID<ProviderInstance>...) async throws {
        let rules = instances.map { #"{"instance": "\#($0)"}"# }.joined(separator: ", ")
        let answer = try await office.post(
            "/api/v1/provider-rules/payment", #"{"rules": [\#(rules)], "reason": "A swap."}"#)
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test func `is warned in the form before the rules lead nowhere, and on their page after`()
        async throws
    {
        try await Office.run { office in
            let old = try await office.market.given.instance()
            let new = try await office.market.given.instance()
            try await rule(office, old, new)
            let both = try await office.get("/providers/\(old)").text
            #expect(!both.contains(Self.foretold))

            try await rule(office, old)
            let page = try await office.get("/providers/\(old)").text
            // In the hints of both: to pause it, and to drain it.
            #expect(page.components(separatedBy: Self.foretold).count == 3)
            let other = try await office.get("/providers/\(new)").text
            #expect(!other.contains(Self.foretold))
            let before = try await office.get("/provider-rules/payment").text
            #expect(!before.contains(Self.told))

            _ = try await office.post(
                "/api/v1/providers/\(old)/drain", #"{"reason": "We leave them."}"#)
            let rules = try await office.get("/provider-rules/payment").text
            #expect(rules.contains(Self.told) && rules.contains("test-payment \(old)"))
            let health = try await office.get("/health").text
            #expect(health.contains(Self.told))

            try await rule(office, new)
            let after = try await office.get("/provider-rules/payment").text
            #expect(!after.contains(Self.told))
        }
    }

    @Test func `reads what a share means, for payments and for the rest`() async throws {
        try await Office.run { office in
            let payment = try await office.get("/provider-rules/payment").text
            let shipping = try await office.get("/provider-rules/shipping").text

            #expect(payment.contains("The providers of all rules that fit a checkout are offered"))
            #expect(shipping.contains("The first rule that fits, and whose share"))
        }
    }
}
