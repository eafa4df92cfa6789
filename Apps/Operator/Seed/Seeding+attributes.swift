import Kernel
import Vocabulary

extension Seeding {
    /// What is asked of things, with the values to choose from; what is there already stays as it
    /// is.
    func attributes(by admin: ID<Account>) async throws {
        let known = Set(try await marketplace.attributes().map(\.handle))
        let places = Dictionary(
            try await marketplace.categories().map { ($0.slug, $0.id) },
            uniquingKeysWith: { first, _ in first })
        for (position, asked) in (market.attributes ?? []).enumerated()
        where !known.contains(asked.handle) {
            let made = try await marketplace.createAttribute(
                AttributeDraft(
                    name: asked.name, names: asked.names ?? CategoryNames(), unit: asked.unit,
                    least: asked.least, most: asked.most, isFacet: asked.isFacet ?? true,
                    position: position * 10),
                handle: asked.handle, kind: asked.kind,
                in: asked.category.flatMap { places[$0] }, by: admin)
            for (position, value) in (asked.values ?? []).enumerated() {
                try await marketplace.addAttributeValue(
                    AttributeValueDraft(
                        name: value.name, names: value.names ?? CategoryNames(),
                        position: position * 10), handle: value.handle, to: made.id, by: admin)
            }
        }
    }
}
