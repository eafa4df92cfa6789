import Kernel
import Vocabulary

struct AttributeAnswer: Codable {
    struct AttributeValueAnswer: Codable {
        let id: ID<AttributeValue>
        /// What addresses, files and programs call it.
        let handle: String
        /// In English.
        let name: String
        let nameDe: String?
        let nameFr: String?
        let position: Int
        let isRetired: Bool

        init(_ value: AttributeValue) {
            id = value.id
            handle = value.handle
            name = value.name
            nameDe = value.names.de
            nameFr = value.names.fr
            position = value.position
            isRetired = value.isRetired
        }
    }

    let id: ID<Attribute>
    /// Asked in it and in all below it; absent is asked of everything.
    let category: ID<Category>?
    /// What addresses, files and programs call it.
    let handle: String
    /// In English.
    let name: String
    let nameDe: String?
    let nameFr: String?
    let kind: String
    /// Of a number.
    let unit: String?
    let least: Int?
    let most: Int?
    /// Whether lists are narrowed by it.
    let isFacet: Bool
    let position: Int
    let isRetired: Bool
    let values: [AttributeValueAnswer]

    init(_ attribute: Attribute) {
        id = attribute.id
        category = attribute.category
        handle = attribute.handle
        name = attribute.name
        nameDe = attribute.names.de
        nameFr = attribute.names.fr
        kind = attribute.kind.rawValue
        unit = attribute.unit
        least = attribute.least
        most = attribute.most
        isFacet = attribute.isFacet
        position = attribute.position
        isRetired = attribute.isRetired
        values = attribute.values.map { AttributeValueAnswer($0) }
    }
}

struct AttributesAnswer: Codable { let items: [AttributeAnswer] }
