import Foundation
import Kernel
import Vocabulary

/// What `market.json` in the demo's folder says: who is in the market and what it sells.
struct DemoMarket: Decodable, Sendable {
    struct Person: Decodable, Sendable {
        let name: String
        let email: String
        var address: Address?
    }

    struct Shop: Decodable, Sendable {
        let slug: String
        let name: String
        let person: String
        let email: String
        let about: String
        let address: Address
        let iban: String
        /// The path of a catalogue in Shopify's product CSV format; pictures stand beside it.
        let catalogue: String
        /// What it says of returns, care and the like, a paragraph each.
        var policies: [String]?
        /// What it takes for sending things; the first is the default.
        var shipping: [Shipping]?
    }

    struct Shipping: Decodable, Sendable {
        struct Zone: Decodable, Sendable {
            let countries: [String]
            let currency: Currency
            let first: Int64
            let further: Int64
            var freeFrom: Int64?
            var steps: [WeightStep]?
            let daysMin: Int
            let daysMax: Int
        }

        let name: String
        let handlingDays: Int
        let sentFrom: String
        let zones: [Zone]
        /// The handles of what names it.
        var things: [String]?

        var draft: ShippingProfileDraft {
            ShippingProfileDraft(
                name: name, handlingDays: handlingDays, sentFrom: sentFrom,
                zones: zones.map {
                    ShippingZone(
                        countries: $0.countries, currency: $0.currency, first: $0.first,
                        further: $0.further, freeFrom: $0.freeFrom, steps: $0.steps ?? [],
                        daysMin: $0.daysMin, daysMax: $0.daysMax)
                })
        }
    }

    struct LookedAt: Decodable, Sendable {
        let text: String
        let isRequired: Bool
    }

    struct Category: Decodable, Sendable {
        let slug: String
        let name: String
        /// In other languages than English.
        var names: CategoryNames?
        var children: [Category]?
        /// The product types of catalogues that belong here.
        var types: [String]?
    }

    /// What is asked of things.
    struct Asked: Decodable, Sendable {
        struct Value: Decodable, Sendable {
            let handle: String
            let name: String
            var names: CategoryNames?
        }

        let handle: String
        /// A slug; without it, it is asked of everything.
        var category: String?
        let name: String
        var names: CategoryNames?
        let kind: Attribute.Kind
        var unit: String?
        var least: Int?
        var most: Int?
        var isFacet: Bool?
        var values: [Value]?
    }

    struct Opinion: Decodable, Sendable {
        let seller: String
        let handle: String
        let customer: String
        let stars: Int
        let text: String
    }

    let currency: String
    /// Everybody's. A demo has no secrets.
    let password: String
    let administrator: Person
    let customers: [Person]
    /// What is looked at before a shop is verified.
    var checklist: [LookedAt]?
    let sellers: [Shop]
    let categories: [Category]
    var attributes: [Asked]?
    let reviews: [Opinion]

    /// Reads `market.json` in `folder`.
    static func read(folder: String) throws -> DemoMarket {
        let path = folder + "/market.json"
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw OperatorProblem(
                "There is no \(path); GUILDHALL_DEMO must name the folder of a demo market.")
        }
        do {
            return try JSONDecoder().decode(DemoMarket.self, from: bytes)
        } catch {
            throw OperatorProblem("\(path) cannot be read: \(error)")
        }
    }

    /// The slug of the category for each product type.
    var categoryOfType: [String: String] {
        var found: [String: String] = [:]
        func look(_ categories: [Category]) {
            for category in categories {
                for type in category.types ?? [] { found[type] = category.slug }
                look(category.children ?? [])
            }
        }
        look(categories)
        return found
    }
}
