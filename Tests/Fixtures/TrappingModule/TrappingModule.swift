import Glibc
import ProviderKit
import Vocabulary

/// One price for everything, and a trap: on a price that is no number when its object is made, on
/// a parcel of a certain weight when it quotes, and on being loaded from a file of a certain name.
/// Loaded from others it writes more than anybody reads, or wants more memory than there is for it.
/// For the tests that nobody else is harmed.
public struct TrappingModule: ShippingProvider {
    static let price = ConfigurationField("price", label: "Price", fallback: "490")

    public static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "trapping-module", name: "Trapping module", version: "1.0",
        fields: [price])

    static let fatalGrams = 666_666
    static let fatalName = "traps-when-loaded"
    static let talkativeName = "writes-without-end"
    static let greedyName = "wants-memory"

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
        precondition(request.parcel.weightGrams != Self.fatalGrams, "a module that counts on luck")
        return [ShippingQuote(code: "one", label: "One", price: Money(price, request.currency))]
    }
}

@_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
@_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
    precondition(!isMapped(TrappingModule.fatalName), "a bad day")
    if isMapped(TrappingModule.talkativeName) {
        let line = String(repeating: "x", count: 1 << 20)
        for _ in 0..<40 { print(line) }
    }
    if isMapped(TrappingModule.greedyName) {
        precondition(malloc(2 << 30) != nil, "no memory for it")
    }
    return exportModule(TrappingModule.self)
}

/// Whether this process has a file of that name in its memory.
private func isMapped(_ name: String) -> Bool {
    guard let maps = fopen("/proc/self/maps", "r") else { return false }
    defer { fclose(maps) }
    var line = [CChar](repeating: 0, count: 8192)
    while fgets(&line, Int32(line.count), maps) != nil {
        if strstr(line, name) != nil { return true }
    }
    return false
}
