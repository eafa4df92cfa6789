import Kernel
import Vocabulary

extension Seeding {
    /// The tree of categories; branches that are there already stay as they are.
    func categories(by admin: ID<Account>) async throws {
        var known = Dictionary(
            try await marketplace.categories().map { ($0.slug, $0.id) },
            uniquingKeysWith: { first, _ in first })
        try await plant(market.categories, under: nil, &known, by: admin)
    }

    private func plant(
        _ branches: [DemoMarket.Category], under parent: ID<Category>?,
        _ known: inout [String: ID<Category>], by admin: ID<Account>
    ) async throws {
        for (position, branch) in branches.enumerated() {
            if known[branch.slug] == nil {
                known[branch.slug] = try await marketplace.createCategory(
                    named: branch.name, names: branch.names ?? CategoryNames(), slug: branch.slug,
                    under: parent, position: position, by: admin
                ).id
            }
            try await plant(branch.children ?? [], under: known[branch.slug], &known, by: admin)
        }
    }
}
