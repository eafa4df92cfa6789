import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Changing the tree of categories` {
    /// Home › Kitchen › Bowls, and Garden.
    private struct Tree {
        let market: TestMarketplace
        let admin: Account
        let home: Kernel.Category
        let kitchen: Kernel.Category
        let bowls: Kernel.Category
        let garden: Kernel.Category

        init(_ market: TestMarketplace) async throws {
            self.market = market
            admin = try await market.given.administrator()
            let kernel = market.marketplace
            home = try await kernel.createCategory(named: "Home", by: admin.id)
            kitchen = try await kernel.createCategory(
                named: "Kitchen", under: home.id, by: admin.id)
            bowls = try await kernel.createCategory(
                named: "Bowls", under: kitchen.id, by: admin.id)
            garden = try await kernel.createCategory(named: "Garden", by: admin.id)
        }

        @discardableResult
        func change(
            _ category: Kernel.Category, name: String? = nil, slug: String? = nil,
            under parent: Kernel.Category?
        ) async throws -> Kernel.Category {
            try await market.marketplace.changeCategory(
                category.id,
                to: CategoryDraft(
                    name: name ?? category.name, slug: slug ?? category.slug, parent: parent?.id,
                    position: 3, taxCode: category.taxCode), by: admin.id)
        }

        func found(in category: Kernel.Category) async throws -> [String] {
            var query = CardQuery()
            query.category = try await market.marketplace.category(category.id)
            return try await market.marketplace.cards(query).items.map(\.title)
        }
    }

    @Test func `what is in a category that is moved goes along`() async throws {
        try await TestMarketplace.run { market in
            let tree = try await Tree(market)
            let seller = try await market.given.verifiedSeller()
            let bowl = try await market.given.listing("Bowl", by: seller, category: tree.bowls.id)
            #expect(try await tree.found(in: tree.home) == ["Bowl"])

            let moved = try await tree.change(tree.kitchen, under: tree.garden)

            #expect(moved.path == [tree.garden.id, tree.kitchen.id])
            #expect(try await tree.found(in: tree.home).isEmpty)
            #expect(try await tree.found(in: tree.garden) == ["Bowl"])
            #expect(try await tree.found(in: tree.bowls) == ["Bowl"])
            let listing = try await market.marketplace.publicListing(bowl.id)
            #expect(listing.category?.id == tree.bowls.id)
        }
    }

    @Test func `a new name and address are there at once, and in the trail`() async throws {
        try await TestMarketplace.run { market in
            let tree = try await Tree(market)

            try await tree.change(tree.garden, name: "Outside", slug: "outside", under: nil)

            #expect(try await market.marketplace.category(slug: "outside").name == "Outside")
            await #expect(throws: CategoryRefusal.unknown) {
                try await market.marketplace.category(slug: "garden")
            }
            let trail = try await market.marketplace.auditTrail(
                .object(kind: "category", id: tree.garden.id.description), PageRequest())
            #expect(trail.items.first?.action == "category.changed")
        }
    }

    @Test func `a name in another language is kept, and none is the English one`() async throws {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let kernel = market.marketplace
            let made = try await kernel.createCategory(
                named: "Bowls", names: CategoryNames(de: " Schalen ", fr: " "), by: admin.id)

            let found = try await kernel.category(made.id)
            #expect(found.names == CategoryNames(de: "Schalen"))
            #expect(found.name(in: .german) == "Schalen")
            #expect(found.name(in: .french) == "Bowls" && found.name(in: .english) == "Bowls")

            _ = try await kernel.changeCategory(
                made.id,
                to: CategoryDraft(
                    name: "Bowls", names: CategoryNames(fr: "Bols"), slug: made.slug, parent: nil,
                    position: 0, taxCode: "standard"), by: admin.id)
            let changed = try await kernel.categories().first { $0.id == made.id }
            #expect(changed?.names == CategoryNames(fr: "Bols"))
            await #expect(throws: InputRefusal.self) {
                try await kernel.createCategory(
                    named: "Cups", names: CategoryNames(de: String(repeating: "x", count: 81)),
                    by: admin.id)
            }
        }
    }

    @Test func `nothing stands below itself, too deep, twice or nowhere`() async throws {
        try await TestMarketplace.run { market in
            let tree = try await Tree(market)

            await #expect(throws: CategoryRefusal.insideItself) {
                try await tree.change(tree.home, under: tree.bowls)
            }
            await #expect(throws: CategoryRefusal.insideItself) {
                try await tree.change(tree.home, under: tree.home)
            }
            await #expect(throws: CategoryRefusal.tooDeep) {
                try await tree.change(tree.home, under: tree.garden)
            }
            await #expect(throws: CategoryRefusal.slugTaken) {
                try await tree.change(tree.home, slug: "garden", under: nil)
            }
            await #expect(throws: CategoryRefusal.slugInvalid) {
                try await tree.change(tree.home, slug: "Ga rden", under: nil)
            }
            #expect(try await market.marketplace.categories().count == 4)
        }
    }

    @Test func `two moves that would make a ring leave a tree`() async throws {
        try await TestMarketplace.run { market in
            let tree = try await Tree(market)

            async let one = tree.change(tree.bowls, under: tree.garden)
            async let two = tree.change(tree.garden, under: tree.bowls)
            var refused = 0
            do { _ = try await one } catch is CategoryRefusal { refused += 1 }
            do { _ = try await two } catch is CategoryRefusal { refused += 1 }

            #expect(refused == 1)
            for category in try await market.marketplace.categories() {
                #expect(category.path.last == category.id)
                #expect(Set(category.path).count == category.path.count)
            }
        }
    }
}
