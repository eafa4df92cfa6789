import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A stored secret` {
    private func draft(
        _ market: KeyedMarket, _ settings: [String: String]
    ) async throws -> ProviderInstance {
        try await market.marketplace.createProviderInstance(
            module: "keyed-shipping", name: "Post",
            settings: ["label": "Post", "apiKey": "right"].merging(settings) { _, last in last },
            as: market.admin)
    }

    private func change(
        _ instance: ProviderInstance, _ settings: [String: String], _ market: KeyedMarket
    ) async throws -> ProviderInstance {
        let stored = try await market.marketplace.providerInstance(instance.id)
        return try await market.marketplace.changeProviderInstance(
            instance.id, version: stored.configurationVersion, name: "Post", capture: .atOrder,
            settings: ["label": "Post"].merging(settings) { _, last in last },
            reason: "It was asked for.", as: market.admin)
    }

    @Test(arguments: [
        "https://other.example/v1", "http://post.example/v1", "https://post.example:8443/v1", "",
    ])
    func `is sent nowhere but where it was typed for`(_ address: String) async throws {
        try await KeyedMarket.run { market in
            let post = try await draft(
                market, ["endpoint": "https://post.example/v1", "hookSecret": "h"])

            for (typed, field) in [
                ([:], "settings.apiKey"), (["apiKey": "", "hookSecret": "x"], "settings.apiKey"),
                (["apiKey": "x"], "settings.hookSecret"),
            ] {
                let refused = await #expect(throws: ProviderRefusal.self) {
                    try await change(
                        post, ["endpoint": address].merging(typed) { _, last in last }, market)
                }
                #expect(refused?.field == field)
                let isOptional = field == "settings.hookSecret"
                #expect(
                    refused?.explanation == "The address changed: type it again"
                        + (isOptional ? " or remove it." : "."))
            }
            #expect(try await market.quote(post.id)?.label == "Post right none h none")

            _ = try await change(
                post, ["endpoint": address, "apiKey": "new", "hookSecret": "i"], market)
            #expect(try await market.quote(post.id)?.label == "Post new right i h")
        }
    }

    @Test func `stays when the address keeps its origin, and why it changed is written down`()
        async throws
    {
        try await KeyedMarket.run { market in
            let post = try await draft(market, ["endpoint": "https://post.example/v1"])

            _ = try await change(post, ["endpoint": "https://POST.example:443/v2"], market)

            #expect(try await market.quote(post.id)?.label == "Post right none")
            let line = try #require(
                try await market.marketplace.auditTrail(
                    .object(kind: "provider_instance", id: "\(post.id)"), PageRequest()
                ).items.first)
            #expect(line.action == "provider.changed" && line.reason == "It was asked for.")
        }
    }

    @Test func `is taken away where its module can do without, also with a new address`()
        async throws
    {
        try await KeyedMarket.run { market in
            let post = try await draft(
                market, ["endpoint": "https://post.example/v1", "hookSecret": "h1"])
            _ = try await change(
                post, ["endpoint": "https://post.example/v1", "hookSecret": "h2"], market)
            func remove(
                _ keys: Set<String>, _ settings: [String: String]
            ) async throws -> ProviderInstance {
                try await market.marketplace.changeProviderInstance(
                    post.id, version: 2, name: "Post", capture: .atOrder,
                    settings: ["label": "Post"].merging(settings) { $1 }, removing: keys,
                    reason: "They sign no more.", as: market.admin)
            }
            for (keys, settings, problem) in [
                (["apiKey"], [:], "API key is needed."),
                (["label"], [:], "There is no secret of that name."),
                (["hookSecret"], ["hookSecret": "h3"], "Type a new one or remove it, not both."),
            ] as [(Set<String>, [String: String], String)] {
                let refused = await #expect(throws: ProviderRefusal.self) {
                    try await remove(
                        keys, settings.merging(["endpoint": "https://post.example/v1"]) { $1 })
                }
                #expect(refused?.explanation == problem)
                #expect(refused?.field == "settings.\(keys.first ?? "")")
            }

            let removed = try await remove(
                ["hookSecret"], ["endpoint": "https://other.example/v1", "apiKey": "right"])

            #expect(removed.settings["endpoint"] == "https://other.example/v1")
            #expect(try await market.marketplace.storedSecrets(of: post.id) == ["apiKey"])
            #expect(
                try await market.marketplace.previousSecrets(of: post.id) == [],
                "nothing of it is kept")
            #expect(try await market.quote(post.id)?.label == "Post right none")
        }
    }

    /// Somebody has to end it: whoever has the old one speaks for the provider until then.
    @Test func `before is known by its day, and after a week the page of health says so`()
        async throws
    {
        try await KeyedMarket.run { market in
            let post = try await draft(market, ["hookSecret": "h1"])
            func found() async throws -> HealthFinding? {
                try await market.market.health().first { $0.provider == post.id }
            }
            #expect(post.previousSecretsSince == nil)
            let changed = try await change(post, ["hookSecret": "h2"], market)
            let since = try #require(changed.previousSecretsSince)
            #expect(
                try await change(post, ["apiKey": "newer"], market).previousSecretsSince == since)
            #expect(try await found() == nil)

            try await market.market.database.execute(
                """
                update provider_instance
                set previous_secrets_since = previous_secrets_since - interval '8 days'
                """)

            let warning = try #require(try await found())
            #expect(warning.state == .warning && warning.area == .providers)
            #expect(warning.says.hasSuffix("accepted for 8 days."))
            let forgotten = try await market.marketplace.forgetPreviousSecrets(
                post.id, version: 3, reason: "All know it.", as: market.admin)
            #expect(forgotten.previousSecretsSince == nil)
            #expect(try await found() == nil)
        }
    }

    @Test func `is told to nobody, though its module names it`() async throws {
        try await KeyedMarket.run { market in
            let refused = await #expect(throws: ProviderRefusal.self) {
                try await draft(market, ["label": "talks", "apiKey": "sk_live_51H8"])
            }
            let post = try await draft(market, ["apiKey": "told-sk_live_51H8"])

            #expect(refused?.explanation == "No such key: (secret)")
            #expect(
                try await market.marketplace.checkProviderInstance(post.id)
                    == ["No such key: (secret)"])
        }
    }

    @Test func `before is accepted until that is ended, whatever else changes meanwhile`()
        async throws
    {
        try await KeyedMarket.run { market in
            let post = try await draft(market, ["hookSecret": "h1"])
            func label() async throws -> String? { try await market.quote(post.id)?.label }

            _ = try await change(post, ["hookSecret": "h2"], market)
            #expect(try await label() == "Post right none h2 h1")
            let other = try await change(post, ["apiKey": "newer"], market)
            #expect(try await label() == "Post newer right h2 h1")
            #expect(
                try await market.marketplace.previousSecrets(of: post.id)
                    == ["apiKey", "hookSecret"])
            let last = try await change(post, ["hookSecret": "h3"], market)
            #expect(try await label() == "Post newer right h3 h2")
            #expect(last.configurationVersion == other.configurationVersion + 1)

            _ = try await market.marketplace.forgetPreviousSecrets(
                post.id, version: last.configurationVersion, reason: "All know it.",
                as: market.admin)
            #expect(try await label() == "Post newer none h3 none")
            _ = try await change(post, [:], market)
            #expect(try await label() == "Post newer none h3 none")
        }
    }
}
