import Vocabulary

extension Marketplace {
    /// The whole tree: parents before children, each level in its order.
    public func categories() async throws -> [Category] {
        try await shownCategories.value(true) { try await database.categories.list() }
    }

    /// - Throws: ``CategoryRefusal/unknown``.
    public func category(slug: String) async throws -> Category {
        guard let category = try await categories().first(where: { $0.slug == slug }) else {
            throw CategoryRefusal.unknown
        }
        return category
    }

    /// Adds a branch to the tree.
    /// - Throws: ``CategoryRefusal``.
    @discardableResult
    public func createCategory(
        named name: String, names: CategoryNames = CategoryNames(), slug: String? = nil,
        under parent: ID<Category>? = nil, position: Int = 0, taxCode: String = "standard",
        by admin: ID<Account>?
    ) async throws -> Category {
        let name = try InputText.line(name, field: "name", lengths: 1...80)
        let names = try names.checked()
        let taxCode = try InputText.line(taxCode, field: "taxCode", lengths: 1...40)
        let slug = slug.map(InputText.trimmed) ?? Slug.made(of: name)
        guard Slug.isSlug(slug), slug.utf8.count <= 60 else { throw CategoryRefusal.slugInvalid }
        return try await refusing("category_slug_key", as: CategoryRefusal.slugTaken) {
            try await database.transaction { tx in
                var path: [ID<Category>] = []
                if let parent {
                    guard let found = try await tx.categories.find(parent) else {
                        throw CategoryRefusal.unknown
                    }
                    path = found.path
                }
                guard path.count < Category.depthMax else { throw CategoryRefusal.tooDeep }
                guard try await tx.categories.list().count < Category.countMax else {
                    throw CategoryRefusal.tooMany
                }
                let id = ID<Category>()
                let category = Category(
                    id: id, parent: parent, slug: slug, name: name, names: names,
                    path: path + [id],
                    position: min(max(position, 0), 10_000), taxCode: taxCode)
                try await tx.categories.insert(category)
                try await tx.audit.record(
                    "category.created", on: "category", id.description, by: admin, reason: slug)
                return category
            }
        }
    }
}
