import Vocabulary

extension Marketplace {
    /// What a checkout would come to if it were started now, with the cheapest way chosen for each
    /// parcel: nothing is held and nothing is kept. Its id is nobody's.
    /// - Parameter address: as much of it as is known, its country at least.
    /// - Parameter wishes: what was wished of each maker's parcel.
    /// - Parameter choices: how parcels go, by their number; what is not offered is not chosen.
    /// - Throws: ``CheckoutRefusal`` that names the line at fault. Stock is not looked at.
    public func previewCheckout(
        _ items: [CheckoutItem], to address: Address,
        wishing wishes: [ID<Seller>: ParcelWishes] = [:], choosing choices: [Int: String] = [:]
    ) async throws -> Checkout {
        let wanted = try CheckoutInput.merged(items)
        let (facts, sending, now) = try await database.checkouts.facts(
            of: wanted.map(\.item.variant), sentTo: address.country)
        var checkout = try CheckoutDraft(wanted, facts, to: address).checkout(
            email: "", account: nil, now: now, lifetime: settings.checkoutLifetime)
        checkout.wish(wishes)
        checkout.choose(choices)
        return try await taxed(try await quoted(checkout, by: sending))
    }
}

extension Checkout {
    /// What somebody chose before it was known what is offered.
    mutating func choose(_ choices: [Int: String]) {
        for index in parcels.indices { parcels[index].chosen = choices[parcels[index].number] }
    }
}
