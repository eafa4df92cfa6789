import Logging
import ProviderKit
import Vocabulary

extension Marketplace {
    /// What it would cost to have things of one seller sent to a country, asked of the shipping
    /// module that a checkout would ask, and kept for some minutes. Never holds a page up for
    /// longer than ``DeliveryEstimate/deadline``: what does not answer is unknown.
    /// - Parameter country: ISO 3166-1 alpha-2, upper case.
    /// - Throws: `ListingRefusal.unknown` when one of them is not for sale.
    public func deliveryEstimate(
        of items: [CheckoutItem], to country: String
    ) async throws -> DeliveryEstimate {
        let (found, _) = try await database.checkouts.facts(of: items.map(\.variant))
        var (grams, count, value) = (0, 0, Int64(0))
        var first: VariantFacts?
        for (item, facts) in zip(items, found) {
            guard let facts, facts.isForSale, facts.sellerIsOpen else {
                throw ListingRefusal.unknown
            }
            guard facts.requiresShipping else { continue }
            // A parcel has one value: the checkout refuses to mix currencies, too.
            guard facts.price.currency == (first ?? facts).price.currency else { return .unknown }
            first = first ?? facts
            grams += facts.weightGrams * item.quantity
            count += item.quantity
            value += try facts.price.multiplied(by: item.quantity).amount
        }
        guard let facts = first else { return .nothingToSend }
        let parcel = Parcel(
            weightGrams: grams, value: Money(value, facts.price.currency), itemCount: count)
        let key = KnownEstimates.Key(seller: facts.seller, parcel: parcel, country: country)
        if let known = knownEstimates.find(key) { return known }
        let estimate = await Self.within(DeliveryEstimate.deadline) {
            await asked(facts, parcel, country)
        }
        knownEstimates.keep(estimate ?? .unknown, for: key)
        return estimate ?? .unknown
    }

    private func asked(
        _ facts: VariantFacts, _ parcel: Parcel, _ country: String
    ) async -> DeliveryEstimate {
        let request = ShippingRequest(
            sellerID: facts.seller.description,
            origin: facts.origin
                ?? Address(
                    name: facts.sellerName, lines: [], city: "", country: facts.sellerCountry),
            destination: Address(name: "", lines: [], city: "", country: country),
            parcel: parcel, currency: parcel.value.currency)
        do {
            let routing = RoutingFacts(
                amount: parcel.value, country: country, sellers: [facts.seller.description],
                sticky: facts.variant.description)
            let candidates = try await providers.candidates(.shipping, for: routing)
            guard let instance = candidates.first else { return .unknown }
            let quotes = try await providers.shipping(instance.id).quotes(
                for: request,
                OperationContext(
                    idempotencyKey: "estimate:\(facts.variant):\(country)",
                    deadline: Instant.systemNow.advanced(by: DeliveryEstimate.deadline)))
            let sent = quotes.filter { !$0.isPickup }
            guard
                let cheapest = (sent.isEmpty ? quotes : sent)
                    .min(by: { $0.price.amount < $1.price.amount })
            else { return .notThere }
            return .sent(
                label: cheapest.label, price: cheapest.price, daysMin: cheapest.daysMin,
                daysMax: cheapest.daysMax)
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
