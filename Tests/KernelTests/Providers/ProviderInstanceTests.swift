import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A provider instance` {
    @Test func `lives from draft to retired, and each step is written down`() async throws {
        try await KeyedMarket.run { market in
            let (marketplace, admin) = (market.marketplace, market.admin)
            let id = try await market.draft().id

            for (verb, state) in [
                (marketplace.activateProviderInstance, ProviderInstance.State.active),
                (marketplace.pauseProviderInstance, .paused),
                (marketplace.activateProviderInstance, .active),
                (marketplace.drainProviderInstance, .draining),
                (marketplace.retireProviderInstance, .retired),
            ] {
                #expect(try await verb(id, "because", admin).state == state)
            }

            let events = try await marketplace.providerInstanceEvents(id, PageRequest())
            #expect(
                events.items.map(\.to) == [.retired, .draining, .active, .paused, .active, .draft])
            #expect(events.items.first?.reason == "because")
            #expect(events.items.first?.actor == admin)
            await #expect(throws: ProviderRefusal.self) {
                try await marketplace.activateProviderInstance(id, as: admin)
            }
        }
    }

    @Test func `is not activated unless its own check passes`() async throws {
        try await KeyedMarket.run { market in
            let id = try await market.draft(key: "wrong").id

            let problems = try await market.marketplace.checkProviderInstance(id)
            let error = await #expect(throws: ProviderRefusal.self) {
                try await market.marketplace.activateProviderInstance(id, as: market.admin)
            }

            #expect(problems == ["The key is not known."])
            #expect(error?.code == "provider.check-failed")
            #expect(try await market.marketplace.providerInstance(id).state == .draft)
        }
    }

    @Test(arguments: [
        (["apiKey": "k"], "settings.label", "Label is needed."),
        (["label": "L"], "settings.apiKey", "API key is needed."),
        (
            ["label": "L", "apiKey": "k", "days": "x"], "settings.days",
            "Days must be a whole number."
        ),
        (
            ["label": "L", "apiKey": "k", "hue": "1"], "settings.hue",
            "Keyed shipping has no setting hue."
        ),
        (["label": "nonsense", "apiKey": "k"], "settings", "Line 3: nonsense"),
    ])
    func `takes only the settings of its module`(
        _ settings: [String: String], _ field: String, _ problem: String
    ) async throws {
        try await KeyedMarket.run { market in
            let error = await #expect(throws: ProviderRefusal.self) {
                try await market.marketplace.createProviderInstance(
                    module: "keyed-shipping", name: "Post", settings: settings, as: market.admin)
            }

            #expect(error?.field == field)
            #expect(error?.explanation == problem)
        }
    }

    @Test func `needs a module and a name of its own`() async throws {
        try await KeyedMarket.run { market in
            _ = try await market.draft("Post")

            let taken = await #expect(throws: ProviderRefusal.self) {
                try await market.draft("Post")
            }
            let empty = await #expect(throws: ProviderRefusal.self) { try await market.draft("  ") }
            let unknown = await #expect(throws: ProviderRefusal.self) {
                try await market.marketplace.createProviderInstance(
                    module: "unheard-of", name: "X", settings: [:], as: market.admin)
            }

            #expect(taken?.code == "provider.name-taken")
            #expect(empty?.code == "provider.name-wrong")
            #expect(unknown?.code == "provider.setting-wrong")
        }
    }

    @Test func `keeps its secrets sealed, for itself only`() async throws {
        try await KeyedMarket.run { market in
            let (one, other) = (
                try await market.draft("One", key: "sk_very_secret"),
                try await market.draft("Other")
            )

            let rows = try await market.market.database.query(
                """
                select row_to_json(i)::text || encode(i.secrets, 'escape')
                from provider_instance i
                """
            ).decode { c in try c.next(String.self) }
            #expect(rows.count == 2)
            #expect(!rows.contains { $0.contains("sk_very_secret") })
            #expect(one.settings == ["label": "Post"])
            #expect(try await market.marketplace.storedSecrets(of: one.id) == ["apiKey"])
            #expect(try await market.quote(one.id)?.label == "Post sk_very_secret none")

            // Copied to another row they do not open there.
            try await market.market.database.execute(
                """
                update provider_instance
                set secrets = (select secrets from provider_instance where id = \(one.id))
                where id = \(other.id)
                """)
            await #expect(throws: ProviderKeyError.self) { try await market.quote(other.id) }
        }
    }

    @Test func `changes as a new version, and remembers the secret before`() async throws {
        try await KeyedMarket.run { market in
            let old = try await market.active()
            #expect(try await market.quote(old.id)?.code == "v1")

            let kept = try await market.marketplace.changeProviderInstance(
                old.id, version: 1, name: "Post", capture: .atOrder,
                settings: ["label": "Mail", "apiKey": ""], as: market.admin)
            #expect(try await market.quote(old.id)?.label == "Mail right none")
            let rotated = try await market.marketplace.changeProviderInstance(
                old.id, version: kept.configurationVersion, name: "Post", capture: .atShipment,
                settings: ["label": "Mail", "apiKey": "newer"], anyway: true, as: market.admin)

            #expect(rotated.configurationVersion == 3)
            #expect(rotated.capture == .atShipment)
            let quote = try await market.quote(old.id)
            #expect(quote?.code == "v3")
            #expect(quote?.label == "Mail newer right")
            let stale = await #expect(throws: ProviderRefusal.self) {
                try await market.marketplace.changeProviderInstance(
                    old.id, version: 2, name: "Post", capture: .atOrder,
                    settings: ["label": "Late"], as: market.admin)
            }
            #expect(stale?.code == "provider.state-changed")
        }
    }

    @Test func `is not retired while something that it made is open`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let thing = try await shop.thing()
            _ = try await shop.bought(thing)
            let (marketplace, id) = (market.marketplace, shop.payment)
            _ = try await marketplace.drainProviderInstance(id, as: nil)
            try await market.database.execute(
                """
                insert into webhook_inbox (instance_id, event_id, kind, body)
                values (\(id), 'evt_1', 'payment.captured', '\\x00')
                """)

            let refusal = await #expect(throws: ProviderRefusal.self) {
                try await marketplace.retireProviderInstance(id, as: nil)
            }

            guard case .stillOpen(let items) = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            let counts = Dictionary(uniqueKeysWithValues: items.map { ($0.kind, $0.count) })
            #expect(counts[.payment] == 1)
            #expect(counts[.capture] == 1)
            #expect(counts[.webhook] == 1)
            #expect(refusal?.explanation.contains("1 payments") == true)
            for kind in OpenItems.Kind.allCases {
                let list = try await marketplace.openItems(of: id, kind, PageRequest())
                #expect(list.items.count == counts[kind] ?? 0)
            }
            #expect(try await marketplace.providerInstance(id).state == .draining)
        }
    }
}
