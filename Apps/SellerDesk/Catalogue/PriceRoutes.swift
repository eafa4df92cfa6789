import Kernel
import Vocabulary
import Web

/// Prices and stock of many things at once, for people.
struct PriceRoutes {
    struct Query: Described {
        let after: String?
        static let rules: [String: [Rule]] = ["after": [.length(1...400)]]
    }

    struct Form: Described {
        struct Row: Described {
            let variant: ID<Variant>
            let currency: Currency
            let price: String
            let onHand: Int
            /// What stood there before: what nobody changed is left alone, though somebody bought
            /// of it meanwhile.
            let wasPrice: String
            let wasOnHand: Int

            static let rules: [String: [Rule]] = [
                "price": [.length(1...20)], "onHand": [.range(0...1_000_000)],
                "wasPrice": [.length(1...20)], "wasOnHand": [.range(0...1_000_000)],
            ]

            func edit(_ index: Int) throws -> OfferEdit {
                OfferEdit(
                    variant: variant,
                    price: price == wasPrice
                        ? nil : try TypedAmount.read(price, currency, field: "rows.\(index).price"),
                    onHand: onHand == wasOnHand ? nil : onHand)
            }
        }

        let after: String?
        let rows: [Row]
        static let rules: [String: [Rule]] = [
            "after": [.length(0...400)], "rows": [.count(0...OfferEdit.countMax)],
        ]
    }

    func mount(on routes: Routes) {
        routes.get("/listings/prices").query(Query.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                .page(
                    "prices",
                    try await page(call.marketplace, after: call.query.after, member),
                    title: localized("Prices and stock"))
            }
        routes.post("/listings/prices").form(Form.self)
            .show(as: Member.self, needing: [.editListings], again: again) { call, member in
                let edits = try call.form.rows.enumerated().map { try $0.element.edit($0.offset) }
                let changed = try await call.marketplace.editOffers(
                    edits, as: member.membership)
                return .seeOther(
                    Self.path(after: call.form.after),
                    notice: changed == 0
                        ? localized("Nothing was changed.")
                        : Format.count(changed, "variant is saved.", "variants are saved."))
            }
    }

    private static func path(after: String?) -> String {
        guard let after, (try? Cursor.open(after)) != nil else { return "/listings/prices" }
        return "/listings/prices?after=\(after)"
    }

    private func page(
        _ marketplace: Marketplace, after: String?, _ member: Member
    ) async throws -> PricesPage {
        let list = ListQuery(after: after.flatMap { $0.isEmpty ? nil : $0 }, limit: 50)
        let offers = try await marketplace.editableOffers(
            as: member.membership, try list.page())
        return PricesPage(offers, after: after ?? "")
    }

    @Sendable private func again(_ again: Again, _ member: Member) async throws -> PageAnswer {
        var shown = try await page(
            again.request.marketplace, after: again.values["after"], member)
        shown.fill(again)
        return .page("prices", shown, title: localized("Prices and stock"))
    }
}

/// The model of `prices.mustache`.
struct PricesPage {
    struct Row {
        let number: Int
        let variant: String
        let title: String
        let options: String?
        let sku: String?
        let link: String
        let currency: String
        var price: String
        let wasPrice: String
        var onHand: String
        let wasOnHand: String
        let reserved: String?
    }

    let after: String
    var rows: [Row]
    let isEmpty: Bool
    let next: String?
    var warning: String?

    init(_ page: Kernel.Page<EditableOffer>, after: String) {
        self.after = after
        rows = page.items.enumerated().map { Row($0.offset, $0.element) }
        isEmpty = rows.isEmpty
        next = page.next.map { "/listings/prices?after=\(Cursor.seal($0))" }
    }

    /// What was typed instead of what is stored.
    mutating func fill(_ again: Again) {
        warning = again.explanation
        for index in rows.indices {
            let prefix = "rows.\(rows[index].number)."
            rows[index].price = again.values[prefix + "price"] ?? rows[index].price
            rows[index].onHand = again.values[prefix + "onHand"] ?? rows[index].onHand
        }
    }
}

extension PricesPage.Row {
    init(_ number: Int, _ offer: EditableOffer) {
        self.init(
            number: number, variant: offer.variant.description, title: offer.title,
            options: offer.options.isEmpty ? nil : offer.options.joined(separator: " / "),
            sku: offer.sku, link: Links.listing(offer.listing),
            currency: offer.price.currency.code, price: Format.typed(offer.price),
            wasPrice: Format.typed(offer.price), onHand: String(offer.onHand),
            wasOnHand: String(offer.onHand),
            reserved: offer.reserved > 0 ? localized("\(offer.reserved) being bought") : nil)
    }
}
