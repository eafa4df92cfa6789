import Postgres
import Vocabulary

/// What has to be known of things before their parcels are priced.
struct SendingFacts: Sendable {
    /// How they are sent; nothing for those that go by no profile.
    let profiles: [ID<Variant>: ShippingProfile]
    /// Those of their makers who do not send to the country.
    let elsewhere: Set<ID<Seller>>

    static func statements(of variants: [ID<Variant>], to country: String) -> [SQL] {
        [
            ShippingProfileStore.rulingStatement(variants),
            DestinationStore.elsewhereStatement(than: country, of: variants),
        ]
    }

    /// - Parameter answers: those to ``statements(of:to:)``.
    init(_ answers: some Collection<Rows>) throws {
        let answers = Array(answers)
        profiles = try ShippingProfileStore.ruling(answers[0])
        elsewhere = Set(try answers[1].decode { c in try c.next() })
    }

    init(of variants: [ID<Variant>], to country: String, from db: some Queryable) async throws {
        try self.init(
            try await db.batchPlannedOnce(Self.statements(of: variants, to: country)))
    }
}
