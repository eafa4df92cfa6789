import Glibc
import Kernel
import Postgres
import ProviderHost
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// The same market whose modules and key are behind a socket.
@Suite struct `Providers in a provider host` {
    /// Runs `body` with a market that has neither modules nor a key; `market` is its host, with
    /// `modules` beside its own.
    private func run(
        modules: [ModuleExport] = [],
        _ body: @escaping @Sendable (_ far: Marketplace, _ market: KeyedMarket) async throws -> Void
    ) async throws {
        try await KeyedMarket.run { market in
            let host = try KeyedMarket.marketplace(market.market.marketplace, modules: modules)
            let folder = "/tmp/guildhall-\(market.market.storage.name)"
            let path = folder + "/socket"
            defer { rmdir(folder) }
            let (listens, listen) = AsyncStream.makeStream(of: Void.self)
            let connection = HostConnection(
                path: path, name: "tests", patience: .seconds(60), logger: TestServers.logger)
            let far = Marketplace(
                database: market.market.database,
                providers: ProviderGateway(
                    database: market.market.database, host: connection,
                    logger: TestServers.logger),
                settings: market.marketplace.settings, logger: TestServers.logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await HostListener(
                        path: path, providers: HostedMarket(host.providers),
                        logger: TestServers.logger
                    ).run(grace: .seconds(1)) { listen.finish() }
                }
                for await _ in listens {}
                defer { group.cancelAll() }
                try await body(far, market)
            }
            connection.close()
        }
    }

    @Test func `are made, checked, changed and rotated by a process that cannot open a secret`()
        async throws
    {
        try await run { far, market in
            let draft = try await far.createProviderInstance(
                module: "keyed-shipping", name: "Post",
                settings: ["label": "Post", "apiKey": "wrong"], as: market.admin)
            let refused = await #expect(throws: ProviderRefusal.self) {
                try await far.activateProviderInstance(draft.id, as: market.admin)
            }
            #expect(refused?.code == "provider.check-failed")

            let mended = try await far.changeProviderInstance(
                draft.id, version: 1, name: "Post", capture: .atOrder,
                settings: ["label": "Mail", "apiKey": "right"], as: market.admin)
            _ = try await far.activateProviderInstance(draft.id, as: market.admin)
            #expect(try await market.quote(draft.id, in: far)?.label == "Mail right wrong")
            #expect(try await far.storedSecrets(of: draft.id) == ["apiKey"])

            _ = try await far.changeProviderInstance(
                draft.id, version: mended.configurationVersion, name: "Post", capture: .atOrder,
                settings: ["label": "Letters", "apiKey": ""], as: market.admin)
            let quote = try await market.quote(draft.id, in: far)
            #expect(quote?.code == "v3")
            #expect(quote?.label == "Letters right wrong")
            // The host's own process reads what it sealed for the other.
            #expect(try await market.quote(draft.id)?.label == "Letters right wrong")
        }
    }

    @Test func `of two versions of a module are served side by side, each by its own`() async throws
    {
        try await run(modules: [ModuleExport(NewerKeyedShipping.self)]) { far, market in
            func add(_ name: String, _ version: String?) async throws -> ProviderInstance {
                try await far.createProviderInstance(
                    module: "keyed-shipping", version: version, name: name,
                    settings: ["label": name, "apiKey": "right"], as: market.admin)
            }
            let (older, newest) = (try await add("A", "1"), try await add("B", nil))
            #expect(older.moduleVersion == "1" && newest.moduleVersion == "1.1")

            #expect(try await market.quote(older.id, in: far)?.label == "A right none")
            #expect(try await market.quote(newest.id, in: far)?.label == "newer B right none")

            _ = try await far.changeModuleVersion(
                older.id, version: 1, to: "1.1", as: market.admin)
            #expect(try await market.quote(older.id, in: far)?.label == "newer A right none")
        }
    }

    @Test func `refuse settings in the same words`() async throws {
        try await run { far, market in
            for (settings, field) in [
                (["apiKey": "k"], "settings.label"),
                (["label": "x", "days": "three", "apiKey": "k"], "settings.days"),
                (["label": "nonsense", "apiKey": "k"], "settings"),
            ] {
                var refusals: [ProviderRefusal?] = []
                for place in [far, market.marketplace] {
                    refusals.append(
                        await #expect(throws: ProviderRefusal.self) {
                            try await place.createProviderInstance(
                                module: "keyed-shipping", name: "Post", settings: settings,
                                as: market.admin)
                        })
                }
                #expect(refusals[0]?.field == field)
                #expect(refusals[0]?.explanation == refusals[1]?.explanation)
            }
            let unknown = await #expect(throws: ProviderRefusal.self) {
                try await far.createProviderInstance(
                    module: "unheard-of", name: "X", settings: [:], as: market.admin)
            }
            #expect(unknown?.field == "settings.module")
        }
    }

    @Test func `are listed with their modules`() async throws {
        try await run { far, market in
            let modules = try await far.providerModules()

            #expect(try await market.marketplace.providerModules() == modules)
            #expect(modules.contains { $0.key == "keyed-shipping" })
            #expect(far.refusedModules().isEmpty)
        }
    }

    /// Who asks may run in another container, which permits something else.
    @Test func `have programs that are walled off or not as their own machine permits`()
        async throws
    {
        let permitted = await NetworkWall.ofThisMachine().stands
        try await run { far, _ in
            let modules = try await far.providerModules()
            #expect(!modules.isEmpty)

            let told = await far.providers.catalog.areProgramsApart()
            #expect(told == permitted)
        }
    }

    @Test func `without a host are unreachable, in words, and the rest goes on`() async throws {
        try await KeyedMarket.run { market in
            let connection = HostConnection(
                path: "/tmp/guildhall-nobody.sock", name: "tests", patience: .milliseconds(50),
                logger: TestServers.logger)
            let far = Marketplace(
                database: market.market.database,
                providers: ProviderGateway(
                    database: market.market.database, host: connection,
                    logger: TestServers.logger),
                settings: market.marketplace.settings, logger: TestServers.logger)
            let made = try await market.active()

            #expect(try await far.providerInstances().map(\.id) == [made.id])
            async let modules = far.providerModules()
            let secrets = await #expect(throws: ProviderRefusal.self) {
                try await far.storedSecrets(of: made.id)
            }
            #expect(secrets?.code == "provider.host-unreachable")
            #expect(try await modules.isEmpty)
            #expect(far.refusedModules().map(\.file) == ["provider host"])
        }
    }
}
