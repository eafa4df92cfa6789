import Vocabulary
import Web

/// An address as it is typed: the second line may be blank.
struct AddressInput: Described {
    let name: String
    let lines: [String]
    let city: String
    let region: String?
    let postalCode: String?
    let country: String
    let phone: String?

    static let rules: [String: [Rule]] = [
        "name": [.length(1...120)],
        "lines": [.count(1...3), .each([.length(0...120)]), .about("Street and number.")],
        "city": [.length(1...80)], "region": [.length(0...40)],
        "postalCode": [.length(0...16)],
        "country": [.length(2...2), .pattern(.country), .about("ISO 3166-1 alpha-2.")],
        "phone": [.length(0...40)],
    ]

    var address: Address {
        Address(
            name: name, lines: lines, city: city, region: region, postalCode: postalCode,
            country: country, phone: phone)
    }
}
