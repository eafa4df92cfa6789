import Foundation
import Kernel
import ProviderHost
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Settings of a module that is a program` {
    private static let client = HostClient(privateHosts: [])
    private static let plugins =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/Plugins"

    /// A market with the parcels in a folder of its own, so that no other test's programs die.
    private func run(
        _ prepare: (_ folder: String) throws -> Void = { _ in },
        _ body: @Sendable (Marketplace) async throws -> Void
    ) async throws {
        let folder =
            FileManager.default.temporaryDirectory.path + "/program-" + hexadecimal(randomBytes(6))
        let files = FileManager.default
        try files.copyItem(atPath: Self.plugins + "/Shipping/PostalParcels", toPath: folder)
        defer { try? files.removeItem(atPath: folder) }
        // There it is a link to what all programs share.
        try files.removeItem(atPath: folder + "/guildhall_frames.py")
        try files.copyItem(
            atPath: Self.plugins + "/guildhall_frames.py",
            toPath: folder + "/guildhall_frames.py")
        try prepare(folder)
        try await TestMarketplace.run { market in
            let gateway = ProviderGateway(
                database: market.database, catalog: ModuleCatalog(folder: folder),
                client: Self.client, key: try ProviderKey(Array(repeating: 9, count: 32)),
                logger: TestServers.logger)
            try await body(
                Marketplace(
                    database: market.database, providers: gateway,
                    settings: market.marketplace.settings, logger: TestServers.logger))
        }
    }

    private func draft(
        _ market: Marketplace, _ settings: [String: String] = ["price": "700"],
        version: String? = nil
    ) async throws -> ProviderInstance {
        try await market.createProviderInstance(
            module: "postal-parcels", version: version, name: "Post", settings: settings, as: nil)
    }

    private func quotes(
        _ id: ID<ProviderInstance>, _ market: Marketplace
    ) async throws -> [ShippingQuote] {
        let place = Address(name: "Ada", lines: ["Gasse 1"], city: "Berlin", country: "DE")
        return try await market.providers.shipping(id).quotes(
            for: ShippingRequest(
                sellerID: "s", origin: place, destination: place,
                parcel: Parcel(weightGrams: 1, value: Money(1, .eur), itemCount: 1),
                currency: .eur),
            OperationContext(key: "k", within: .seconds(60)))
    }

    /// Its manifest takes every whole number; the program does not.
    @Test func `are refused in its own words, before anybody is asked for a quote`() async throws {
        try await run { market in
            let new = await #expect(throws: ProviderRefusal.self) {
                try await draft(market, ["price": "-1"])
            }
            #expect(new?.explanation == "price is out of all bounds.")
            let post = try await draft(market)

            let changed = await #expect(throws: ProviderRefusal.self) {
                try await market.changeProviderInstance(
                    post.id, version: 1, name: "Post", capture: .atOrder,
                    settings: ["price": "-1"], as: nil)
            }

            #expect(changed?.code == "provider.setting-wrong")
            #expect(changed?.explanation == "price is out of all bounds.")
            #expect(try await quotes(post.id, market).first?.price == Money(700, .eur))
        }
    }

    /// It has said nothing against them; the check at the activation will.
    @Test func `are taken for a draft of one that does not answer, in time`() async throws {
        try await run { folder in
            let program = folder + "/postal_parcels.py"
            let text = try String(contentsOfFile: program, encoding: .utf8)
            try text.replacing(
                "def make(settings):\n",
                with: "def make(settings):\n    __import__('threading').Event().wait()\n"
            )
            .write(toFile: program, atomically: false, encoding: .utf8)
        } _: { market in
            let began = ContinuousClock.now
            let post = try await draft(market, ["price": "-1"])

            #expect(post.state == .draft)
            #expect(ContinuousClock.now - began < .seconds(30))
        }
    }

    /// An older version had a field that the program's manifest has no more.
    @Test func `that it knows no more leave what is live at work`() async throws {
        try await run { folder in
            let manifest = folder + "/postal-parcels.module.json"
            let text = try String(contentsOfFile: manifest, encoding: .utf8)
            try text.replacing("\"version\": \"1.0\"", with: "\"version\": \"1.1\"")
                .replacing("\"key\": \"countries\"", with: "\"key\": \"places\"")
                .write(toFile: folder + "/newer.module.json", atomically: false, encoding: .utf8)
        } _: { market in
            let post = try await draft(
                market, ["price": "700", "countries": "FR"], version: "1.0")
            #expect(try await quotes(post.id, market).isEmpty, "they do not go there")

            let moved = try await market.changeModuleVersion(
                post.id, version: 1, to: "1.1", as: nil)

            #expect(moved.settings["countries"] == "FR", "it may be gone back to")
            #expect(try await quotes(post.id, market).first?.price == Money(700, .eur))
            let changed = try await market.changeProviderInstance(
                post.id, version: 2, name: "Post", capture: .atOrder, settings: ["price": "800"],
                as: nil)
            #expect(changed.settings == ["price": "800"])
            #expect(try await quotes(post.id, market).first?.price == Money(800, .eur))
        }
    }
}
