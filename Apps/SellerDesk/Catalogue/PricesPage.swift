import Kernel
import Vocabulary
import Web

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

    /// What all that are meant would cost.
    struct Preview {
        struct Example {
            let title: String
            let options: String?
            let before: String
            let price: String
        }

        let seen: String
        let meant: String
        let examples: [Example]
        let hasMore: Bool
        /// Why it cannot be done like this.
        let tooMany: String?
        let way: String
    }

    let after: String
    let text: String
    let categories: [Choice]
    let category: String
    let isLow: Bool
    let isFiltered: Bool
    /// Where everything is shown again.
    let everything = "/listings/prices"
    var preview: Preview?
    var rows: [Row]
    var isEmpty: Bool
    var next: String?
    var warning: String?
    /// What was typed to work prices out by.
    var percent = ""
    var isDown = false
    /// Whether the prices stand there worked out and not saved.
    var isWorkedOut = false

    init(
        _ page: Kernel.Page<EditableOffer>, _ filter: OfferFilter = OfferFilter(), after: String,
        categories: [Kernel.Category] = []
    ) {
        self.after = after
        text = filter.text ?? ""
        category = filter.category?.description ?? ""
        self.categories =
            [Choice("", localized("All categories"), chosen: category)]
            + Choice.categories(categories, chosen: category)
        isLow = filter.isLow
        isFiltered = !text.allSatisfy(\.isWhitespace) || filter.category != nil || isLow
        rows = page.items.enumerated().map { Row($0.offset, $0.element) }
        isEmpty = rows.isEmpty
        next = page.next.map { Self.path(filter, after: Cursor.seal($0)) }
    }

    /// Where what is meant is shown, from a page on that was given out.
    static func path(_ filter: OfferFilter, after: String?) -> String {
        var items: [String] = []
        if let text = filter.text, !text.isEmpty {
            items.append("text=" + QueryText.encode(text))
        }
        if let category = filter.category { items.append("category=\(category)") }
        if filter.isLow { items.append("low=true") }
        if let after, (try? Cursor.open(after)) != nil { items.append("after=\(after)") }
        return "/listings/prices" + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }

    /// Shows what a rate would do to all that are meant.
    mutating func lookAhead(
        _ query: PriceRoutes.Query, _ marketplace: Marketplace, _ member: Member
    ) async throws {
        percent = query.percent ?? ""
        isDown = query.way == .down
        let change: PriceChange
        do {
            guard let read = try PriceChange.read(query.way, query.percent) else { return }
            change = read
        } catch {
            warning = error.localizedExplanation
            return
        }
        let found = try await marketplace.previewPrices(
            change, of: query.filter, as: member.membership)
        guard found.count > 0 else { return }
        percent = change.rate.typedPercent
        preview = Preview(
            seen: found.seen,
            meant: Format.count(found.count, "variant is meant.", "variants are meant."),
            examples: found.examples.map {
                .init(
                    title: $0.offer.title,
                    options: $0.offer.options.isEmpty
                        ? nil : $0.offer.options.joined(separator: " / "),
                    before: Format.money($0.offer.price), price: Format.money($0.price))
            }, hasMore: found.count > found.examples.count,
            tooMany: found.isTooMany ? PriceChangeRefusal.tooMany.localizedExplanation : nil,
            way: change.way.rawValue)
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
            let kept = "way=\(change.way.rawValue)&percent=\(change.rate.typedPercent)"
            next = next.map { $0 + "&" + kept }
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
