import Kernel
import Vocabulary
import Web

/// The model of `shops.mustache`.
struct ShopsPage {
    struct Shop {
        let id: String
        let name: String
        let state: String
        let role: String
    }

    let shops: [Shop]
    let hasShops: Bool

    init(_ shops: [SellerMembership]) {
        self.shops = shops.map {
            Shop(
                id: $0.seller.description, name: $0.name, state: $0.state.label,
                role: localized(name: $0.role.rawValue))
        }
        hasShops = !shops.isEmpty
    }
}

/// The model of `profile.mustache`: a shop that is to be, or is.
struct ProfilePage {
    let isNew: Bool
    let action: String
    let warning: String?
    let name: String
    let slug: String
    let about: String
    let countries: [Choice]
    let legalName: String
    let vatNumber: String
    let originName: String
    let line1: String
    let line2: String
    let city: String
    let region: String
    let postalCode: String
    let originCountries: [Choice]
    let phone: String

    static func new(owner: String) -> ProfilePage {
        ProfilePage(["legalName": owner, "origin.name": owner], isNew: true, warning: nil)
    }

    init(_ again: Again, isNew: Bool) {
        self.init(again.values, isNew: isNew, warning: again.explanation)
    }

    init(_ seller: Seller) {
        let origin = seller.origin
        var values = [
            "name": seller.name, "slug": seller.slug, "about": seller.about,
            "country": seller.country,
        ]
        values["legalName"] = seller.legalName
        values["vatNumber"] = seller.vatNumber
        values["origin.name"] = origin?.name
        values["origin.lines"] = origin?.lines.first
        values["second"] = origin?.lines.dropFirst().joined(separator: ", ")
        values["origin.city"] = origin?.city
        values["origin.region"] = origin?.region
        values["origin.postalCode"] = origin?.postalCode
        values["origin.country"] = origin?.country
        values["origin.phone"] = origin?.phone
        self.init(values, isNew: false, warning: nil)
    }

    private init(_ values: [String: String], isNew: Bool, warning: String?) {
        self.isNew = isNew
        self.warning = warning
        action = isNew ? Links.apply : Links.shop
        name = values["name"] ?? ""
        slug = values["slug"] ?? ""
        about = values["about"] ?? ""
        countries = Choice.countries(chosen: values["country"] ?? "")
        legalName = values["legalName"] ?? ""
        vatNumber = values["vatNumber"] ?? ""
        originName = values["origin.name"] ?? ""
        line1 = values["origin.lines"] ?? ""
        line2 = values["second"] ?? ""
        city = values["origin.city"] ?? ""
        region = values["origin.region"] ?? ""
        postalCode = values["origin.postalCode"] ?? ""
        originCountries = Choice.countries(chosen: values["origin.country"] ?? "")
        phone = values["origin.phone"] ?? ""
    }
}
