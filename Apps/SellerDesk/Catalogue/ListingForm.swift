import Kernel
import Vocabulary
import Web

/// A listing as a person types it: prices with a decimal point, lists with commas.
struct ListingForm: Described {
    struct Row: Described {
        let id: ID<Variant>?
        /// `Small / Blue`.
        let options: String?
        let sku: String?
        let price: String?
        let compareAt: String?
        let grams: Int?
        let onHand: Int?
        /// What stood there before: what nobody changed is left alone, though somebody bought of
        /// it meanwhile.
        let wasOnHand: Int?

        static let rules: [String: [Rule]] = [
            "options": [.length(0...260)], "sku": [.length(0...80)], "price": [.length(0...20)],
            "compareAt": [.length(0...20)], "grams": [.range(0...1_000_000)],
            "onHand": [.range(0...1_000_000)], "wasOnHand": [.range(0...1_000_000)],
        ]

        var isBlank: Bool { id == nil && price == nil && sku == nil && options == nil }
    }

    let title: String
    let description: String?
    let category: ID<Kernel.Category>?
    let productType: String?
    let tags: String?
    let optionNames: String?
    let handle: String?
    /// Blank is the shop's default.
    let shippingProfile: ID<ShippingProfile>?
    let currency: Currency
    let variants: [Row]
    /// What is said of it, one for each attribute that the form asked.
    let attributes: [AttributeBody]

    static let rules: [String: [Rule]] = [
        "title": [.length(1...200)], "description": [.length(0...20_000)],
        "productType": [.length(0...80)], "tags": [.length(0...2000)],
        "optionNames": [.length(0...130)], "handle": [.length(0...120)],
        "variants": [.count(0...110)], "attributes": [.count(0...200)],
    ]

    /// What the kernel takes; what the form does not show stays as it is in `present`.
    func draft(changing present: ListingDetails?) throws -> ListingDraft {
        let keepsNames =
            present.map { Self.text(names: $0.listing.optionNames) == optionNames ?? "" } ?? false
        let names =
            keepsNames ? present?.listing.optionNames ?? [] : Self.list(optionNames, ",")
        let old = Dictionary((present?.variants ?? []).map { ($0.id, $0) }) { first, _ in first }
        let rows = variants.filter { !$0.isBlank }
        let drafts = try rows.enumerated().map { index, row in
            var draft = VariantDraft(
                price: try money(row.price, "variants.\(index).price"),
                options: names.isEmpty ? [] : Self.list(row.options, "/"), sku: row.sku,
                onHand: row.onHand == row.wasOnHand ? nil : row.onHand, grams: row.grams)
            draft.wasOnHand = row.wasOnHand
            if let typed = row.compareAt {
                draft.compareAt = try money(typed, "variants.\(index).compareAt")
            }
            if let known = row.id.flatMap({ old[$0] }) {
                draft.id = known.id
                draft.barcode = known.barcode
                draft.requiresShipping = known.requiresShipping
                draft.taxable = known.taxable
                draft.taxCode = known.taxCode
                // Values may have slashes of their own; what nobody changed stays as it is.
                if keepsNames, Self.text(known.options) == row.options ?? "" {
                    draft.options = known.options
                }
            }
            return draft
        }
        var draft = ListingDraft(
            title: title, description: description, handle: handle, category: category,
            productType: productType, tags: Self.list(tags, ","), optionNames: names,
            variants: drafts)
        draft.wallet = present?.listing.wallet
        draft.shippingProfile = shippingProfile
        return draft
    }

    /// Options as the form shows them.
    static func text(_ options: [String]) -> String { options.joined(separator: " / ") }
    static func text(names: [String]) -> String { names.joined(separator: ", ") }

    private func money(_ text: String?, _ field: String) throws -> Money {
        try TypedAmount.read(text ?? "", currency, field: field)
    }

    private static func list(_ text: String?, _ separator: Character) -> [String] {
        (text ?? "").split(separator: separator).map {
            String($0).trimmingBlanks
        }.filter { !$0.isEmpty }
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmingBlanks: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
