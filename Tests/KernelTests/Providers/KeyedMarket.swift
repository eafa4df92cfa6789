import Kernel
import ProviderHost
import ProviderKit
import TestSupport
import Vocabulary

/// A module with a secret, whose check passes with the right one.
struct KeyedShipping: ShippingProvider {
    static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "keyed-shipping", name: "Keyed shipping", version: "1",
        fields: [
            ConfigurationField("label", label: "Label", required: true),
            ConfigurationField("days", label: "Days", kind: .integer, fallback: "3"),
            ConfigurationField("endpoint", label: "Endpoint", kind: .url),
            ConfigurationField("apiKey", label: "API key", kind: .secret, required: true),
            ConfigurationField("hookSecret", label: "Secret of webhooks", kind: .secret),
        ])

    let settings: InstanceSettings

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        if settings.values["label"] == "nonsense" {
            throw .misconfigured(message: "Line 3: nonsense")
        }
        // As modules do that hand on what providers say.
        if settings.values["label"] == "talks" {
            let key = settings.secrets["apiKey"]?.reveal() ?? ""
            throw .misconfigured(message: "No such key: \(key)")
        }
        self.settings = settings
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        let key = settings.secrets["apiKey"]?.reveal() ?? ""
        if key.hasPrefix("told-") { return ["No such key: \(key)"] }
        return key == "right" ? [] : ["The key is not known."]
    }

    /// Says what it was configured with.
    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        let known = settings.secrets["hookSecret"] == nil ? ["apiKey"] : ["apiKey", "hookSecret"]
        let secrets = known.flatMap { key in
            [settings.secrets, settings.previousSecrets].map { $0[key]?.reveal() ?? "none" }
        }
        return [
            ShippingQuote(
                code: "v\(settings.version)",
                label: "\(settings.values["label"] ?? "") \(secrets.joined(separator: " "))",
                price: .zero(request.currency))
        ]
    }
}

/// A market with ``KeyedShipping`` beside the test modules.
struct KeyedMarket: Sendable {
    let market: TestMarketplace
    let marketplace: Marketplace
    let admin: ID<Account>

    private static let client = HostClient(privateHosts: [])

    init(_ market: TestMarketplace) async throws {
        self.market = market
        marketplace = try Self.marketplace(market.marketplace)
        admin = try await market.given.administrator().id
    }

    /// Another process with the same modules and key.
    func anotherProcess() throws -> Marketplace {
        try Self.marketplace(try market.anotherProcess())
    }

    static func marketplace(
        _ market: Marketplace, key: ProviderKey? = nil, modules: [ModuleExport] = [],
        withOriginal: Bool = true
    ) throws -> Marketplace {
        let catalog = ModuleCatalog(
            folder: nil,
            builtIn: (withOriginal ? [ModuleExport(KeyedShipping.self)] : []) + modules
                + [ModuleExport(TestPayments.self)])
        let gateway = ProviderGateway(
            database: market.database, catalog: catalog, client: client,
            key: try key ?? ProviderKey(Array(repeating: 9, count: 32)), logger: market.logger)
        return Marketplace(
            database: market.database, providers: gateway, settings: market.settings,
            logger: market.logger)
    }

    static func run(_ body: @Sendable (KeyedMarket) async throws -> Void) async throws {
        try await TestMarketplace.run { try await body(KeyedMarket($0)) }
    }

    func draft(
        _ name: String = "Post", label: String = "Post", key: String = "right"
    ) async throws -> ProviderInstance {
        try await marketplace.createProviderInstance(
            module: "keyed-shipping", name: name, settings: ["label": label, "apiKey": key],
            as: admin)
    }

    func active(_ name: String = "Post") async throws -> ProviderInstance {
        try await marketplace.activateProviderInstance(try await draft(name).id, as: admin)
    }

    /// What the instance says that it was configured with.
    func quote(
        _ id: ID<ProviderInstance>, in marketplace: Marketplace? = nil
    ) async throws -> ShippingQuote? {
        let nowhere = Address(name: "", lines: [], city: "", country: "DE")
        return try await (marketplace ?? self.marketplace).providers.shipping(id).quotes(
            for: ShippingRequest(
                sellerID: "s", origin: nowhere, destination: nowhere,
                parcel: Parcel(weightGrams: 1, value: Money(1, .eur), itemCount: 1),
                currency: .eur),
            OperationContext(key: "k", within: .seconds(60))
        ).first
    }
}

let anyFacts = RoutingFacts(
    amount: Money(1, .eur), country: "DE", sellers: [], sticky: "checkout")
