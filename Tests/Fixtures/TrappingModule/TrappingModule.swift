import ProviderKit
import Vocabulary

/// One price for everything, and a trap on a price that is no number: for the test that a
/// conformance run outlives the module that it tries.
public struct TrappingModule: ShippingProvider {
    static let price = ConfigurationField("price", label: "Price", fallback: "490")

    public static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "trapping-module", name: "Trapping module", version: "1.0",
        fields: [price])

    let price: Int64

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        let text = try settings.required(Self.price)
        precondition(Int64(text) != nil, "a module that checks nothing")
        price = Int64(text) ?? 0
    }

    public func check(
        _ context: OperationContext
    ) async throws(ProviderError) -> [String] { [] }

    public func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        [ShippingQuote(code: "one", label: "One", price: Money(price, request.currency))]
    }
}

@_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
@_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
    exportModule(TrappingModule.self)
}
