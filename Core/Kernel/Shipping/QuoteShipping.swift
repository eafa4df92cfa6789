import Logging
import ProviderKit
import Vocabulary

extension ShippingQuote {
    /// For parcels without anything to send.
    static func nothingToSend(_ currency: Currency) -> ShippingQuote {
        ShippingQuote(code: "none", label: "Nothing to send", price: .zero(currency))
    }
}

extension Marketplace {
    /// The checkout with shipping options for every parcel, asked for all at once, the cheapest
    /// chosen where nothing that is still offered was. Where a maker has prices of the shop's own
    /// (``OwnRates``), they are the only option; elsewhere the market's providers are asked.
    /// Parcels whose options cannot be had come back unquoted. Never called inside a transaction.
    /// - Parameter known: what was read with the things.
    func quoted(_ checkout: Checkout, by known: SendingFacts? = nil) async throws -> Checkout {
        var result = checkout
        let facts =
            if let known { known } else {
                try await SendingFacts(
                    of: checkout.lines.map(\.variant), to: checkout.address.country,
                    from: database)
            }
        result.parcels = try await withThrowingTaskGroup(of: CheckoutParcel.self) { group in
            for parcel in checkout.parcels {
                group.addTask {
                    try await quoted(
                        parcel, of: checkout, facts.profiles,
                        isSent: !facts.elsewhere.contains(parcel.seller))
                }
            }
            var parcels: [CheckoutParcel] = []
            for try await parcel in group { parcels.append(parcel) }
            return parcels.sorted { $0.number < $1.number }
        }
        return result
    }

    private func quoted(
        _ parcel: CheckoutParcel, of checkout: Checkout,
        _ profiles: [ID<Variant>: ShippingProfile], isSent: Bool
    ) async throws -> CheckoutParcel {
        var quoted = parcel
        quoted.options = []
        quoted.isQuoted = false
        quoted.shippingInstance = nil
        if !parcel.needsShipping {
            quoted.options = [.nothingToSend(checkout.currency)]
            quoted.isQuoted = true
        } else if !isSent {
            // No way leads there, and nobody has to be asked.
            quoted.isQuoted = true
        } else if let own = try Self.ownQuote(parcel, of: checkout, profiles) {
            // The maker's own price: nobody has to be asked either.
            quoted.options = [own]
            quoted.isQuoted = true
        } else if let (options, instance) = try await shippingOptions(parcel, of: checkout) {
            quoted.options = options
            quoted.isQuoted = true
            quoted.shippingInstance = instance
        }
        if quoted.chosenOption == nil { quoted.chosen = quoted.options.first?.code }
        return quoted
    }

    /// What the maker takes by the shop's own profiles; nil where they have no price for it.
    private static func ownQuote(
        _ parcel: CheckoutParcel, of checkout: Checkout,
        _ profiles: [ID<Variant>: ShippingProfile]
    ) throws -> ShippingQuote? {
        let sent = parcel.lines.filter(\.requiresShipping)
        return try OwnRates.quote(
            sent.map { ($0.variant, $0.quantity, $0.weightGrams) }, by: profiles,
            to: checkout.address.country,
            value: try Money.sum(sent.map(\.total), checkout.currency))
    }

    private func shippingOptions(
        _ parcel: CheckoutParcel, of checkout: Checkout
    ) async throws -> ([ShippingQuote], ID<ProviderInstance>)? {
        let facts = RoutingFacts(
            amount: checkout.totals.items, country: checkout.address.country,
            sellers: [parcel.seller.description], sticky: checkout.id.description)
        let request = try Self.shippingRequest(for: parcel, of: checkout)
        for instance in try await providers.candidates(.shipping, for: facts) {
            do {
                let context = OperationContext(
                    idempotencyKey: "shipping:\(checkout.id):\(parcel.number)",
                    deadline: Instant.systemNow.advanced(by: settings.quoteDeadline))
                let quotes = try await providers.shipping(instance.id)
                    .quotes(for: request, context)
                return (quotes, instance.id)
            } catch let error as ProviderError {
                logger.warning("shipping.unavailable", metadata: ["error": "\(error)"])
            } catch let error as ProviderRefusal {
                logger.warning("shipping.unavailable", metadata: ["error": "\(error.code)"])
            }
        }
        return nil
    }

    private static func shippingRequest(
        for parcel: CheckoutParcel, of checkout: Checkout
    ) throws -> ShippingRequest {
        let sent = parcel.lines.filter(\.requiresShipping)
        let grams = sent.reduce(0) { $0 + $1.weightGrams * $1.quantity }
        return ShippingRequest(
            sellerID: parcel.seller.description,
            origin: parcel.origin
                ?? Address(
                    name: parcel.sellerName, lines: [], city: "", country: parcel.sellerCountry),
            destination: checkout.address,
            parcel: Parcel(
                weightGrams: grams, value: try Money.sum(sent.map(\.total), checkout.currency),
                itemCount: sent.reduce(0) { $0 + $1.quantity }),
            currency: checkout.currency)
    }
}
