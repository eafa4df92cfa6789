import Kernel
import Vocabulary
import Web

/// What a shop says about itself, as it is typed.
struct ProfileInput: Described {
    let name: String
    let slug: String?
    let about: String?
    let country: String
    let legalName: String?
    let vatNumber: String?
    let origin: AddressInput?

    static let rules: [String: [Rule]] = [
        "name": [.length(2...120)], "slug": [.length(0...60)], "about": [.length(0...10_000)],
        "country": [.pattern(.country)], "legalName": [.length(0...200)],
        "vatNumber": [.length(0...20)],
    ]

    var profile: SellerProfile {
        SellerProfile(
            name: name, slug: slug, about: about, country: country, legalName: legalName,
            vatNumber: vatNumber, origin: origin?.address)
    }
}
