import Vocabulary

extension Walk {
    /// The two payment providers of this walk, and which rules held before it.
    struct Providers: Sendable {
        let old: String
        let oldName: String
        let new: String
        let newName: String
        let rulesBefore: Fact
    }

    /// Two instances of the sandbox module at two merchants; all new business goes to the first.
    func chooseOldProvider(_ admin: WalkClient) async throws -> Providers {
        narrator.chapter("The administrator sets up payments")
        let rules = try await admin.get("/api/v1/provider-rules/payment")
        let oldName = "North \(tag)"
        let newName = "South \(tag)"
        let old = try await provider(oldName, merchant: "north", admin)
        let new = try await provider(newName, merchant: "south", admin)
        try await serve([old], "new payments go to \(oldName)", admin)
        return Providers(
            old: old, oldName: oldName, new: new, newName: newName, rulesBefore: rules["rules"])
    }

    private func provider(
        _ name: String, merchant: String, _ admin: WalkClient
    ) async throws -> String {
        let settings: [(String, String)] = [
            ("url", bankURL), ("apiKey", "sk_sandbox_\(merchant)"),
            ("webhookSecret", "whsec_sandbox_\(merchant)"),
        ]
        let made = try await admin.post(
            "/api/v1/providers",
            [
                "module": "sandbox-payments", "name": .string(name),
                "settings": .list(
                    settings.map { ["key": .string($0.0), "value": .string($0.1)] }),
            ], key: key())
        let id = try made.text("id")
        try made.expect(
            !made.text.contains("sk_sandbox"), "an answer that does not show the secret")
        let active = try await admin.post(
            "/api/v1/providers/\(id)/activation", ["reason": "walk \(tag)"], key: key())
        try active.expect(active["state"].text == "active", "an active provider")
        narrator.tell("\(name): configured, checked with the bank, active")
        return id
    }

    private func serve(
        _ instances: [String], _ reason: String, _ admin: WalkClient
    ) async throws {
        let set = try await admin.post(
            "/api/v1/provider-rules/payment",
            [
                "rules": .list(instances.map { ["instance": .string($0)] }),
                "reason": .string(reason),
            ], key: key())
        try set.expect(
            set["rules"][0]["instance"].text == instances.first, "the rule that was set")
        narrator.tell("Rule: \(reason)")
    }

    /// The swap, while a payment waits for its webhook.
    func swap(_ providers: Providers, _ admin: WalkClient) async throws {
        narrator.chapter("The administrator swaps the payment provider")
        try await serve([providers.new], "new payments go to \(providers.newName)", admin)
        let drained = try await admin.post(
            "/api/v1/providers/\(providers.old)/drain",
            ["reason": .string("swapped for \(providers.newName)")], key: key())
        try drained.expect(drained["state"].text == "draining", "an old provider that drains")
        let early = try await admin.post(
            "/api/v1/providers/\(providers.old)/retirement", ["reason": "too early"], key: key(),
            expecting: [409])
        narrator.tell(
            "\(providers.oldName) drains; retiring it now is refused: "
                + (early["detail"].text ?? "?"))
        // Every process hears of a change within a second.
        try await Task.sleep(for: .seconds(1))
    }

    /// The old provider's end, and the rules as they were before the walk.
    func retire(_ providers: Providers, _ admin: WalkClient) async throws {
        narrator.chapter("The old provider is retired")
        let retired = try await eventually {
            let answer = try await admin.post(
                "/api/v1/providers/\(providers.old)/retirement",
                ["reason": "nothing of it is open"], key: key(), expecting: [200, 409])
            return (answer.status == 200, answer)
        } or: {
            "\(providers.oldName) to be retired"
        }
        try retired.expect(retired["state"].text == "retired", "a retired provider")
        narrator.tell("\(providers.oldName): drained and retired")
        let before = providers.rulesBefore.items.compactMap { $0["instance"].text }
        if !before.isEmpty { try await serve(before, "as before the walk", admin) }
        _ = try await admin.post(
            "/api/v1/providers/\(providers.new)/drain", ["reason": "the walk is over"],
            key: key())
    }
}
