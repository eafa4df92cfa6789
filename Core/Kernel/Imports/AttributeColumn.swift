/// A column that says what things are like, named as Shopify names those of metafields:
/// `Material (product.metafields.guildhall.material)`
/// (https://help.shopify.com/en/manual/products/import-export/using-csv).
struct AttributeColumn: Hashable, Sendable {
    /// As it stands in the header.
    let name: String
    /// The attribute's handle.
    let handle: String
    /// Of our own files.
    let isOurs: Bool

    private static let start = "(product.metafields."
    private static let namespace = "guildhall"

    /// Nil for any other column.
    init?(header: String) {
        name = InputText.trimmed(header)
        guard name.hasSuffix(")"), let start = name.range(of: Self.start) else { return nil }
        let path = name[start.upperBound...].dropLast().split(
            separator: ".", omittingEmptySubsequences: false)
        guard path.count == 2 else { return nil }
        // Their keys have underscores where our handles have hyphens.
        handle = path[1].lowercased().replacing("_", with: "-")
        guard Slug.isSlug(handle) else { return nil }
        isOurs = path[0] == Self.namespace
    }

    static func header(_ attribute: Attribute) -> String {
        "\(attribute.name) \(start)\(namespace).\(attribute.handle))"
    }
}
