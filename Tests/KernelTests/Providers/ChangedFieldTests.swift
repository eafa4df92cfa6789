import Kernel
import ProviderHost
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// A module that says which settings it is given.
private struct TellingShipping: ShippingProvider {
    static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "keyed-shipping", name: "Keyed shipping", version: "1.3")

    let settings: InstanceSettings

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        self.settings = settings
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        settings.secrets["apiKey"]?.reveal() == "right" ? [] : ["The key is not known."]
    }

    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        let keys = [settings.secrets, settings.previousSecrets].map { $0.keys.sorted() }
        let said = ([settings.values.keys.sorted()] + keys).map { $0.joined(separator: ",") }
        return [
            ShippingQuote(
                code: "keys", label: said.joined(separator: " "), price: .zero(request.currency))
        ]
    }
}

@Suite struct `Settings of a version that has other fields` {
    /// One that has neither days nor a secret of webhooks any more.
    private static let lesser: ModuleExport = {
        var module = KeyedShipping.descriptor
        module.version = "1.1"
        module.fields.removeAll { ["days", "hookSecret"].contains($0.key) }
        return ModuleExport(module) { (settings, services) throws(ProviderError) -> any Provider in
            try TellingShipping(settings: settings, services: services)
        }
    }()

    /// One that has to know more.
    private static let greater: ModuleExport = {
        var module = KeyedShipping.descriptor
        module.version = "1.2"
        let region = ConfigurationField("region", label: "Region", required: true)
        module.fields += [
            region, ConfigurationField("pin", label: "PIN", kind: .secret, required: true),
            ConfigurationField("pickup", label: "Pickup", kind: .url),
        ]
        return ModuleExport(module) { (settings, services) throws(ProviderError) -> any Provider in
            _ = try settings.required(region)
            return try TellingShipping(settings: settings, services: services)
        }
    }()

    private func run(
        _ body: @Sendable (Marketplace, KeyedMarket, ProviderInstance) async throws -> Void
    ) async throws {
        try await KeyedMarket.run { market in
            let here = try KeyedMarket.marketplace(
                market.market.marketplace, modules: [Self.lesser, Self.greater])
            let post = try await here.createProviderInstance(
                module: "keyed-shipping", version: "1", name: "Post",
                settings: [
                    "label": "Post", "apiKey": "right", "days": "4", "hookSecret": "h",
                ], as: market.admin)
            try await body(here, market, post)
        }
    }

    private func change(
        _ post: ProviderInstance, _ settings: [String: String], _ here: Marketplace
    ) async throws -> ProviderInstance {
        let now = try await here.providerInstance(post.id)
        return try await here.changeProviderInstance(
            post.id, version: now.configurationVersion, name: "Post", capture: .atOrder,
            settings: settings, as: nil)
    }

    @Test func `can be changed again, and what it knows no more is dropped`() async throws {
        try await run { here, market, post in
            _ = try await here.changeModuleVersion(post.id, version: 1, to: "1.1", as: nil)
            #expect(
                try await market.quote(post.id, in: here)?.label == "label apiKey ",
                "it is given nothing that it did not ask for")

            // A program sends back what it read.
            let read = try await here.providerInstance(post.id).settings
            #expect(read == ["label": "Post", "days": "4"])
            let changed = try await change(
                post, read.merging(["label": "Mail"]) { $1 }, here)
            #expect(changed.settings == ["label": "Mail"])
            #expect(try await here.storedSecrets(of: post.id) == ["apiKey"])
            #expect(try await here.previousSecrets(of: post.id) == [])
        }
    }

    @Test(arguments: ["days", "hookSecret"])
    func `are refused where somebody types what it does not know`(_ key: String) async throws {
        try await run { here, market, post in
            _ = try await here.changeModuleVersion(post.id, version: 1, to: "1.1", as: nil)

            let refused = await #expect(throws: ProviderRefusal.self) {
                try await change(post, ["label": "Mail", key: "5"], here)
            }

            #expect(refused?.field == "settings.\(key)")
            #expect(refused?.explanation == "Keyed shipping has no setting \(key).")
        }
    }

    @Test func `come with the version that asks for them, and are checked together`() async throws {
        try await run { here, market, post in
            func move(_ settings: [String: String]) async throws -> ProviderInstance {
                try await here.changeModuleVersion(
                    post.id, version: 1, to: "1.2", settings: settings, reason: "It is better.",
                    as: market.admin)
            }
            let without = await #expect(throws: ProviderRefusal.self) { try await move([:]) }
            #expect(without?.explanation.contains("Region is needed.") == true)
            for (settings, field) in [
                (["region": "north"], "pin"), (["pin": "1"], "region"),
                (["region": "north", "pin": "1", "hue": "2"], "hue"),
            ] {
                let refused = await #expect(throws: ProviderRefusal.self) {
                    try await move(settings)
                }
                #expect(refused?.field == "settings.\(field)")
            }
            let wrong = await #expect(throws: ProviderRefusal.self) {
                try await move(["region": "north", "pin": "1", "apiKey": "wrong"])
            }
            #expect(wrong?.code == "provider.check-failed")
            #expect(try await here.providerInstance(post.id).moduleVersion == "1")

            let moved = try await move(["region": "north", "pin": "1"])
            #expect(moved.moduleVersion == "1.2" && moved.configurationVersion == 2)
            #expect(moved.settings == ["label": "Post", "days": "4", "region": "north"])
            #expect(
                try await market.quote(post.id, in: here)?.label
                    == "days,label,region apiKey,hookSecret,pin ")
        }
    }

    @Test func `send no stored secret to an address that came with the version`() async throws {
        try await run { here, market, post in
            let settings = ["region": "north", "pin": "1", "pickup": "https://other.example"]

            let refused = await #expect(throws: ProviderRefusal.self) {
                try await here.changeModuleVersion(
                    post.id, version: 1, to: "1.2", settings: settings, as: nil)
            }
            #expect(refused?.field == "settings.apiKey")
            #expect(refused?.explanation == "The address changed: type it again.")

            let typed = ["apiKey": "right", "hookSecret": "i"]
            let moved = try await here.changeModuleVersion(
                post.id, version: 1, to: "1.2", settings: settings.merging(typed) { $1 }, as: nil)
            #expect(moved.settings["pickup"] == "https://other.example")
        }
    }

    @Test func `are asked of whoever comes from a version without them`() throws {
        let (old, new) = (KeyedShipping.descriptor, Self.greater.descriptor)
        func added(_ old: ModuleDescriptor?, _ stored: Set<String>) -> [String] {
            new.added(since: old, stored: stored).map(\.key)
        }

        #expect(added(old, ["label"]) == ["region", "pin", "pickup"])
        #expect(added(new, []) == [])
        #expect(added(nil, ["label", "apiKey", "days", "region"]).contains("pin"))
        var plain = new
        plain.fields = plain.fields.map { field in
            var field = field
            if field.key == "pin" { field.kind = .text }
            return field
        }
        #expect(added(plain, ["pin"]) == ["pin"], "it was stored for everybody to see")
    }

    @Test func `are those of the version that a draft names, which has to be there`() async throws {
        try await run { here, market, _ in
            let settings = ["label": "Mail", "apiKey": "right"]
            let refused = await #expect(throws: ProviderRefusal.self) {
                try await here.createProviderInstance(
                    module: "keyed-shipping", version: "1.0.9", name: "Mail", settings: settings,
                    as: nil)
            }
            #expect(refused?.code == "provider.version-missing")
            #expect(refused?.field == "moduleVersion")

            let mail = try await here.createProviderInstance(
                module: "keyed-shipping", version: "1.1", name: "Mail", settings: settings, as: nil)
            #expect(mail.moduleVersion == "1.1")
        }
    }
}
