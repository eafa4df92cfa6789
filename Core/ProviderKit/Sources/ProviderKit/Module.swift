/// The contract version that this copy of the kit was compiled with. It is compiled into every
/// module, so that a module built against another version says its own number, not the host's.
///
/// Compilers do not compare bodies: when the number changes, something of this declaration before
/// its brace has to change too, or modules that were built before are not compiled again.
@_alwaysEmitIntoClient @inline(__always)
public var providerContractVersion: Int64 { 5 }

/// The C symbol that answers the contract version: `() -> Int64`. The host calls it before it
/// touches anything else of a module.
public let contractSymbol = "guildhall_contract"

/// The C symbol that answers the module: `() -> UnsafeMutableRawPointer`, from `exportModule`.
public let moduleSymbol = "guildhall_module"

/// What a module hands to its host through the C entry point. A module writes:
///
/// ```swift
/// @_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
/// @_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
///     exportModule(TableRateShipping.self)
/// }
/// ```
public func exportModule<Module: Provider>(_ module: Module.Type) -> UnsafeMutableRawPointer {
    Unmanaged.passRetained(ModuleExport(module)).toOpaque()
}

/// A module as its host holds it: what it says about itself, and how to make an instance of it.
public final class ModuleExport: Sendable {
    public let descriptor: ModuleDescriptor
    private let factory:
        @Sendable (InstanceSettings, ProviderServices) throws(ProviderError) -> any Provider

    /// For tests and built-in modules; loaded modules come through `exportModule`.
    public init<Module: Provider>(_ module: Module.Type) {
        descriptor = module.descriptor
        factory = { (settings, services) throws(ProviderError) in
            try Module(settings: settings, services: services)
        }
    }

    /// A module that is no Swift type, such as one in another process.
    public init(
        _ descriptor: ModuleDescriptor,
        make:
            @escaping @Sendable (
                InstanceSettings, ProviderServices
            ) throws(ProviderError) -> any Provider
    ) {
        self.descriptor = descriptor
        factory = make
    }

    /// A live provider with these settings.
    /// - Throws: `misconfigured` when the settings make no sense to the module.
    public func make(
        _ settings: InstanceSettings, _ services: ProviderServices
    ) throws(ProviderError) -> any Provider {
        try factory(settings, services)
    }
}

/// What every provider is, whatever it provides. One value of it serves many calls at once.
public protocol Provider: Sendable {
    static var descriptor: ModuleDescriptor { get }

    /// Must not do I/O. Throws `misconfigured` with a sentence for the administrator.
    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError)

    /// Proves the credentials and settings without moving money; runs before an instance is
    /// activated. Returns what is wrong, one sentence each; nothing when all is well.
    func check(_ context: OperationContext) async throws(ProviderError) -> [String]

    /// Itself as what it is; nil for what it is not. The kit answers these: see `ProviderRole`.
    var asPayment: (any PaymentProvider)? { get }
    var asConfirmedPayments: (any ConfirmedPaymentProvider)? { get }
    var asPayouts: (any PayoutProvider)? { get }
    var asPayoutFiles: (any PayoutFileProvider)? { get }
    var asAccounts: (any ConnectedAccountProvider)? { get }
    var asBalance: (any BalanceProvider)? { get }
    var asDisputes: (any DisputeProvider)? { get }
    var asShipping: (any ShippingProvider)? { get }
    var asTax: (any TaxProvider)? { get }
}

public enum ProviderKind: String, Hashable, Sendable, Codable, CaseIterable {
    case payment, shipping, tax
}

/// What a module says about itself before any instance of it exists.
public struct ModuleDescriptor: Hashable, Sendable, Codable {
    public var kind: ProviderKind
    /// Unique among all modules, and stored with every instance: `sandbox-payments`.
    public var key: String
    public var name: String
    /// The module's own version, such as `1.4`; the first number grows when instances that were
    /// made with an older one cannot be served by it.
    public var version: String
    public var summary: String
    public var fields: [ConfigurationField]
    public var capabilities: Set<Capability>
    /// Hosts that the module may talk to besides those of its `url` fields: `api.stripe.com`.
    public var hosts: [String]
    /// Hosts where real money moves, of those above or of a `url` field: an instance in sandbox
    /// mode is not let through to them. Where one host serves both, as by the prefix of a key,
    /// `init` refuses what does not fit `settings.mode`.
    public var liveHosts: [String]

    public init(
        kind: ProviderKind, key: String, name: String, version: String, summary: String = "",
        fields: [ConfigurationField] = [], capabilities: Set<Capability> = [],
        hosts: [String] = [], liveHosts: [String] = []
    ) {
        self.kind = kind
        self.key = key
        self.name = name
        self.version = version
        self.summary = summary
        self.fields = fields
        self.capabilities = capabilities
        self.hosts = hosts
        self.liveHosts = liveHosts
    }
}

/// What a provider can do beyond the minimum. A call that needs a missing one throws
/// `unsupported`.
public enum Capability: String, Hashable, Sendable, Codable, CaseIterable {
    /// Authorize now, capture later.
    case separateCapture
    /// Capture less than was authorized, several times until a final one.
    case multipleCaptures
    /// Refund less than was captured, several times.
    case partialRefund
    /// The customer may be sent to the provider's page and back.
    case redirect
    /// The result may come by webhook, after the customer has left.
    case delayedResult
    /// Holds funds and pays them out: the provider conforms to `PayoutProvider`.
    case payouts
    /// Writes payouts into files for a bank: the provider conforms to `PayoutFileProvider`.
    case payoutFiles
    /// The seller is paid directly; funds never touch the platform.
    case directToSeller
    /// With `directToSeller`: one payment pays several sellers, each share to its own destination.
    /// Instructions and receipts name their order, and the payment is captured when every share
    /// has come whole: what is too much for one counts for no other.
    case severalSellers
    /// With `directToSeller`: a share's destination is an address on a chain, not a bank account.
    case toChainAddress
    /// A person says that the money came: the provider conforms to `ConfirmedPaymentProvider`.
    case confirmedByPerson
    /// The order goes ahead on a promise: `start` authorizes, and the money is confirmed when the
    /// things are handed over.
    case paidOnDelivery
}
