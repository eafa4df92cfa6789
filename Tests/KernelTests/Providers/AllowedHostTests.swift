import Kernel
import Postgres
import ProviderHost
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// A module that goes where its settings say, declared or not.
struct RoamingShipping: ShippingProvider {
    static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "roaming-shipping", name: "Roaming shipping", version: "1",
        fields: [ConfigurationField("goesTo", label: "Goes to", required: true)],
        hosts: ["127.0.0.1", "127.0.0.2"])

    let settings: InstanceSettings
    let services: ProviderServices

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        self.settings = settings
        self.services = services
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        _ = try await services.http.send(
            HTTPRequest("GET", "http://\(settings.values["goesTo"] ?? "")/"),
            deadline: context.deadline)
        return []
    }
}

/// Its next version, which declares one host more.
struct NewerRoamingShipping: ShippingProvider {
    static let descriptor: ModuleDescriptor = {
        var module = RoamingShipping.descriptor
        module.version = "1.1"
        module.hosts.append("127.0.0.3")
        return module
    }()

    let inner: RoamingShipping

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        inner = try RoamingShipping(settings: settings, services: services)
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        try await inner.quotes(for: request, context)
    }
}

@Suite struct `The hosts that a provider may reach` {
    private func marketplace(
        _ market: KeyedMarket,
        _ modules: [ModuleExport] = [
            ModuleExport(RoamingShipping.self), ModuleExport(NewerRoamingShipping.self),
        ]
    ) throws -> Marketplace {
        try KeyedMarket.marketplace(market.market.marketplace, modules: modules)
    }

    private func add(
        _ marketplace: Marketplace, goesTo host: String, allowing hosts: Set<String>? = nil
    ) async throws -> ProviderInstance {
        try await marketplace.createProviderInstance(
            module: "roaming-shipping", version: "1", name: "To \(host)",
            settings: ["goesTo": host], allowing: hosts, as: nil)
    }

    /// Whether its module came past the list of hosts. Nobody gets further in this test: all of
    /// them are this machine, which no host was allowed to be.
    private func reaches(
        _ instance: ProviderInstance, in marketplace: Marketplace
    ) async throws -> Bool {
        let nowhere = Address(name: "", lines: [], city: "", country: "DE")
        let shipping = try await marketplace.providers.shipping(instance.id)
        let request = ShippingRequest(
            sellerID: "s", origin: nowhere, destination: nowhere,
            parcel: Parcel(weightGrams: 1, value: Money(1, .eur), itemCount: 1), currency: .eur)
        let context = OperationContext(key: "k", within: .seconds(20))
        do throws(ProviderError) {
            _ = try await shipping.quotes(for: request, context)
            Issue.record("somebody answered")
            return true
        } catch .invalidRequest(let code, _) {
            #expect(["address.not-allowed", "host.not-allowed"].contains(code))
            return code == "address.not-allowed"
        } catch {
            throw error
        }
    }

    @Test func `are those that its module declares and an administrator left ticked`()
        async throws
    {
        try await KeyedMarket.run { market in
            let here = try marketplace(market)
            let all = try await add(here, goesTo: "127.0.0.1")
            let ticked = try await add(here, goesTo: "127.0.0.1:81", allowing: ["127.0.0.1"])
            let unticked = try await add(here, goesTo: "127.0.0.2", allowing: ["127.0.0.1"])
            let undeclared = try await add(here, goesTo: "127.0.0.9")

            #expect(try await reaches(all, in: here))
            #expect(try await reaches(ticked, in: here))
            #expect(try await !reaches(unticked, in: here))
            #expect(try await !reaches(undeclared, in: here))
            let error = await #expect(throws: ProviderRefusal.self) {
                try await add(here, goesTo: "x", allowing: ["127.0.0.9"])
            }
            #expect(error?.code == "provider.host-unknown")
        }
    }

    @Test func `stay the same when a version wants more, until that is allowed, which is audited`()
        async throws
    {
        try await KeyedMarket.run { market in
            let here = try marketplace(market)
            let made = try await add(here, goesTo: "127.0.0.3")
            let kept = try await add(here, goesTo: "127.0.0.1")
            for instance in [made, kept] {
                _ = try await here.changeModuleVersion(
                    instance.id, version: 1, to: "1.1", reason: "it is newer", as: market.admin)
            }
            #expect(try await !reaches(made, in: here))
            #expect(try await reaches(kept, in: here), "the market runs on")
            let moved = try await here.providerInstance(made.id)
            let asked = moved.hosts(askedBy: NewerRoamingShipping.descriptor)
            #expect(asked.filter(\.isNew).map(\.name) == ["127.0.0.3"])
            #expect(asked.filter(\.isAllowed).map(\.name) == ["127.0.0.1", "127.0.0.2"])

            let changed = try await here.changeProviderInstance(
                made.id, version: 2, name: made.name, capture: .atOrder,
                settings: made.settings, allowing: ["127.0.0.3"], reason: "they moved",
                as: market.admin)
            #expect(try await reaches(changed, in: here))
            #expect(changed.refusedHosts == ["127.0.0.1", "127.0.0.2"])
            let new = changed.hosts(askedBy: NewerRoamingShipping.descriptor).filter(\.isNew)
            #expect(new.isEmpty)
            let line = try await here.auditTrail(
                .object(kind: "provider_instance", id: made.id.description), PageRequest()
            ).items.first
            #expect(line?.reason == "they moved" && line?.actor == market.admin)
            #expect(line?.before?.contains(#""allowed_hosts": ["127.0.0.1", "127.0.0.2"]"#) == true)
            #expect(line?.after?.contains(#""allowed_hosts": ["127.0.0.3"]"#) == true)

            // What is said of something else leaves the hosts alone.
            let renamed = try await here.changeProviderInstance(
                made.id, version: 3, name: "Renamed", capture: .atOrder,
                settings: made.settings, as: market.admin)
            #expect(renamed.allowedHosts == ["127.0.0.3"])
        }
    }

    @Test func `are allowed with the version that wants them, but for what was refused before`()
        async throws
    {
        try await KeyedMarket.run { market in
            let here = try marketplace(market)
            let made = try await add(here, goesTo: "127.0.0.3", allowing: ["127.0.0.1"])

            let moved = try await here.changeModuleVersion(
                made.id, version: 1, to: "1.1", allowingNewHosts: true, as: market.admin)

            #expect(moved.allowedHosts == ["127.0.0.1", "127.0.0.3"])
            #expect(try await reaches(moved, in: here))
        }
    }

    /// One that was there before anybody was asked goes on; what comes later is asked about.
    @Test func `of an older market are those that were declared when it was first used`()
        async throws
    {
        try await KeyedMarket.run { market in
            let here = try marketplace(market, [ModuleExport(RoamingShipping.self)])
            let ids = try await [
                add(here, goesTo: "127.0.0.2"), add(here, goesTo: "127.0.0.3"),
            ]
            try await market.market.database.execute(
                "update provider_instance set allowed_hosts = null, refused_hosts = '{}'")
            let after = try marketplace(market, [ModuleExport(RoamingShipping.self)])
            #expect(try await reaches(ids[0], in: after))
            #expect(try await !reaches(ids[1], in: after))
            for made in ids {
                let kept = try await after.providerInstance(made.id).allowedHosts
                #expect(kept == ["127.0.0.1", "127.0.0.2"])
            }

            let replaced = try marketplace(market, [ModuleExport(NewerRoamingShipping.self)])
            #expect(try await reaches(ids[0], in: replaced))
            #expect(
                try await !reaches(ids[1], in: replaced), "its file was replaced by a newer one")
        }
    }

    /// The same where it moves to another version before it was used.
    @Test func `of an older market stay the same by a change of the version`() async throws {
        try await KeyedMarket.run { market in
            let here = try marketplace(market)
            let made = try await add(here, goesTo: "127.0.0.3")
            try await market.market.database.execute(
                "update provider_instance set allowed_hosts = null where id = \(made.id)")

            let moved = try await here.changeModuleVersion(
                made.id, version: 1, to: "1.1", as: market.admin)

            #expect(moved.allowedHosts == ["127.0.0.1", "127.0.0.2"])
            #expect(try await !reaches(moved, in: here))
        }
    }

    /// Two processes, one of which has found a newer file already, use it for the first time at the
    /// same moment: the newer goes where that was kept, the older nowhere else than it declares.
    @Test func `of an older market are the same in processes that ask at once`() async throws {
        try await KeyedMarket.run { market in
            let here = try marketplace(market)
            var ids: [ProviderInstance] = []
            for number in 0..<8 {
                ids.append(try await add(here, goesTo: "127.0.0.3:\(8000 + number)"))
            }
            try await market.market.database.execute(
                "update provider_instance set allowed_hosts = null, refused_hosts = '{}'")
            let older = try marketplace(market, [ModuleExport(RoamingShipping.self)])
            let newer = try marketplace(market, [ModuleExport(NewerRoamingShipping.self)])

            for made in ids {
                async let before = reaches(made, in: older)
                async let after = reaches(made, in: newer)
                let found = try await (before, after)

                let kept = try await older.providerInstance(made.id).allowedHosts
                let mayGo = kept?.contains("127.0.0.3") == true
                #expect(found.1 == mayGo, "kept \(kept ?? [])")
                #expect(!found.0)
            }
        }
    }

    /// A process has read that nobody was asked yet, and wants to keep what its module declares.
    @Test func `of an older market are what an administrator says meanwhile`() async throws {
        try await KeyedMarket.run { market in
            let here = try marketplace(market)
            let made = try await add(here, goesTo: "127.0.0.2")
            try await market.market.database.execute(
                "update provider_instance set allowed_hosts = null, refused_hosts = '{}'")
            let older = try marketplace(market)

            let reaching = try await market.market.storage.owner.transaction { tx in
                _ = try await tx.query("select id from provider_instance for update")
                let reaching = Task { try await reaches(made, in: older) }
                try await market.market.waitForWaiters(1)
                try await tx.execute(
                    """
                    update provider_instance
                    set allowed_hosts = '{127.0.0.1}', refused_hosts = '{127.0.0.2}'
                    """)
                return reaching
            }

            #expect(try await !reaching.value)
            let kept = try await older.providerInstance(made.id)
            #expect(kept.allowedHosts == ["127.0.0.1"])
        }
    }

    @Test func `are what one of two administrators said who speak at once`() async throws {
        try await KeyedMarket.run { market in
            let here = try marketplace(market)
            let there = try marketplace(market)
            let made = try await add(here, goesTo: "127.0.0.1")
            for version in 1...4 {
                async let one = say(["127.0.0.1"], of: made, at: version, in: here)
                async let other = say(["127.0.0.2"], of: made, at: version, in: there)
                let said = try await [one, other].compactMap(\.self)

                #expect(said.count == 1)
                let now = try await here.providerInstance(made.id)
                #expect(now.allowedHosts == said.first?.allowedHosts)
                #expect(Set(now.refusedHosts).isDisjoint(with: now.allowedHosts ?? []))
                #expect(now.configurationVersion == version + 1)
            }
        }
    }

    /// Nil when somebody else was faster.
    private func say(
        _ hosts: Set<String>, of made: ProviderInstance, at version: Int,
        in marketplace: Marketplace
    ) async throws -> ProviderInstance? {
        do {
            return try await marketplace.changeProviderInstance(
                made.id, version: version, name: made.name, capture: .atOrder,
                settings: made.settings, allowing: hosts, as: nil)
        } catch ProviderRefusal.stateChanged {
            return nil
        }
    }
}
