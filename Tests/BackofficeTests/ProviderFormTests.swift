import Foundation
import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// The parcels again, which ask for more: a zone, and a host; one of its secrets can be done
/// without.
private struct ZonedShipping: ShippingProvider {
    static let descriptor: ModuleDescriptor = {
        var module = TestShipping.descriptor
        module.version = "1.1"
        module.fields += [
            ConfigurationField("zone", label: "Zone", required: true),
            ConfigurationField("token", label: "Token", kind: .secret),
            ConfigurationField("pass", label: "Pass", kind: .secret, required: true),
        ]
        module.hosts.append("zones.example")
        return module
    }()

    let inner: TestShipping
    let pass: String?

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        inner = try TestShipping(settings: settings, services: services)
        pass = settings.secrets["pass"]?.reveal()
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        pass == "wrong" ? ["They do not know us."] : []
    }

    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        try await inner.quotes(for: request, context)
    }
}

@Suite struct `The forms of a provider` {
    private func run(
        _ body: @escaping @Sendable (Office) async throws -> Void
    ) async throws {
        try await Office.run(modules: [ModuleExport(ZonedShipping.self)], body)
    }

    private func draft(_ office: Office) async throws -> String {
        let made = try await office.post(
            "/api/v1/providers",
            """
            {"module": "test-shipping", "name": "Post", "settings": [
                {"key": "zone", "value": "1"}, {"key": "token", "value": "t"},
                {"key": "pass", "value": "p"}]}
            """)
        return try made.require("id")
    }

    private func form(_ action: String, on page: String) throws -> String {
        let form = page.components(separatedBy: "<form ")
            .first { $0.contains("action=\"\(action)\"") }
        return try #require(form?.components(separatedBy: "</form>").first)
    }

    @Test func `for a new one ask what its newest version asks, unless another is chosen`()
        async throws
    {
        try await run { office in
            let page = try await office.get("/providers/new?module=test-shipping").text
            #expect(page.contains(#"name="moduleVersion" value="1.1""#))
            #expect(page.contains("value=\"zone\"") && page.contains("zones.example"))
            #expect(page.contains(#"href="/providers/new?module=test-shipping&amp;version=1""#))

            let older = try await office.get("/providers/new?module=test-shipping&version=1").text
            #expect(older.contains(#"name="moduleVersion" value="1""#))
            #expect(!older.contains("value=\"zone\"") && !older.contains("zones.example"))
            #expect(
                try await office.get("/providers/new?module=test-shipping&version=9").status == 422)
            let modules = try await office.get("/providers").text
            for version in ["1", "1.1"] {
                #expect(
                    modules.contains("/providers/new?module=test-shipping&amp;version=\(version)\"")
                )
            }
        }
    }

    @Test func `make a draft of the version that they asked for, with its hosts`() async throws {
        try await run { office in
            let new = "/providers/new?module=test-shipping"
            for (version, hosts, name) in [
                ("1", ["labels.example", "parcels.example"], "Old"),
                ("1.1", ["labels.example", "parcels.example", "zones.example"], "New"),
            ] {
                let boxes = hosts.enumerated().flatMap { index, host in
                    [("hosts.\(index).host", host), ("hosts.\(index).allowed", "true")]
                }
                let typed = [
                    ("settings.0.key", "zone"), ("settings.0.value", "1"),
                    ("settings.1.key", "pass"), ("settings.1.value", "p"),
                ]
                let sent = try await office.submit(
                    [
                        ("module", "test-shipping"), ("moduleVersion", version), ("name", name),
                        ("mode", "sandbox"), ("capture", "at_order"),
                    ] + (version == "1" ? [] : typed) + boxes, to: "/providers",
                    on: new + "&version=\(version)")
                #expect(sent.status == 303, "\(sent.text)")
                let made = try await office.market.marketplace.providerInstances()
                    .first { $0.name == name }
                #expect(made?.moduleVersion == version)
                #expect(made?.allowedHosts == hosts)
            }
            let unknown = try await office.post(
                "/api/v1/providers",
                """
                {"module": "test-shipping", "moduleVersion": "1.0.5", "name": "X", "settings": []}
                """)
            #expect(unknown.status == 422 && unknown.value("field") == "moduleVersion")
        }
    }

    @Test func `take away a secret that can be done without, and no other`() async throws {
        try await run { office in
            let id = try await draft(office)
            let (page, action) = ("/providers/\(id)", "/providers/\(id)/configuration")
            let shown = try form(action, on: try await office.get(page).text)
            #expect(shown.contains("Remove: Token") && !shown.contains("Remove: Pass"))
            #expect(!shown.contains("name=\"anyway\""), "a draft's are checked later")
            let german = try await office.get(page, in: "de").text
            #expect(german.contains("Entfernen: Token"))

            let sent = try await office.submit(
                [
                    ("version", "1"), ("name", "Post"), ("capture", "at_order"),
                    ("settings.0.key", "zone"), ("settings.0.value", "1"),
                    ("settings.1.key", "token"), ("settings.1.value", ""),
                    ("settings.1.removed", "true"), ("settings.2.key", "pass"),
                    ("settings.2.value", ""), ("reason", "They want none."),
                ], to: action, on: page)

            #expect(sent.status == 303, "\(sent.text)")
            let file = try await office.get("/api/v1" + page)
            #expect(file.value("secrets.0") == "pass" && file.value("secrets.1") == nil)
            let kept = try await office.post(
                "/api/v1" + action,
                """
                {"version": 2, "name": "Post", "capture": "at_order", "reason": "No pass.",
                    "settings": [{"key": "zone", "value": "1"},
                        {"key": "pass", "value": "", "removed": true}]}
                """)
            #expect(kept.status == 422 && kept.value("field") == "settings.pass")
        }
    }

    @Test func `say what fails before it is in use, and take it all the same when told`()
        async throws
    {
        try await run { office in
            let id = try await draft(office)
            _ = try await office.post(
                "/api/v1/providers/\(id)/activation", #"{"reason": "It begins."}"#)
            let (page, action) = ("/providers/\(id)", "/providers/\(id)/configuration")
            let shown = try form(action, on: try await office.get(page).text)
            #expect(shown.contains("<button class=\"danger\">"))
            #expect(shown.contains("name=\"anyway\""))
            func change(_ more: String) async throws -> OfficeAnswer {
                try await office.post(
                    "/api/v1" + action,
                    """
                    {"version": 1, "name": "Post", "capture": "at_order",
                        "reason": "It is another.", \(more) "settings": [
                        {"key": "zone", "value": "2"}, {"key": "pass", "value": "wrong"}]}
                    """)
            }

            let refused = try await change("")
            #expect(refused.status == 409)
            #expect(refused.value("type") == "/problems/provider.check-failed")
            #expect(refused.text.contains("They do not know us."))
            let taken = try await change(#""anyway": true,"#)
            #expect(taken.value("version") == "2", "\(taken.text)")
        }
    }

    @Test func `for another version ask what only that version asks`() async throws {
        try await run { office in
            let made = try await office.post(
                "/api/v1/providers",
                """
                {"module": "test-shipping", "moduleVersion": "1", "name": "Post",
                    "settings": [{"key": "price", "value": "700"}]}
                """)
            let id = try made.require("id")
            let (page, action) = ("/providers/\(id)", "/providers/\(id)/module")
            let shown = try form(action, on: try await office.get(page).text)
            #expect(shown.contains("Change to version 1.1"))
            #expect(shown.contains("Zone") && shown.contains("Pass") && !shown.contains("Express"))
            #expect(shown.contains("zones.example"))
            let basis = [
                ("version", "1"), ("moduleVersion", "1.1"), ("reason", "It is better."),
                ("newHostsAllowed", "true"), ("settings.0.key", "zone"),
                ("settings.0.value", "north"), ("settings.1.key", "token"),
                ("settings.1.value", ""), ("settings.2.key", "pass"),
            ]
            let wrong = try await office.submit(
                basis + [("settings.2.value", "wrong")], to: action, on: page)
            #expect(wrong.status == 303, "the page says what is wrong")
            #expect(
                try await office.get("/api/v1" + page).value("provider.moduleVersion") == "1")

            let sent = try await office.submit(
                basis + [("settings.2.value", "p")], to: action, on: page)

            #expect(sent.status == 303, "\(sent.text)")
            let file = try await office.get("/api/v1" + page)
            #expect(file.value("provider.moduleVersion") == "1.1")
            #expect(file.value("provider.settings.0.value") == "700")
            #expect(file.value("provider.settings.1.value") == "north")
            #expect(file.value("secrets.0") == "pass")
            let back = try form(action, on: try await office.get(page).text)
            #expect(back.contains("Change to version 1<"))
        }
    }

    @Test func `change the secrets of what is retired, and nothing else`() async throws {
        try await run { office in
            let id = try await draft(office)
            let (page, action) = ("/providers/\(id)", "/providers/\(id)/configuration")
            _ = try await office.post("/api/v1\(page)/retirement", #"{"reason": "It is over."}"#)
            let shown = try form(action, on: try await office.get(page).text)
            #expect(shown.contains("Token") && !shown.contains("Zone"))
            let plain = try await office.post(
                "/api/v1" + action,
                """
                {"version": 1, "name": "Post", "capture": "at_order", "reason": "Too late.",
                    "settings": [{"key": "zone", "value": "2"}]}
                """)
            #expect(plain.value("type") == "/problems/provider.secrets-only", "\(plain.text)")

            let sent = try await office.submit(
                [
                    ("version", "1"), ("name", "Post"), ("capture", "at_order"),
                    ("settings.0.key", "token"), ("settings.0.value", "u"),
                    ("settings.1.key", "pass"), ("settings.1.value", ""),
                    ("reason", "They gave us another."),
                ], to: action, on: page)

            #expect(sent.status == 303, "\(sent.text)")
            let file = try await office.get("/api/v1" + page)
            #expect(file.value("provider.version") == "2")
            #expect(file.value("provider.settings.0.value") == "1")
            #expect(file.value("previousSecrets.0") == "token")
            #expect(file.value("previousSecretsSince") != nil)
            let after = try await office.get(page).text
            #expect(after.contains("Accepted since"))
            #expect(after.contains("/secret-retirement"))
        }
    }
}
