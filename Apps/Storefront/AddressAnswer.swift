import Vocabulary

/// An address in an answer.
struct AddressAnswer: Codable, Sendable {
    let name: String
    let lines: [String]
    let city: String
    let region: String?
    let postalCode: String?
    let country: String
    let phone: String?

    init(_ address: Address) {
        name = address.name
        lines = address.lines
        city = address.city
        region = address.region
        postalCode = address.postalCode
        country = address.country
        phone = address.phone
    }
}
