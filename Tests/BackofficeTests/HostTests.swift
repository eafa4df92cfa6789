import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Hosts that a provider's module asks for` {
    private static let made = """
        {"module": "test-shipping", "name": "Post", "settings": [], "hosts": [
            {"host": "parcels.example", "allowed": true},
            {"host": "labels.example", "allowed": false}]}
        """

    @Test func `are allowed and refused by programs, and shown to them`() async throws {
        try await Office.run { office in
            let module = try await office.get("/api/v1/provider-modules/test-shipping")
            #expect(module.value("versions.0.module.hosts.0") == "labels.example")
            let all = try await office.post(
                "/api/v1/providers",
                #"{"module": "test-shipping", "name": "All", "settings": []}"#)
            #expect(all.value("allowedHosts.1") == "parcels.example", "\(all.text)")
            let made = try await office.post("/api/v1/providers", Self.made)
            #expect(made.value("allowedHosts.0") == "parcels.example", "\(made.text)")
            #expect(made.value("allowedHosts.1") == nil)

            let path = "/api/v1/providers/\(try made.require("id"))"
            let file = try await office.get(path)
            #expect(file.value("hosts.0.host") == "labels.example")
            #expect(file.value("hosts.0.allowed") == "false")
            #expect(file.value("hosts.0.isNew") == "false")
            #expect(file.value("hosts.1.allowed") == "true")
            let wrong = try await office.post(
                path + "/configuration",
                """
                {"version": 1, "name": "Post", "capture": "at_order", "settings": [],
                    "hosts": [{"host": "other.example", "allowed": true}], "reason": "They moved."}
                """)
            #expect(wrong.status == 422)
            #expect(wrong.value("field") == "hosts")
        }
    }

    @Test func `are boxes on its page, of which an empty one takes a host away`() async throws {
        try await Office.run { office in
            let new = try await office.get("/providers/new?module=test-shipping")
            #expect(
                new.text.contains(#"name="hosts.0.allowed" value="true" checked"#)
                    && new.text.contains("labels.example"))
            let made = try await office.post("/api/v1/providers", Self.made)
            let id = try made.require("id")
            let page = try await office.get("/providers/\(id)")
            #expect(page.text.contains(#"name="hosts.0.allowed" value="true">"#))
            #expect(page.text.contains(#"name="hosts.1.allowed" value="true" checked>"#))

            // Both were ticked: the first now is, the second no more.
            let sent = try await office.submit(
                [
                    ("version", "1"), ("name", "Post"), ("capture", "at_order"),
                    ("settings.0.key", "price"), ("settings.0.value", ""),
                    ("hosts.0.host", "labels.example"), ("hosts.0.allowed", "true"),
                    ("hosts.1.host", "parcels.example"), ("reason", "Labels only."),
                ], to: "/providers/\(id)/configuration", on: "/providers/\(id)")

            #expect(sent.status == 303, "\(sent.text)")
            let file = try await office.get("/api/v1/providers/\(id)")
            #expect(file.value("provider.allowedHosts.0") == "labels.example")
            #expect(file.value("provider.allowedHosts.1") == nil)
            let line = try #require(try await office.trail("provider_instance", id).last)
            #expect(line.reason == "Labels only.")
            #expect(line.after?.contains(#""allowed_hosts": ["labels.example"]"#) == true)
        }
    }

    @Test func `that came with a version are said, unticked, in every language`() async throws {
        try await Office.run { office in
            let id = try await office.post("/api/v1/providers", Self.made).require("id")
            try await office.market.database.execute(
                "update provider_instance set refused_hosts = '{}' where name = 'Post'")

            let page = try await office.get("/providers/\(id)").text
            #expect(page.contains("This version also wants to reach labels.example."))
            #expect(page.contains(#"name="hosts.0.allowed" value="true">"#))
            let german = try await office.get("/providers/\(id)", in: "de").text
            #expect(german.contains("will auch labels.example erreichen"))
            #expect(
                try await office.get("/api/v1/providers/\(id)").value("hosts.0.isNew") == "true")
        }
    }
}
