import Kernel
import Vocabulary
import Web

/// Prices and stock of many things at once, for people.
struct PriceRoutes {
    struct Query: Described {
        let after: String?
        let text: String?
        let category: ID<Kernel.Category>?
        let low: Bool?
        /// With a rate, the prices of the page are filled in raised or lowered by it.
        let way: PriceChange.Way?
        let percent: String?
        /// Shows what it would do to all that are meant, and not to this page.
        let all: Bool?
        static let rules: [String: [Rule]] = [
            "after": [.length(0...400)], "percent": [.length(0...20)], "text": [.length(0...80)],
        ]

        var filter: OfferFilter {
            OfferFilter(text: text, category: category, isLow: low ?? false)
        }
    }

    /// A change of all that are meant, after somebody looked at what it does.
    struct RateForm: Described {
        let text: String?
        let category: ID<Kernel.Category>?
        let low: Bool?
        let way: PriceChange.Way
        let percent: String
        /// What was looked at.
        let seen: String
        static let rules: [String: [Rule]] = [
            "percent": [.length(1...20)], "text": [.length(0...80)],
            "seen": [.length(0...PriceChangePreview.seenLengthMax)],
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
        let text: String?
        let category: ID<Kernel.Category>?
        let low: Bool?
        let rows: [Row]
        static let rules: [String: [Rule]] = [
            "after": [.length(0...400)], "text": [.length(0...80)],
            "rows": [.count(0...OfferEdit.countMax)],
        ]
    }

    func mount(on routes: Routes) {
        routes.get("/listings/prices").query(Query.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                let query = call.query
                var shown = try await page(
                    call.marketplace, query.filter, after: query.after, member)
                if query.all == true {
                    try await shown.lookAhead(query, call.marketplace, member)
                } else {
                    shown.work(out: query)
                }
                return .page("prices", shown, title: localized("Prices and stock"))
            }
        routes.post("/listings/prices/rate").form(RateForm.self).onlyOnce()
            .show(as: Member.self, needing: [.editListings], again: rateAgain, use: change)
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
                    PricesPage.path(
                        OfferFilter(
                            text: call.form.text, category: call.form.category,
                            isLow: call.form.low ?? false), after: call.form.after),
                    notice: changed == 0
                        ? localized("Nothing was changed.")
                        : Format.count(changed, "variant is saved.", "variants are saved."))
            }
    }

    private func change(
        _ call: PageCall<Nothing, Nothing, RateForm>, _ member: Member
    ) async throws -> PageAnswer {
        let form = call.form
        let filter = OfferFilter(
            text: form.text, category: form.category, isLow: form.low ?? false)
        guard let change = try PriceChange.read(form.way, form.percent) else {
            throw PriceChangeRefusal.othersMeant
        }
        let changed = try await call.marketplace.changePrices(
            change, of: filter, expecting: form.seen, as: member.membership
        ).changed
        return .seeOther(
            PricesPage.path(filter, after: nil),
            notice: changed == 0
                ? localized("Nothing was changed.")
                : Format.count(changed, "variant is saved.", "variants are saved."))
    }

    private func page(
        _ marketplace: Marketplace, _ filter: OfferFilter, after: String?, _ member: Member
    ) async throws -> PricesPage {
        let list = ListQuery(after: after.flatMap { $0.isEmpty ? nil : $0 }, limit: 50)
        let offers = try await marketplace.editableOffers(
            filter, as: member.membership, try list.page())
        return PricesPage(
            offers, filter, after: after ?? "", categories: try await marketplace.categories())
    }

    /// What a form was about: blank where it is no filter any more.
    private static func filter(_ again: Again) -> OfferFilter {
        OfferFilter(
            text: again.values["text"].flatMap { $0.count <= 80 ? $0 : nil },
            category: again.values["category"].flatMap { ID($0) },
            isLow: again.values["low"] == "true")
    }

    @Sendable private func rateAgain(_ again: Again, _ member: Member) async throws -> PageAnswer {
        let filter = Self.filter(again)
        var shown = try await page(again.request.marketplace, filter, after: nil, member)
        // What it would do by now, to be looked at anew.
        try await shown.lookAhead(
            Query(
                after: nil, text: filter.text, category: filter.category, low: filter.isLow,
                way: again.values["way"].flatMap { PriceChange.Way(rawValue: $0) },
                percent: again.values["percent"], all: true),
            again.request.marketplace, member)
        shown.warning = again.explanation
        return .page("prices", shown, title: localized("Prices and stock"))
    }

    @Sendable private func again(_ again: Again, _ member: Member) async throws -> PageAnswer {
        var shown = try await page(
            again.request.marketplace, Self.filter(again), after: again.values["after"], member)
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

extension PriceRoutes.Query {
    /// A page of everything, with a rate.
    init(after: String?, way: PriceChange.Way?, percent: String?) {
        self.init(
            after: after, text: nil, category: nil, low: nil, way: way, percent: percent, all: nil)
    }
}
