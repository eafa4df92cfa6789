import Logging
import ProviderKit
import Vocabulary

extension Marketplace {
    /// What it would cost to have things of one seller sent to a country, by the maker's own
    /// profiles, else asked of the shipping module that a checkout would ask; kept for some
    /// minutes. Never holds a page up for
    /// longer than ``DeliveryEstimate/deadline``: what does not answer is unknown.
    /// - Parameter country: ISO 3166-1 alpha-2, upper case.
    /// - Throws: `ListingRefusal.unknown` when one of them is not for sale.
    public func deliveryEstimate(
        of items: [CheckoutItem], to country: String
    ) async throws -> DeliveryEstimate {
        guard let estimate = try await deliveryEstimates(of: [items], to: country).first ?? nil
        else { throw ListingRefusal.unknown }
        return estimate
    }

    /// The same for several sellers' parcels, a few asked for at once; nil for one of which
    /// something is not for sale.
    public func deliveryEstimates(
        of parcels: [[CheckoutItem]], to country: String
    ) async throws -> [DeliveryEstimate?] {
        let keys = parcels.map { KnownEstimates.Key(items: $0, country: country) }
        var estimates = keys.map { knownEstimates.find($0) }
        let open = keys.indices.filter { estimates[$0] == nil && knownEstimates.claim(keys[$0]) }
        let wanted = open.flatMap { parcels[$0].map(\.variant) }
        guard !wanted.isEmpty else { return estimates.map { $0 ?? .unknown } }
        async let ruling = database.shippingProfiles.ruling(wanted)
        let (found, _) = try await database.checkouts.facts(of: wanted)
        let profiles = try await ruling
        let facts = Dictionary(found.compactMap { $0 }.map { ($0.variant, $0) }) { first, _ in
            first
        }
        await withTaskGroup(of: (Int, DeliveryEstimate?).self) { group in
            for (count, index) in open.enumerated() {
                if count >= DeliveryEstimate.atOnce, let (at, answer) = await group.next() {
                    estimates[at] = answer
                }
                group.addTask { (index, await estimated(keys[index], facts, profiles)) }
            }
            for await (at, answer) in group { estimates[at] = answer }
        }
        let asked = Set(open)
        // Somebody else is just asking for the rest.
        return estimates.indices.map {
            asked.contains($0) ? estimates[$0] : estimates[$0] ?? .unknown
        }
    }

    private func estimated(
        _ key: KnownEstimates.Key, _ known: [ID<Variant>: VariantFacts],
        _ profiles: [ID<Variant>: ShippingProfile]
    ) async -> DeliveryEstimate? {
        var (grams, count, value) = (0, 0, Money?.none)
        var first: VariantFacts?
        var sent: [(variant: ID<Variant>, count: Int, grams: Int)] = []
        for item in key.items {
            guard let facts = known[item.variant], facts.isForSale, facts.sellerIsOpen else {
                knownEstimates.forget(key)
                return nil
            }
            guard facts.requiresShipping else { continue }
            // A parcel has one value: the checkout refuses to mix currencies, too, and far less
            // than an amount can hold.
            guard
                let sum = try? facts.price.multiplied(by: item.quantity)
                    .adding(value ?? .zero(facts.price.currency)), sum.amount <= Money.amountMax
            else { return .unknown }
            value = sum
            first = first ?? facts
            sent.append((facts.variant, item.quantity, facts.weightGrams))
            grams += facts.weightGrams * item.quantity
            count += item.quantity
        }
        var estimate = DeliveryEstimate.nothingToSend
        if let first, let value {
            let parcel = Parcel(weightGrams: grams, value: value, itemCount: count)
            let own = try? OwnRates.quote(
                sent, by: profiles, to: key.country, value: value)
            let place = profiles[first.variant]?.sentFrom ?? ""
            estimate =
                await Self.within(DeliveryEstimate.deadline) {
                    await asked(first, parcel, own, from: place, key.country)
                } ?? .unknown
        }
        knownEstimates.keep(estimate, for: key)
        return estimate
    }

    private func asked(
        _ facts: VariantFacts, _ parcel: Parcel, _ own: ShippingQuote?, from place: String,
        _ country: String
    ) async -> DeliveryEstimate {
        let request = ShippingRequest(
            sellerID: facts.seller.description,
            origin: facts.origin
                ?? Address(
                    name: facts.sellerName, lines: [], city: "", country: facts.sellerCountry),
            destination: Address(name: "", lines: [], city: "", country: country),
            parcel: parcel, currency: parcel.value.currency)
        do {
            let elsewhere = try await database.destinations.sendingElsewhere(
                than: country, among: [facts.seller])
            guard elsewhere.isEmpty else { return .notThere }
            if let own {
                return .sent(DeliveryWay(own), from: place.isEmpty ? nil : place)
            }
            let routing = RoutingFacts(
                amount: parcel.value, country: country, sellers: [facts.seller.description],
                sticky: facts.variant.description)
            let candidates = try await providers.candidates(.shipping, for: routing)
            guard let instance = candidates.first, !providers.isHeldBack(instance.id) else {
                return .unknown
            }
            let quotes = try await providers.shipping(instance.id).estimate(
                for: request,
                OperationContext(
                    idempotencyKey: "estimate:\(facts.variant):\(country)",
                    deadline: Instant.systemNow.advanced(by: DeliveryEstimate.deadline)))
            let ways = DeliveryWay.inOrder(quotes)
            guard let cheapest = ways.first else { return .notThere }
            return .sent(cheapest, others: Array(ways.dropFirst()))
        } catch {
            logger.info("estimate.unavailable", metadata: ["error": "\(error)"])
            return .unknown
        }
    }

    /// What `work` gives, or nil when it takes longer; it is cancelled then.
    private static func within<Value: Sendable>(
        _ time: Duration, _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await work() }
            group.addTask {
                _ = try? await Task.sleep(for: time)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
