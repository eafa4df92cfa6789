import Vocabulary

/// What is said of a thing when one attribute is asked.
public struct ListingAttribute: Hashable, Sendable, Codable {
    /// The attribute's handle.
    public var attribute: String
    /// Handles of its values: some of a choice, `yes` or `no` of a flag, none of a number.
    public var values: [String]
    /// Of a number.
    public var number: Int?

    public init(_ attribute: String, values: [String] = [], number: Int? = nil) {
        self.attribute = attribute
        self.values = values
        self.number = number
    }

    public var isBlank: Bool { values.isEmpty && number == nil }

    /// How many values of a choice may be said of one thing.
    public static let valuesMax = 10
}

/// One answer as it is written. Property names are the columns of the record set that
/// ``ListingAttributeStore`` unpacks.
struct ListingAttributeRow: Codable, Hashable, Sendable {
    let listing: ID<Listing>
    let attribute: ID<Attribute>
    let kind: Attribute.Kind
    let value: ID<AttributeValue>?
    let number: Int?

    /// Rows for what is said of a listing; what is blank says nothing.
    /// - Throws: ``InputRefusal`` for what is not asked, not offered or out of bounds, at
    ///   `attributes.0.values` and `attributes.0.number`.
    static func rows(
        _ said: [ListingAttribute], of listing: ID<Listing>, asked: [Attribute]
    ) throws(InputRefusal) -> [ListingAttributeRow] {
        var rows: [ListingAttributeRow] = []
        var known: Set<ID<Attribute>> = []
        for (index, said) in said.enumerated() where !said.isBlank {
            let field = "attributes.\(index)"
            guard let attribute = asked.first(where: { $0.handle == said.attribute }) else {
                throw InputRefusal(
                    .wrong("“\(said.attribute)” is not asked in this category."),
                    field: "\(field).attribute")
            }
            guard known.insert(attribute.id).inserted else {
                throw InputRefusal(
                    .wrong("“\(said.attribute)” is there twice."), field: "\(field).attribute")
            }
            rows += try attribute.rows(said, of: listing, field: field)
        }
        return rows
    }
}

extension Attribute {
    fileprivate func rows(
        _ said: ListingAttribute, of listing: ID<Listing>, field: String
    ) throws(InputRefusal) -> [ListingAttributeRow] {
        if kind == .number {
            let (from, to) = (least ?? 0, most ?? Self.numberMax)
            guard said.values.isEmpty, let number = said.number, (from...to).contains(number)
            else {
                throw InputRefusal(
                    .wrong("“\(name)” is a whole number from \(from) to \(to)."),
                    field: "\(field).number")
            }
            return [
                ListingAttributeRow(
                    listing: listing, attribute: id, kind: kind, value: nil, number: number)
            ]
        }
        var seen: Set<String> = []
        let chosen = said.values.filter { seen.insert($0).inserted }
        let most = kind == .flag ? 1 : ListingAttribute.valuesMax
        guard said.number == nil, chosen.count <= most else {
            throw InputRefusal(
                .wrong("Choose at most \(most) of “\(name)”."), field: "\(field).values")
        }
        var rows: [ListingAttributeRow] = []
        for handle in chosen {
            guard let value = offered.first(where: { $0.handle == handle }) else {
                throw InputRefusal(
                    .wrong("“\(name)” has no value “\(handle)”."), field: "\(field).values")
            }
            rows.append(
                ListingAttributeRow(
                    listing: listing, attribute: id, kind: kind, value: value.id, number: nil))
        }
        return rows
    }
}
