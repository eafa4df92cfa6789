import Logging
import ProviderKit
import Vocabulary

/// What the lines of a tax request are called.
enum TaxLineID {
    static func goods(_ line: Int) -> String { "line-\(line)" }
    static func shipping(_ parcel: Int) -> String { "shipping-\(parcel)" }
}

extension Marketplace {
    /// The checkout with the taxes of its present address and shipping, and its totals. When taxes
    /// cannot be had, it comes back untaxed. Never called inside a transaction.
    func taxed(_ checkout: Checkout) async throws -> Checkout {
        var taxed = checkout
        taxed.isTaxed = false
        taxed.taxLines = []
        taxed.taxInstance = nil
        taxed.totals = try Split.totals(of: taxed)
        guard checkout.parcels.allSatisfy({ $0.chosenOption != nil }) else { return taxed }
        let request = Self.taxRequest(for: checkout)
        for instance in try await providers.candidates(.tax, for: checkout.routingFacts) {
            do {
                let context = OperationContext(
                    idempotencyKey: "tax:\(checkout.id)",
                    deadline: Instant.systemNow.advanced(by: settings.quoteDeadline))
                taxed.taxLines = try await providers.tax(instance.id).calculate(request, context)
                taxed.taxInstance = instance.id
                taxed.isTaxed = true
                taxed.totals = try Split.totals(of: taxed)
                return taxed
            } catch let error as ProviderError {
                logger.warning("tax.unavailable", metadata: ["error": "\(error)"])
            } catch let error as ProviderRefusal {
                logger.warning("tax.unavailable", metadata: ["error": "\(error.code)"])
            }
        }
        return taxed
    }

    private static func taxRequest(for checkout: Checkout) -> TaxRequest {
        let destination = checkout.address.country
        var lines: [TaxableLine] = []
        for parcel in checkout.parcels {
            let origin = parcel.origin?.country ?? parcel.sellerCountry
            let included = PriceCustom.includesTax(origin: origin, destination: destination)
            for line in parcel.lines {
                lines.append(
                    TaxableLine(
                        id: TaxLineID.goods(line.number), kind: .goods,
                        sellerID: parcel.seller.description, originCountry: origin,
                        taxCode: line.taxCode, amount: line.total, includesTax: included))
            }
            if let option = parcel.chosenOption {
                lines.append(
                    TaxableLine(
                        id: TaxLineID.shipping(parcel.number), kind: .shipping,
                        sellerID: parcel.seller.description, originCountry: origin,
                        amount: option.price, includesTax: included))
            }
        }
        return TaxRequest(
            destination: checkout.address, suppliedAt: checkout.readAt, lines: lines)
    }
}

extension Checkout {
    /// What decides which provider instances serve it.
    var routingFacts: RoutingFacts {
        RoutingFacts(
            amount: totals.total, country: address.country,
            sellers: Set(parcels.map(\.seller.description)), sticky: id.description)
    }
}
