import Vocabulary

/// An address as it is typed or sent; a second line may be blank.
public struct AddressInput: Described {
    public let name: String
    public let lines: [String]
    public let city: String
    public let region: String?
    public let postalCode: String?
    public let country: String
    public let phone: String?

    public static let rules: [String: [Rule]] = [
        "name": [.length(1...120)],
        "lines": [.count(1...3), .each([.length(0...120)]), .about("Street and number.")],
        "city": [.length(1...80)], "region": [.length(0...40)],
        "postalCode": [.length(0...16)],
        "country": [.length(2...2), .pattern(.country), .about("ISO 3166-1 alpha-2.")],
        "phone": [.length(0...40)],
    ]

    public var address: Address {
        Address(
            name: name, lines: lines, city: city, region: region, postalCode: postalCode,
            country: country, phone: phone)
    }
}
