import Kernel
import Vocabulary

extension Seeding {
    /// What is asked of things, with the values to choose from; what is there already stays as it
    /// is.
    /// - Parameter isFirst: one that is there may have been interrupted before its values.
    func attributes(isFirst: Bool, by admin: ID<Account>) async throws {
        let known = Dictionary(
            try await marketplace.attributes().map { ($0.handle, $0) },
            uniquingKeysWith: { first, _ in first })
        let places = Dictionary(
            try await marketplace.categories().map { ($0.slug, $0.id) },
            uniquingKeysWith: { first, _ in first })
        for (position, asked) in (market.attributes ?? []).enumerated() {
            let begun = known[asked.handle]
            guard begun == nil || isFirst else { continue }
            var id = begun?.id
            if id == nil {
                id = try await marketplace.createAttribute(
                    AttributeDraft(
                        name: asked.name, names: asked.names ?? CategoryNames(),
                        unit: asked.unit, least: asked.least, most: asked.most,
                        isFacet: asked.isFacet ?? true, position: position * 10),
                    handle: asked.handle, kind: asked.kind,
                    in: asked.category.flatMap { places[$0] }, by: admin
                ).id
            }
            guard let id else { continue }
            let present = Set(begun?.values.map(\.handle) ?? [])
            for (position, value) in (asked.values ?? []).enumerated()
            where !present.contains(value.handle) {
                try await marketplace.addAttributeValue(
                    AttributeValueDraft(
                        name: value.name, names: value.names ?? CategoryNames(),
                        position: position * 10), handle: value.handle, to: id, by: admin)
            }
        }
    }
}
