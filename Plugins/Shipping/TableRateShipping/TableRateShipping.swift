import ProviderKit
import Vocabulary

/// Prices from a table: zones by country and postal code, bands by weight and value, free from a
/// value on, pick-up. Needs no carrier and no network; an empty table ships everywhere.
public struct TableRateShipping: ShippingProvider {
    static let table = ConfigurationField(
        "table", label: "Rate table", kind: .document,
        help: "JSON as the module's README shows; empty takes the table that comes with it.")

    public static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "table-rate-shipping", name: "Table-rate shipping", version: "1.0",
        summary: "Shipping prices from a table of zones and bands.", fields: [table])

    private let table: RateTable

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        do throws(TableProblem) {
            table = try RateTable(settings.text(Self.table) ?? defaultTable)
        } catch {
            throw .misconfigured(message: error.sentence)
        }
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    public func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        let parcel = request.parcel
        guard parcel.value.currency == request.currency else {
            throw .invalidRequest(
                code: "currency.mixed", message: "The parcel's value is in another currency.")
        }
        let zone = table.zones.first { $0.covers(from: request.origin, to: request.destination) }
        let quotes = (zone?.options ?? []).compactMap { option -> ShippingQuote? in
            guard let price = option.price(weightGrams: parcel.weightGrams, value: parcel.value)
            else { return nil }
            return ShippingQuote(
                code: option.code, label: option.label, price: price,
                daysMin: option.days?.lowerBound, daysMax: option.days?.upperBound,
                isPickup: option.isPickup)
        }
        // Pick-up last: the cheapest option is what a page offers first.
        return quotes.sorted {
            ($0.isPickup ? 1 : 0, $0.price.amount, $0.code)
                < ($1.isPickup ? 1 : 0, $1.price.amount, $1.code)
        }
    }
}

@_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
@_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
    exportModule(TableRateShipping.self)
}
