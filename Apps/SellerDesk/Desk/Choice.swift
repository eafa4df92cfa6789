import Kernel
import Web
import Vocabulary

/// One entry of a select box.
struct Choice {
    let value: String
    let label: String
    let isChosen: Bool

    init(_ value: String, _ label: String, chosen: String?) {
        self.value = value
        self.label = label
        isChosen = value == chosen
    }

    static func currencies(chosen: String?) -> [Choice] {
        ["EUR", "USD", "GBP", "CHF", "SEK", "DKK", "NOK", "PLN", "CZK", "JPY"].map {
            Choice($0, $0, chosen: chosen)
        }
    }

    /// The shop's countries, by name. Where none is chosen yet, the first choice is none.
    static func countries(chosen: String) -> [Choice] {
        (chosen.isEmpty ? [Choice("", localized("Choose a country"), chosen: "")] : [])
            + Countries.offered(chosen: chosen).map { Choice($0.code, $0.name, chosen: chosen) }
    }

    static func roles(chosen: SellerRole?) -> [Choice] {
        SellerRole.allCases.map { Choice($0.rawValue, $0.name, chosen: chosen?.rawValue) }
    }

    static func profiles(_ all: [ShippingProfile], chosen: String?) -> [Choice] {
        all.map { Choice($0.id.description, $0.name, chosen: chosen) }
    }

    /// The tree, each branch below its parent.
    static func categories(_ all: [Kernel.Category], chosen: String?) -> [Choice] {
        let children = Dictionary(grouping: all, by: \.parent)
        func walk(_ parent: ID<Kernel.Category>?, _ depth: Int) -> [Choice] {
            (children[parent] ?? []).flatMap { category in
                let indent = String(repeating: "\u{a0}\u{a0}\u{a0}", count: depth)
                return [
                    Choice(
                        category.id.description, indent + category.localizedName, chosen: chosen)
                ] + walk(category.id, depth + 1)
            }
        }
        return walk(nil, 0)
    }
}

extension SellerRole {
    /// Short enough for a select box on a phone.
    var name: String {
        switch self {
        case .owner: localized("Owner")
        case .catalogue: localized("Catalogue")
        case .orders: localized("Orders")
        case .finance: localized("Finance")
        case .support: localized("Support")
        }
    }

    /// What it may do.
    var label: String {
        switch self {
        case .owner: localized("Owner: everything")
        case .catalogue: localized("Catalogue: listings, stock, pictures")
        case .orders: localized("Orders: ship, cancel, refund")
        case .finance: localized("Finance: money, wallets, refunds")
        case .support: localized("Support: orders to read, reviews to answer")
        }
    }
}
