import Vocabulary

extension Marketplace {
    /// The countries that a shop sends to, ISO 3166-1 alpha-2 in alphabetical order; nil for
    /// everywhere.
    public func destinations(of seller: ID<Seller>) async throws -> [String]? {
        try await database.destinations.find(seller)
    }

    /// Says where the shop sends to; none is everywhere. Checkouts that are open are asked about
    /// again when they are quoted anew; what was bought goes where it was promised.
    /// - Throws: ``SellerRefusal/notAllowed``, ``InputRefusal`` for what is no country.
    @discardableResult
    public func setDestinations(
        _ countries: [String], as member: SellerMember
    ) async throws -> [String]? {
        try member.require(.editProfile)
        let clean = Set(countries.map { InputText.trimmed($0).uppercased() })
        guard clean.count <= 250,
            clean.allSatisfy({ code in
                code.utf8.count == 2 && code.utf8.allSatisfy { (65...90).contains($0) }
            })
        else {
            throw InputRefusal(
                .wrong("A country is two letters, such as DE."), field: "countries")
        }
        let next = clean.isEmpty ? nil : clean.sorted()
        try await database.transaction { tx in
            guard try await tx.sellers.lock(member.seller) != nil else {
                throw SellerRefusal.unknown
            }
            let before = try await tx.destinations.find(member.seller)
            guard before != next else { return }
            try await tx.destinations.save(member.seller, next)
            try await tx.audit.record(
                "seller.destinations-set", on: "seller", member.seller.description,
                by: member.account, as: .seller, for: member.seller,
                before: Destinations(countries: before), after: Destinations(countries: next))
        }
        return next
    }
}

/// What the trail tells.
private struct Destinations: Codable, Sendable {
    /// Nil for everywhere.
    let countries: [String]?
}
