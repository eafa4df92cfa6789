import Kernel
import ProviderKit
import Vocabulary
import Web

/// What the shop takes for sending things, for programs.
struct ShippingProfileAPI {
    struct StepBody: Described {
        let aboveGrams: Int
        /// Minor units; in place of those of the steps before.
        let extra: Int64
        static let rules: [String: [Rule]] = [
            "aboveGrams": [.range(0...1_000_000_000)],
            "extra": [.range(1...ShippingZone.priceMax)],
        ]
    }

    struct ZoneBody: Described {
        /// ISO 3166-1 alpha-2; none is everywhere else.
        let countries: [String]
        let currency: Currency
        /// Minor units.
        let first: Int64
        /// Minor units, for each further piece.
        let further: Int64
        let freeFrom: Int64?
        let steps: [StepBody]?
        let daysMin: Int
        let daysMax: Int

        static let rules: [String: [Rule]] = [
            "countries": [
                .count(0...250), .each([.pattern(.country)]),
                .about("ISO 3166-1 alpha-2; none is everywhere else."),
            ],
            "first": [
                .range(0...ShippingZone.priceMax),
                .about("Minor units, for the first piece of a parcel."),
            ],
            "further": [
                .range(0...ShippingZone.priceMax), .about("Minor units, for each further piece."),
            ],
            "freeFrom": [
                .range(1...Money.amountMax),
                .about("Minor units: a parcel whose things cost as much is sent for nothing."),
            ],
            "steps": [
                .count(0...ShippingZone.stepsMax),
                .about("What comes on top for heavier things: the last step that they pass."),
            ],
            "daysMin": [.range(0...365)], "daysMax": [.range(0...365)],
        ]

        var zone: ShippingZone {
            ShippingZone(
                countries: countries, currency: currency, first: first, further: further,
                freeFrom: freeFrom,
                steps: (steps ?? []).map {
                    WeightStep(aboveGrams: $0.aboveGrams, extra: $0.extra)
                }, daysMin: daysMin, daysMax: daysMax)
        }
    }

    struct Body: Described {
        let name: String
        let handlingDays: Int
        let sentFrom: String?
        let isDefault: Bool?
        let zones: [ZoneBody]

        static let rules: [String: [Rule]] = [
            "name": [.length(1...80)],
            "handlingDays": [.range(0...60), .about("Days until a parcel is packed.")],
            "sentFrom": [.length(0...80), .about("The place that parcels leave.")],
            "isDefault": [
                .about("True makes it the default; the default stays it until another is.")
            ], "zones": [.count(0...ShippingProfile.zonesMax)],
        ]

        var draft: ShippingProfileDraft {
            ShippingProfileDraft(
                name: name, handlingDays: handlingDays, sentFrom: sentFrom ?? "",
                isDefault: isDefault ?? false, zones: zones.map(\.zone))
        }
    }

    struct PreviewQuery: Described {
        let country: String?
        let pieces: Int?
        let grams: Int?
        let value: Int64?
        let currency: Currency?

        static let rules: [String: [Rule]] = [
            "country": [
                .length(2...2), .pattern(.country), .about("Left out, the shop's own."),
            ], "pieces": [.range(1...999), .about("Left out, one.")],
            "grams": [.range(0...1_000_000), .about("Of one piece; left out, none.")],
            "value": [
                .range(0...Money.amountMax),
                .about("Minor units: what the customer pays for all of them; left out, nothing."),
            ], "currency": [.about("Left out, that of the first zone.")],
        ]
    }

    struct PreviewAnswer: Codable, Sendable {
        /// Not when the market's shipping providers are asked, because the profile has no price.
        let isPriced: Bool
        let price: Money?
        let daysMin: Int?
        let daysMax: Int?
    }

    func mount(on api: API) {
        let tag = "Shipping profiles"
        api.get("/shop/shipping-profiles", "What the shop takes for sending things", tag: tag)
            .about(
                "A thing goes by the profile that it names, else by the default. In a parcel the "
                    + "highest price of a first piece is taken once, and for every other piece "
                    + "its own price of a further one."
            )
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.readListings]) { call, member in
                Listed(
                    try await call.marketplace.shippingProfiles(
                        as: member.membership, try call.query.page())
                ) { ShippingProfileAnswer($0) }
            }
        api.post("/shop/shipping-profiles", "Make a shipping profile", tag: tag)
            .about("The first one is the default.")
            .body(Body.self).refuses(.conflict).onlyOnce().succeeds(with: .created)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                ShippingProfileAnswer(
                    try await call.marketplace.createShippingProfile(
                        call.body.draft, as: member.membership))
            }
        api.get("/shop/shipping-profiles/{profile}", "One shipping profile", tag: tag)
            .path(ShippingProfilePath.self)
            .handle(as: Member.self, needing: [.readListings]) { call, member in
                ShippingProfileAnswer(
                    try await call.marketplace.shippingProfile(
                        call.path.profile, as: member.membership))
            }
        api.put("/shop/shipping-profiles/{profile}", "Change a shipping profile", tag: tag)
            .about("All of it. Checkouts that are open keep what they were quoted.")
            .path(ShippingProfilePath.self).body(Body.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                ShippingProfileAnswer(
                    try await call.marketplace.editShippingProfile(
                        call.path.profile, call.body.draft, as: member.membership))
            }
        api.delete("/shop/shipping-profiles/{profile}", "Delete a shipping profile", tag: tag)
            .about("Refused while a listing names it, and for the default while there are others.")
            .path(ShippingProfilePath.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.deleteShippingProfile(
                    call.path.profile, as: member.membership)
                return Nothing()
            }
        api.get(
            "/shop/shipping-profiles/{profile}/preview", "What a customer would pay by it", tag: tag
        )
        .path(ShippingProfilePath.self).query(PreviewQuery.self)
        .handle(as: Member.self, needing: [.readListings], use: preview)
    }

    @Sendable private func preview(
        _ call: Call<ShippingProfilePath, PreviewQuery, Nothing>, _ member: Member
    ) async throws -> PreviewAnswer {
        let profile = try await call.marketplace.shippingProfile(
            call.path.profile, as: member.membership)
        let shop = try await call.marketplace.seller(member.seller)
        let currency = call.query.currency ?? profile.zones.first?.currency ?? .eur
        let quote = try profile.preview(
            call.query.pieces ?? 1, grams: call.query.grams ?? 0,
            to: call.query.country ?? shop.country,
            value: Money(call.query.value ?? 0, currency))
        return PreviewAnswer(
            isPriced: quote != nil, price: quote?.price, daysMin: quote?.daysMin,
            daysMax: quote?.daysMax)
    }
}

struct ShippingProfileAnswer: Codable, Sendable {
    struct ZoneAnswer: Codable, Sendable {
        struct StepAnswer: Codable, Sendable {
            let aboveGrams: Int
            let extra: Int64
        }

        /// ISO 3166-1 alpha-2; none is everywhere else.
        let countries: [String]
        let currency: Currency
        /// Minor units, as all amounts here.
        let first: Int64
        let further: Int64
        let freeFrom: Int64?
        let steps: [StepAnswer]
        let daysMin: Int
        let daysMax: Int

        init(_ zone: ShippingZone) {
            countries = zone.countries
            currency = zone.currency
            first = zone.first
            further = zone.further
            freeFrom = zone.freeFrom
            steps = zone.steps.map { StepAnswer(aboveGrams: $0.aboveGrams, extra: $0.extra) }
            daysMin = zone.daysMin
            daysMax = zone.daysMax
        }
    }

    let id: ID<ShippingProfile>
    let name: String
    let handlingDays: Int
    let sentFrom: String
    /// Whether things go by it that name none.
    let isDefault: Bool
    let zones: [ZoneAnswer]
    let createdAt: Instant

    init(_ profile: ShippingProfile) {
        id = profile.id
        name = profile.name
        handlingDays = profile.handlingDays
        sentFrom = profile.sentFrom
        isDefault = profile.isDefault
        zones = profile.zones.map { ZoneAnswer($0) }
        createdAt = profile.createdAt
    }
}
