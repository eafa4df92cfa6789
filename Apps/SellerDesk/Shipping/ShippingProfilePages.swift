import Kernel
import ProviderKit
import Vocabulary
import Web

/// The model of `shipping.mustache`.
struct ShippingPage {
    struct Row {
        let link: String
        let name: String
        let isDefault: Bool
        let packed: String
        let zones: [String]
        let hasZones: Bool
    }

    let rows: [Row]
    let isEmpty: Bool
    /// What the market takes of the prices; nil for nothing.
    let commission: String?
    let mayEdit: Bool
    let next: String?

    /// - Parameter commission: as ``Marketplace/commissionOnOwnShipping(as:)`` has it.
    init(
        _ page: Kernel.Page<ShippingProfile>, commission: ClosedRange<PartsPerMillion>?,
        mayEdit: Bool
    ) {
        self.commission = commission.map { Self.words($0) }
        rows = page.items.map { profile in
            Row(
                link: Links.shippingProfile(profile.id), name: profile.name,
                isDefault: profile.isDefault, packed: Self.packed(profile),
                zones: profile.zones.map { Self.words($0) }, hasZones: !profile.zones.isEmpty)
        }
        isEmpty = rows.isEmpty
        next = page.next.map { "\(Links.shipping)?after=\(Cursor.seal($0))" }
        self.mayEdit = mayEdit
    }

    static func words(_ commission: ClosedRange<PartsPerMillion>) -> String {
        let most = Format.percent(commission.upperBound)
        guard commission.lowerBound != commission.upperBound else {
            return localized(
                "The market's commission is taken of these prices too: \(most) of what they bring.")
        }
        let least = Format.percent(commission.lowerBound)
        return localized(
            """
            The market's commission is taken of these prices too: \(least) to \(most) of what they \
            bring, by the rule that holds for the thing.
            """)
    }

    private static func packed(_ profile: ShippingProfile) -> String {
        let days = Format.count(profile.handlingDays, "day to pack", "days to pack")
        return profile.sentFrom.isEmpty
            ? days : localized("\(days), sent from \(profile.sentFrom)")
    }

    /// `DE, AT: € 4.90, each further piece € 1.00, free from € 60.00, 2 to 4 days`
    private static func words(_ zone: ShippingZone) -> String {
        func money(_ amount: Int64) -> String { Format.money(Money(amount, zone.currency)) }
        let place =
            zone.countries.isEmpty
            ? localized("Everywhere else") : zone.countries.joined(separator: ", ")
        var parts = [
            money(zone.first), localized("each further piece \(money(zone.further))"),
        ]
        if let freeFrom = zone.freeFrom {
            parts.append(localized("free from \(money(freeFrom)) on"))
        }
        parts += zone.steps.map {
            localized("above \($0.aboveGrams) g \(money($0.extra)) on top")
        }
        parts.append(ShippingPreview.days(zone.daysMin, zone.daysMax))
        return "\(place): \(parts.joined(separator: ", "))"
    }
}

/// What a customer would pay by a profile.
struct ShippingPreview {
    let countries: [Choice]
    let pieces: String
    let grams: String
    let value: String
    let currencies: [Choice]
    let words: String

    init(
        _ profile: ShippingProfile, _ query: ShippingPreviewQuery, shopCountry: String
    ) throws {
        let place = query.country ?? shopCountry
        let currency = query.currency ?? profile.zones.first?.currency ?? .eur
        let named = Countries.name(place)
        let count = query.pieces ?? 1
        let worth = try query.value.map {
            try TypedAmount.read($0, currency, field: "value")
        }
        countries = Choice.countries(chosen: place)
        pieces = String(count)
        grams = query.grams.map { String($0) } ?? ""
        value = query.value ?? ""
        currencies = Choice.currencies(chosen: currency.code)
        let quote = try profile.preview(
            count, grams: query.grams ?? 0, to: place, value: worth ?? .zero(currency))
        guard let quote else {
            words = localized(
                "This profile has no price for \(named): the market's shipping providers are asked."
            )
            return
        }
        let things = Format.count(count, "piece", "pieces")
        let days = Self.days(quote.daysMin ?? 0, quote.daysMax ?? 0)
        words =
            quote.price.isZero
            ? localized("A customer in \(named) pays nothing for \(things) to arrive: \(days).")
            : localized(
                "A customer in \(named) pays \(Format.money(quote.price)) for \(things): \(days).")
    }

    static func days(_ least: Int, _ most: Int) -> String {
        least == most
            ? Format.count(least, "day", "days") : localized("\(least) to \(most) days")
    }
}

/// The model of `shipping-profile.mustache`: one that is to be, or is.
struct ShippingProfilePage {
    struct Row {
        let number: Int
        let place: Int
        var countries: String
        var currencies: [Choice]
        var first: String
        var further: String
        var freeFrom: String
        var steps: String
        var daysMin: String
        var daysMax: String
    }

    let isNew: Bool
    let action: String
    var warning: String?
    var name: String
    var handlingDays: String
    var sentFrom: String
    var isDefault: Bool
    /// The default stays it until another is.
    let mayChooseDefault: Bool
    var zones: [Row]
    let preview: ShippingPreview?
    /// What the market takes of the prices; nil for nothing.
    let commission: String?

    private static let spareRows = 2

    init(commission: ClosedRange<PartsPerMillion>?) {
        self.commission = commission.map { ShippingPage.words($0) }
        isNew = true
        action = Links.shipping
        (name, handlingDays, sentFrom, isDefault) = ("", "2", "", false)
        mayChooseDefault = true
        zones = Self.spare(from: 0)
        preview = nil
    }

    init(
        _ profile: ShippingProfile, _ preview: ShippingPreview?,
        commission: ClosedRange<PartsPerMillion>?
    ) {
        self.commission = commission.map { ShippingPage.words($0) }
        isNew = false
        action = Links.shippingProfile(profile.id)
        name = profile.name
        handlingDays = String(profile.handlingDays)
        sentFrom = profile.sentFrom
        isDefault = profile.isDefault
        mayChooseDefault = !profile.isDefault
        zones =
            profile.zones.enumerated().map { Row($0.offset, $0.element) }
            + Self.spare(from: profile.zones.count)
        self.preview = preview
    }

    private static func spare(from start: Int) -> [Row] {
        (start..<start + spareRows).map { Row(blank: $0) }
    }

    /// What was typed instead of what is stored.
    mutating func fill(_ again: Again) {
        let values = again.values
        warning = again.explanation
        name = values["name"] ?? name
        handlingDays = values["handlingDays"] ?? handlingDays
        sentFrom = values["sentFrom"] ?? sentFrom
        isDefault = values["isDefault"] == "true"
        for index in zones.indices {
            let prefix = "zones.\(zones[index].number)."
            func typed(_ name: String, _ stored: String) -> String {
                values[prefix + name] ?? stored
            }
            var row = zones[index]
            row.countries = typed("countries", row.countries)
            row.first = typed("first", row.first)
            row.further = typed("further", row.further)
            row.freeFrom = typed("freeFrom", row.freeFrom)
            row.steps = typed("steps", row.steps)
            row.daysMin = typed("daysMin", row.daysMin)
            row.daysMax = typed("daysMax", row.daysMax)
            if let chosen = values[prefix + "currency"] {
                row.currencies = Choice.currencies(chosen: chosen)
            }
            zones[index] = row
        }
    }
}

extension ShippingProfilePage.Row {
    init(blank number: Int) {
        self.init(
            number: number, place: number + 1, countries: "",
            currencies: Choice.currencies(chosen: "EUR"), first: "", further: "", freeFrom: "",
            steps: "", daysMin: "", daysMax: "")
    }

    init(_ number: Int, _ zone: ShippingZone) {
        func typed(_ amount: Int64) -> String { Format.typed(Money(amount, zone.currency)) }
        self.init(
            number: number, place: number + 1,
            countries: zone.countries.joined(separator: ", "),
            currencies: Choice.currencies(chosen: zone.currency.code), first: typed(zone.first),
            further: typed(zone.further), freeFrom: zone.freeFrom.map(typed) ?? "",
            steps: zone.steps.map { "\($0.aboveGrams): \(typed($0.extra))" }
                .joined(separator: "; "), daysMin: String(zone.daysMin),
            daysMax: String(zone.daysMax))
    }
}
