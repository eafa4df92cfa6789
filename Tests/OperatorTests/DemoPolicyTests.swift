import Foundation
import Testing

@Suite struct `The shops of the demo market` {
    private struct Market: Decodable {
        struct Shop: Decodable {
            let slug: String
            let policies: [String]
        }
        let sellers: [Shop]
    }

    @Test func `each say what they promise of returns, care and custom orders, in their own words`()
        throws
    {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let market = try JSONDecoder().decode(
            Market.self,
            from: Data(contentsOf: root.appendingPathComponent("Config/demo/market.json")))

        #expect(market.sellers.count == 6)
        for shop in market.sellers {
            for topic in ["Returns", "Care", "Custom orders"] {
                #expect(
                    shop.policies.contains { $0.hasPrefix(topic) }, "\(shop.slug): \(topic)")
            }
            // As much as `setPolicies` takes.
            #expect(shop.policies.joined(separator: "\n\n").count <= 10_000)
            #expect(!shop.policies.contains { $0.contains("\n") || $0.count < 40 })
        }
        let all = market.sellers.flatMap(\.policies)
        #expect(Set(all).count == all.count)
    }
}
