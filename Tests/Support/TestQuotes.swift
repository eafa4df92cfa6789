import ProviderKit
import Vocabulary

/// Ships every parcel for 4.90, or lets the customer fetch it for nothing. An instance that says
/// what `express` costs does that, too.
public struct TestShipping: ShippingProvider {
    public static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "test-shipping", name: "Test shipping", version: "1",
        fields: [
            ConfigurationField("price", label: "Price", kind: .integer, fallback: "490"),
            ConfigurationField("express", label: "Express", kind: .integer, fallback: "0"),
        ],
        // It goes to neither: what an administrator may be asked about.
        hosts: ["parcels.example", "labels.example"])

    let price: Int64
    /// Minor units; 0 for no express.
    let express: Int64

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        price = Int64(settings.text(Self.descriptor.fields[0]) ?? "") ?? 490
        express = Int64(settings.text(Self.descriptor.fields[1]) ?? "") ?? 0
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    public func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        let fast = ShippingQuote(
            code: "express", label: "Express", price: Money(express, request.currency), daysMin: 1,
            daysMax: 1)
        return (express > 0 ? [fast] : []) + [
            ShippingQuote(
                code: "pickup", label: "Pick up", price: .zero(request.currency), isPickup: true),
            ShippingQuote(
                code: "parcel", label: "Parcel", price: Money(price, request.currency), daysMin: 1,
                daysMax: 3),
        ]
    }
}

/// Takes one rate of everything, 19 % unless the instance says otherwise in `ratePPM`; owed by the
/// platform when `platformRemits` is true.
public struct TestTax: TaxProvider {
    private static let rateField = ConfigurationField(
        "ratePPM", label: "Rate", kind: .integer, fallback: "190000")
    private static let remitterField = ConfigurationField(
        "platformRemits", label: "The platform remits", kind: .bool, fallback: "false")

    public static let descriptor = ModuleDescriptor(
        kind: .tax, key: "test-tax", name: "Test tax", version: "1",
        fields: [rateField, remitterField])

    let rate: PartsPerMillion
    let remitter: TaxRemitter

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        rate = PartsPerMillion(Int64(settings.text(Self.rateField) ?? "") ?? 190_000)
        remitter = settings.text(Self.remitterField) == "true" ? .platform : .seller
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    public func calculate(
        _ request: TaxRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [TaxLine] {
        var lines: [TaxLine] = []
        for line in request.lines {
            do {
                let amount =
                    try line.includesTax
                    ? rate.included(in: line.amount) : rate.of(line.amount)
                let base = try line.includesTax ? line.amount.subtracting(amount) : line.amount
                lines.append(
                    TaxLine(
                        lineID: line.id, jurisdiction: request.destination.country,
                        label: "VAT \(rate.percentText)", rate: rate, base: base, amount: amount,
                        isIncluded: line.includesTax, treatment: .standard, remitter: remitter,
                        source: "test"))
            } catch {
                throw .invalidRequest(code: "amount", message: "\(error)")
            }
        }
        return lines
    }
}
