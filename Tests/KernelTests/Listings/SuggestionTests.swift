import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Suggestions while somebody types` {
    private func titles(_ market: TestMarketplace, _ text: String) async throws -> [String] {
        try await market.marketplace.suggestions(for: text).map { suggestion in
            switch suggestion {
            case .thing(_, let title): title
            case .category(_, let name): "in \(name)"
            case .maker(_, let name): "by \(name)"
            }
        }
    }

    @Test func `are things, categories and makers that begin so`() async throws {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            _ = try await market.marketplace.createCategory(
                named: "Morning rituals", slug: "morning", by: admin.id)
            let clay = try await market.given.verifiedSeller("The Morning Kiln")
            _ = try await market.given.listing("Morning mug", by: clay)
            _ = try await market.given.listing("Evening mug", by: clay)

            #expect(
                try await titles(market, "morn")
                    == ["in Morning rituals", "by The Morning Kiln", "Morning mug"])
            #expect(try await Set(titles(market, "mug")) == ["Morning mug", "Evening mug"])
        }
    }

    @Test func `forgive typing errors, and are nothing for nothing`() async throws {
        try await TestMarketplace.run { market in
            let clay = try await market.given.verifiedSeller()
            _ = try await market.given.listing("Porcelain teapot", by: clay)

            #expect(try await titles(market, "porcelian") == ["Porcelain teapot"])
            for text in ["", "p", "zz", "%%%", "'; drop", "🫖🫖"] {
                #expect(try await titles(market, text) == [], "\(text)")
            }
        }
    }

    @Test func `are each title once, and only what is for sale`() async throws {
        try await TestMarketplace.run { market in
            let clay = try await market.given.verifiedSeller()
            for _ in 0..<3 { _ = try await market.given.listing("Blue bowl", by: clay) }
            let gone = try await market.given.listing("Blue plate", by: clay)
            try await market.marketplace.unpublishListing(gone.id, as: clay.member)

            #expect(try await titles(market, "blue") == ["Blue bowl"])
        }
    }
}
