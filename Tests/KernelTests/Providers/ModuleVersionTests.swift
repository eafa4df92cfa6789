import Kernel
import ProviderHost
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// The next version of ``KeyedShipping``, which says so.
struct NewerKeyedShipping: ShippingProvider {
    static let descriptor: ModuleDescriptor = {
        var module = KeyedShipping.descriptor
        module.version = "1.1"
        return module
    }()

    let inner: KeyedShipping

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        inner = try KeyedShipping(settings: settings, services: services)
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        try await inner.check(context)
    }

    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        try await inner.quotes(for: request, context).map { quote in
            var quote = quote
            quote.label = "newer " + quote.label
            return quote
        }
    }
}

@Suite struct `Two versions of a module` {
    private func marketplace(_ market: KeyedMarket) throws -> Marketplace {
        try KeyedMarket.marketplace(
            market.market.marketplace, modules: [ModuleExport(NewerKeyedShipping.self)])
    }

    @Test func `serve beside each other, each the providers that are its own`() async throws {
        try await KeyedMarket.run { market in
            let both = try marketplace(market)
            func add(_ name: String, _ version: String?) async throws -> ProviderInstance {
                try await both.createProviderInstance(
                    module: "keyed-shipping", version: version, name: name,
                    settings: ["label": name, "apiKey": "right"], as: market.admin)
            }
            let (older, newest) = (try await add("A", "1"), try await add("B", nil))
            #expect(older.moduleVersion == "1" && newest.moduleVersion == "1.1")

            #expect(try await market.quote(older.id, in: both)?.label == "A right none")
            #expect(try await market.quote(newest.id, in: both)?.label == "newer B right none")

            let moved = try await both.changeModuleVersion(
                older.id, version: 1, to: "1.1", reason: "it is better", as: market.admin)
            #expect(moved.moduleVersion == "1.1" && moved.configurationVersion == 2)
            #expect(try await market.quote(older.id, in: both)?.label == "newer A right none")
            let missing = await #expect(throws: ProviderRefusal.self) {
                try await both.changeModuleVersion(
                    older.id, version: 2, to: "9", as: market.admin)
            }
            #expect(missing?.code == "provider.version-missing")
        }
    }

    /// A new version takes the place of the old one when that is gone, if its number says that it
    /// can serve what the old one made.
    @Test func `go for each other only within one major number`() async throws {
        try await KeyedMarket.run { market in
            let both = try marketplace(market)
            let post = try await both.createProviderInstance(
                module: "keyed-shipping", version: "1", name: "A",
                settings: ["label": "A", "apiKey": "right"], as: market.admin)
            let alone = try KeyedMarket.marketplace(
                market.market.marketplace, modules: [ModuleExport(NewerKeyedShipping.self)],
                withOriginal: false)

            #expect(try await market.quote(post.id, in: alone)?.label == "newer A right none")
            let other = try KeyedMarket.marketplace(
                market.market.marketplace, modules: [], withOriginal: false)
            await #expect(throws: ProviderRefusal.self) {
                try await market.quote(post.id, in: other)
            }
        }
    }

    @Test(arguments: [
        ("1.9", "1.10"), ("1", "1.1"), ("2", "10"), ("1.0", "1.0.1"), ("0.9", "1.0"),
    ])
    func `are told apart by their numbers`(_ older: String, _ newer: String) {
        #expect(ModuleVersion(older) < ModuleVersion(newer))
        #expect(!(ModuleVersion(newer) < ModuleVersion(older)))
    }
}
