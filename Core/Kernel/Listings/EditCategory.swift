import Postgres
import Vocabulary

/// A category as it is typed in.
public struct CategoryDraft: Sendable {
    /// In English.
    public let name: String
    public let names: CategoryNames
    public let slug: String
    /// Nil for a branch at the top.
    public let parent: ID<Category>?
    /// Its place among its siblings, 0 to 10,000.
    public let position: Int
    /// What a tax module knows the goods as.
    public let taxCode: String

    public init(
        name: String, names: CategoryNames = CategoryNames(), slug: String,
        parent: ID<Category>?, position: Int, taxCode: String
    ) {
        self.name = name
        self.names = names
        self.slug = slug
        self.parent = parent
        self.position = position
        self.taxCode = taxCode
    }
}

extension Marketplace {
    /// One category with where it stands.
    /// - Throws: ``CategoryRefusal/unknown``.
    public func category(_ id: ID<Category>) async throws -> Category {
        guard let category = try await database.categories.find(id) else {
            throw CategoryRefusal.unknown
        }
        return category
    }

    /// Renames a category, or moves it with all that is below it and all that is in it.
    ///
    /// Orders keep the commission that they were placed with; what is placed from now on is
    /// looked up by the new place.
    /// - Throws: ``CategoryRefusal``; ``InputRefusal`` for name and tax code.
    @discardableResult
    public func changeCategory(
        _ id: ID<Category>, to draft: CategoryDraft, reason: String? = nil,
        by admin: ID<Account>
    ) async throws -> Category {
        let name = try InputText.line(draft.name, field: "name", lengths: 1...80)
        let names = try draft.names.checked()
        let taxCode = try InputText.line(draft.taxCode, field: "taxCode", lengths: 1...40)
        let slug = InputText.trimmed(draft.slug)
        guard Slug.isSlug(slug), slug.utf8.count <= 60 else { throw CategoryRefusal.slugInvalid }
        return try await refusing("category_slug_key", as: CategoryRefusal.slugTaken) {
            try await database.transaction { tx in
                let tree = try await tx.categories.lockTree()
                guard var category = tree.first(where: { $0.id == id }) else {
                    throw CategoryRefusal.unknown
                }
                let before = category
                category.name = name
                category.names = names
                category.slug = slug
                category.taxCode = taxCode
                category.position = min(max(draft.position, 0), 10_000)
                let moved = try category.moved(under: draft.parent, in: tree)
                let seen = try await tx.audit.before("category", id.description)
                try await tx.categories.save(moved)
                try await tx.categories.takeListingsAlong(moved.map(\.id))
                try await tx.audit.record(
                    "category.changed", on: "category", id.description, by: admin,
                    reason: ["\(before.slug) → \(slug)", reason].compactMap { $0 }
                        .joined(separator: ": "), before: seen)
                return moved[0]
            }
        }
    }
}

extension Category {
    /// This category below `parent`, and after it all that is below it, with their new paths.
    /// - Throws: `unknown` for a parent that is not there, `insideItself`, `tooDeep`.
    func moved(
        under parent: ID<Category>?, in tree: [Category]
    ) throws(CategoryRefusal) -> [Category] {
        var above: [ID<Category>] = []
        if let parent {
            guard let found = tree.first(where: { $0.id == parent }) else { throw .unknown }
            guard !found.path.contains(id) else { throw .insideItself }
            above = found.path
        }
        var moved: [Category] = []
        for var category in [self] + tree.filter({ $0.id != id && $0.path.contains(id) }) {
            let below = category.path.drop { $0 != id }
            category.path = above + below
            guard category.path.count <= Self.depthMax else { throw .tooDeep }
            if category.id == id { category.parent = parent }
            moved.append(category)
        }
        return moved
    }
}
