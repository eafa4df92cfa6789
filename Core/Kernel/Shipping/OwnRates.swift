import ProviderKit
import Vocabulary

/// What a maker's own shipping profiles take for a parcel. Pure.
enum OwnRates {
    /// The one option that a maker's own prices make.
    static let code = "own-rates"
    static let label = "Standard shipping"

    /// One kind of thing in a parcel, with how its maker sends it.
    struct Piece: Sendable {
        let profile: ShippingProfile
        let count: Int
        /// Of one.
        let grams: Int
    }

    /// What things go by which profile come to.
    private struct Group {
        let zone: ShippingZone
        let handlingDays: Int
        var count: Int64
        var grams: Int64
    }

    /// The price of a parcel, and the days until it arrives; nil when one of its things has no
    /// zone for the country and the currency: then the market's providers price all of it.
    ///
    /// The rule: things whose zone is free from the parcel's value on cost nothing. Of the rest,
    /// the piece with the highest price of a first piece pays that, once for the whole parcel, and
    /// every other piece the price of a further piece in its own zone. Among equal first prices
    /// the piece is taken that would be dearest as a further one, so that the order of things
    /// changes nothing and another piece never makes a parcel cheaper. What the things of one
    /// profile weigh together decides which of its zone's steps comes on top. The parcel is packed
    /// and arrives when its slowest thing does.
    /// - Parameter value: what the customer pays for the things, in the currency wanted.
    /// - Throws: ``MoneyError`` for more than a checkout can hold.
    static func quote(
        _ pieces: [Piece], to country: String, value: Money
    ) throws(MoneyError) -> ShippingQuote? {
        var groups: [ID<ShippingProfile>: Group] = [:]
        for piece in pieces where piece.count > 0 {
            guard let zone = piece.profile.zone(for: country, value.currency) else { return nil }
            var group =
                groups[piece.profile.id]
                ?? Group(
                    zone: zone, handlingDays: piece.profile.handlingDays, count: 0, grams: 0)
            let count = Int64(piece.count)
            let (grams, isTooMuch) = Int64(piece.grams).multipliedReportingOverflow(by: count)
            let (sum, isOver) = group.grams.addingReportingOverflow(grams)
            guard !isTooMuch, !isOver else { throw .overflow }
            group.count += count
            group.grams = sum
            groups[piece.profile.id] = group
        }
        guard !groups.isEmpty else { return nil }
        return ShippingQuote(
            code: code, label: label,
            price: try price(groups.values.filter { !$0.zone.isFree(value) }, value.currency),
            daysMin: groups.values.map { $0.handlingDays + $0.zone.daysMin }.max(),
            daysMax: groups.values.map { $0.handlingDays + $0.zone.daysMax }.max())
    }

    private static func price(
        _ groups: [Group], _ currency: Currency
    ) throws(MoneyError) -> Money {
        guard
            let dearest = groups.map(\.zone)
                .max(by: { ($0.first, $0.further) < ($1.first, $1.further) })
        else { return .zero(currency) }
        // The piece that pays as the first pays no further price.
        var price = Money(dearest.first - dearest.further, currency)
        for group in groups {
            let further = try Money(group.zone.further, currency)
                .multiplied(by: Int(group.count))
            price = try price.adding(further)
                .adding(Money(group.zone.extra(group.grams), currency))
        }
        return price
    }
}

extension OwnRates {
    /// The same for what a customer wants of one maker; nil when a thing goes by no profile, or
    /// the parcel is too large to have a price.
    /// - Parameter things: what has to be sent, by variant.
    static func quote(
        _ things: [(variant: ID<Variant>, count: Int, grams: Int)],
        by profiles: [ID<Variant>: ShippingProfile], to country: String, value: Money
    ) throws(MoneyError) -> ShippingQuote? {
        guard !profiles.isEmpty else { return nil }
        var pieces: [Piece] = []
        for thing in things {
            guard let profile = profiles[thing.variant] else { return nil }
            pieces.append(Piece(profile: profile, count: thing.count, grams: thing.grams))
        }
        return try quote(pieces, to: country, value: value)
    }
}

extension CheckoutParcel {
    /// Whether it goes at prices that its seller made.
    var isAtOwnRates: Bool { chosen == OwnRates.code && shippingInstance == nil }
}

extension ShippingProfile {
    /// What a customer pays for some equal pieces that go by this profile alone.
    /// - Parameters:
    ///   - country: ISO 3166-1 alpha-2, upper case.
    ///   - grams: what one piece weighs.
    ///   - value: what the customer pays for all of them.
    /// - Returns: nil when this profile does not price it: the market's providers do.
    /// - Throws: ``InputRefusal`` for pieces or grams that no checkout holds.
    public func preview(
        _ pieces: Int, grams: Int, to country: String, value: Money
    ) throws -> ShippingQuote? {
        guard (1...CheckoutItem.quantityMax).contains(pieces) else {
            throw InputRefusal(
                .wrong("Choose a quantity from 1 to \(CheckoutItem.quantityMax)."),
                field: "pieces")
        }
        guard (0...1_000_000).contains(grams) else {
            throw InputRefusal(.wrong("The weight is 0 to 1,000,000 grams."), field: "grams")
        }
        return try OwnRates.quote(
            [OwnRates.Piece(profile: self, count: pieces, grams: grams)], to: country,
            value: value)
    }
}
