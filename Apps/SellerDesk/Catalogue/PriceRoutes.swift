import Kernel
import Vocabulary
import Web

/// Prices and stock of many things at once, for people.
struct PriceRoutes {
    struct Query: Described {
        let after: String?
        /// With a rate, the prices of the page are filled in raised or lowered by it.
        let way: PriceChange.Way?
        let percent: String?
        static let rules: [String: [Rule]] = [
            "after": [.length(0...400)], "percent": [.length(0...20)],
        ]
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
                    onHand: onHand == wasOnHand ? nil : onHand, wasOnHand: wasOnHand)
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
                var shown = try await page(call.marketplace, after: call.query.after, member)
                shown.work(out: call.query)
                return .page("prices", shown, title: localized("Prices and stock"))
            }
        routes.post("/listings/prices").form(Form.self)
            .show(as: Member.self, needing: [.editListings], again: again) { call, member in
                let edits = try call.form.rows.enumerated().map { try $0.element.edit($0.offset) }
                let changed: Int
                do {
                    changed = try await call.marketplace.editOffers(edits, as: member.membership)
                } catch ListingRefusal.variantUnknown {
                    throw Vanished()
                }
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
        let sent = PricesPage.sent(again)
        let present = try await again.request.marketplace.editableOffers(
            sent.map(\.variant), as: member.membership)
        shown.show(sent, present, again)
        return .page("prices", shown, title: localized("Prices and stock"))
    }

    /// A colleague took a variant away while its price was being written.
    private struct Vanished: Refusal {
        let code = "variant.vanished"
        let reason = RefusalReason.conflict
        let explanation =
            "One of these variants is not there any more. The others stand below as you wrote them."
        let field: String? = nil
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
        /// What is stored.
        let stored: Money
        var price: String
        var wasPrice: String
        var onHand: String
        var wasOnHand: String
        let reserved: String?
        let movements: String
    }

    let after: String
    var rows: [Row]
    var isEmpty: Bool
    var next: String?
    var warning: String?
    /// What was typed to work prices out by.
    var percent = ""
    var isDown = false
    /// Whether the prices stand there worked out and not saved.
    var isWorkedOut = false

    init(_ page: Kernel.Page<EditableOffer>, after: String) {
        self.after = after
        rows = page.items.enumerated().map { Row($0.offset, $0.element) }
        isEmpty = rows.isEmpty
        next = page.next.map { "/listings/prices?after=\(Cursor.seal($0))" }
    }

    /// Fills the prices in as they would be, where a rate was typed.
    mutating func work(out query: PriceRoutes.Query) {
        percent = query.percent ?? ""
        isDown = query.way == .down
        do {
            guard let change = try PriceChange.read(query.way, query.percent) else { return }
            for index in rows.indices {
                rows[index].price = Format.typed(change.applied(to: rows[index].stored))
            }
            isWorkedOut = !rows.isEmpty
            let kept = "&way=\(change.way.rawValue)&percent=\(change.rate.typedPercent)"
            next = next.map { $0 + kept }
        } catch { warning = error.localizedExplanation }
    }

    /// The rows of a form that was sent, by their variants: nobody knows which stand at which
    /// place by now.
    static func sent(_ again: Again) -> [(number: Int, variant: ID<Variant>)] {
        (0..<OfferEdit.countMax).compactMap { number in
            again.values["rows.\(number).variant"].flatMap { ID($0) }.map { (number, $0) }
        }
    }

    /// What was typed instead of what is stored, with what stood there when it was typed.
    mutating func show(
        _ sent: [(number: Int, variant: ID<Variant>)], _ present: [EditableOffer], _ again: Again
    ) {
        warning = again.explanation
        let offers = Dictionary(present.map { ($0.variant, $0) }) { first, _ in first }
        rows = []
        for place in sent {
            guard let offer = offers[place.variant] else { continue }
            // Numbers without a gap: where one is missing, a form ends.
            var row = Row(rows.count, offer)
            let prefix = "rows.\(place.number)."
            row.price = again.values[prefix + "price"] ?? row.price
            row.wasPrice = again.values[prefix + "wasPrice"] ?? row.wasPrice
            row.onHand = again.values[prefix + "onHand"] ?? row.onHand
            row.wasOnHand = again.values[prefix + "wasOnHand"] ?? row.wasOnHand
            rows.append(row)
        }
        isEmpty = rows.isEmpty
    }
}

extension PricesPage.Row {
    init(_ number: Int, _ offer: EditableOffer) {
        self.init(
            number: number, variant: offer.variant.description, title: offer.title,
            options: offer.options.isEmpty ? nil : offer.options.joined(separator: " / "),
            sku: offer.sku, link: Links.listing(offer.listing),
            currency: offer.price.currency.code, stored: offer.price,
            price: Format.typed(offer.price),
            wasPrice: Format.typed(offer.price), onHand: String(offer.onHand),
            wasOnHand: String(offer.onHand),
            reserved: offer.reserved > 0 ? localized("\(offer.reserved) being bought") : nil,
            movements: Links.movements(offer.variant))
    }
}
