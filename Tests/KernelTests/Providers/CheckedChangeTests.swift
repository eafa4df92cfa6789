import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `A change of a provider that works already` {
    private func change(
        _ post: ProviderInstance, _ settings: [String: String], anyway: Bool = false,
        name: String = "Post", _ market: KeyedMarket
    ) async throws -> ProviderInstance {
        let now = try await market.marketplace.providerInstance(post.id)
        return try await market.marketplace.changeProviderInstance(
            post.id, version: now.configurationVersion, name: name, capture: .atOrder,
            settings: ["label": "Post"].merging(settings) { $1 }, anyway: anyway,
            reason: "They gave us another.", as: market.admin)
    }

    @Test(arguments: [ProviderInstance.State.active, .paused, .draining])
    func `is not made unless its own check passes with it`(
        _ state: ProviderInstance.State
    ) async throws {
        try await KeyedMarket.run { market in
            let post = try await market.active()
            if state == .paused {
                _ = try await market.marketplace.pauseProviderInstance(post.id, as: nil)
            } else if state == .draining {
                _ = try await market.marketplace.drainProviderInstance(post.id, as: nil)
            }

            let refused = await #expect(throws: ProviderRefusal.self) {
                try await change(post, ["apiKey": "mistyped"], market)
            }

            #expect(refused?.code == "provider.check-failed")
            #expect(refused?.explanation.hasSuffix("The key is not known.") == true)
            #expect(try await market.quote(post.id)?.label == "Post right none")
            #expect(
                try await market.marketplace.providerInstance(post.id).configurationVersion == 1)
            let right = try await change(post, ["apiKey": "right", "label": "Mail"], market)
            #expect(right.settings["label"] == "Mail")
        }
    }

    @Test func `is made all the same when somebody says so`() async throws {
        try await KeyedMarket.run { market in
            let post = try await market.active()

            let changed = try await change(post, ["apiKey": "later"], anyway: true, market)

            #expect(changed.configurationVersion == 2)
            #expect(try await market.quote(post.id)?.label == "Post later right")
            // What is not its module's affair is not asked of it.
            let named = try await change(post, [:], name: "Mail", market)
            #expect(named.name == "Mail")
        }
    }

    @Test func `is not asked about while it is a draft`() async throws {
        try await KeyedMarket.run { market in
            let post = try await market.draft()
            let changed = try await change(post, ["apiKey": "not yet there"], market)
            #expect(changed.configurationVersion == 2)
        }
    }

    /// What was not checked, because it was a draft's, is not what works then.
    @Test func `is refused where it came into work meanwhile`() async throws {
        try await KeyedMarket.run { market in
            let post = try await market.draft()

            let changing = try await market.market.storage.owner.transaction { tx in
                _ = try await tx.query("select id from provider_instance for update")
                let changing = Task { try await change(post, ["apiKey": "mistyped"], market) }
                try await market.market.waitForWaiters(1)
                try await tx.execute("update provider_instance set state = 'active'")
                return changing
            }

            let late = await #expect(throws: ProviderRefusal.self) { try await changing.value }
            #expect(late?.code == "provider.state-changed")
        }
    }

    @Test func `is one of its secrets alone once it is retired, since it still refunds`()
        async throws
    {
        try await KeyedMarket.run { market in
            let (marketplace, post) = (market.marketplace, try await market.active())
            _ = try await marketplace.drainProviderInstance(post.id, as: nil)
            _ = try await marketplace.retireProviderInstance(post.id, as: nil)

            for (settings, name) in [(["label": "Mail"], "Post"), ([:], "Mail")] {
                let refused = await #expect(throws: ProviderRefusal.self) {
                    try await change(post, settings, name: name, market)
                }
                #expect(refused?.code == "provider.secrets-only")
            }
            let wrong = await #expect(throws: ProviderRefusal.self) {
                try await change(post, ["apiKey": "mistyped"], market)
            }
            #expect(wrong?.code == "provider.check-failed")

            let changed = try await marketplace.changeProviderInstance(
                post.id, version: 1, name: "Post", capture: .atOrder,
                settings: ["apiKey": "newer"], anyway: true, as: market.admin)
            #expect(changed.state == .retired && changed.settings == ["label": "Post"])
            #expect(try await market.quote(post.id)?.label == "Post newer right")
        }
    }
}

@Suite struct `What keeps a provider from being retired` {
    @Test func `are disputes that are not decided, and webhooks that were refused`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            _ = try await shop.bought(try await shop.thing())
            let (marketplace, id) = (market.marketplace, shop.payment)
            _ = try await marketplace.drainProviderInstance(id, as: nil)
            func open(_ kind: OpenItems.Kind) async throws -> [String] {
                let counted = try await marketplace.openItemCounts(of: id)
                    .first { $0.kind == kind }?.count
                let items = try await marketplace.openItems(of: id, kind, PageRequest()).items
                #expect(counted ?? 0 == items.count)
                return items.map(\.state)
            }
            #expect(try await open(.dispute) == [])
            #expect(try await open(.webhook) == [])

            try await market.database.execute(
                """
                insert into dispute (id, payment_id, instance_id, reference, status, currency,
                    amount, withdrawn, fee, reason, version)
                select gen_random_uuid(), id, instance_id, 'du_' || status, status, 'EUR', 100, 0,
                    0, 'not received', 1
                from payment, unnest(array['needs_response', 'under_review', 'inquiry', 'won',
                    'lost', 'closed']) status
                where instance_id = \(id)
                """)
            try await market.database.execute(
                """
                insert into webhook_inbox (instance_id, event_id, kind, body, state, error)
                select \(id), 'evt_' || state, 'payment.captured', '\\x00', state, 'It is novel.'
                from unnest(array['new', 'done', 'ignored', 'failed']) state
                """)

            let (disputes, webhooks) = (try await open(.dispute), try await open(.webhook))
            #expect(Set(disputes) == ["needs_response", "under_review", "inquiry"])
            #expect(Set(webhooks) == ["new", "failed"])
            let refused = await #expect(throws: ProviderRefusal.self) {
                try await marketplace.retireProviderInstance(id, as: nil)
            }
            #expect(refused?.explanation.contains("3 disputes, 2 webhooks open") == true)
        }
    }
}
