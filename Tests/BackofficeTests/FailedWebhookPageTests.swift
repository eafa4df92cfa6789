import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary
import Web

@testable import Backoffice

@Suite struct `Deliveries that failed, in the back office` {
    @Test func `are found, read without their secrets, and taken up again`() async throws {
        try await Office.run { office in
            let scene = try await Scene(office)
            let event = try await scene.failedWebhook()
            let other = try await office.market.given.instance(.payment)
            let path = "/webhooks/\(scene.sale.payment)/\(event)"

            let list = try await office.get("/webhooks", as: .support)
            #expect(list.text.contains("href=\"\(path)\""))
            #expect(list.text.contains("it broke &lt;b&gt;"))
            let none = try await office.get("/webhooks?instance=\(other)")
            #expect(none.text.contains("Everything that providers sent was worked with."))
            #expect(!none.text.contains(path))
            let page = try await office.get(path)
            #expect(page.text.contains("not believed") && page.text.contains("\(path)/body"))
            // Only behind a click.
            #expect(!page.text.contains("amount"))
            let body = try await office.get("\(path)/body")
            #expect(body.text.contains("&quot;amount&quot;: 1900"))
            #expect(!body.text.contains("pi_secret_1") && !body.text.contains("whsec_"))
            #expect(!body.text.contains("4242424242424242") && body.text.contains("…4242"))
            #expect(try await office.get(path, as: .catalogue).status == 403)
            #expect(try await office.get("/webhooks/\(other)/\(event)").status == 404)

            let form = page.text.components(separatedBy: "action=\"\(path)/retries\"").last ?? ""
            #expect(form.prefix(900).contains("<p class=\"quiet\">"))
            let done = try await office.submit(
                [("reason", "Mended.")], to: "\(path)/retries", on: path)
            #expect(done.status == 303)
            #expect(try await office.get(path).text.contains("tries again"))
            let answer = try await office.get("/api/v1/webhooks?instance=\(scene.sale.payment)")
            #expect(answer.value("items.0.state") == "waiting")
            #expect(
                try await office.post(
                    "/api/v1\(path)/retries", #"{"reason": "As finance."}"#, as: .finance
                ).status == 403)
        }
    }

    @Test func `are set aside for good, with a reason`() async throws {
        try await Office.run { office in
            let scene = try await Scene(office)
            let event = try await scene.failedWebhook()
            let path = "/webhooks/\(scene.sale.payment)/\(event)"
            let reason = #"{"reason": "As finance."}"#
            let trouble = "1 webhook could not be applied."
            #expect(try await office.get("/health").text.contains(trouble))

            let unsaid = try await office.post("/api/v1\(path)/dismissals", "{}")
            #expect(unsaid.status == 422)
            let stranger = try await office.post(
                "/api/v1\(path)/dismissals", reason, as: .finance)
            #expect(stranger.status == 403)
            #expect(try await office.get(path).text.contains("not believed"))

            let done = try await office.submit(
                [("reason", "A test of theirs.")], to: "\(path)/dismissals", on: path)

            #expect(done.status == 303)
            #expect(try await !office.get("/health").text.contains(trouble))
            #expect(try await office.get(path).status == 404)
            #expect(try await office.get("/api/v1/webhooks").value("items.0.event") == nil)
            #expect(
                try await office.post("/api/v1\(path)/dismissals", reason).status == 404)
        }
    }

    @Test func `go on with the provider that they were narrowed down to`() async throws {
        try await Office.run { office in
            let scene = try await Scene(office)
            let payment = scene.sale.payment
            for _ in 0..<21 { _ = try await scene.failedWebhook() }

            let list = try await office.get("/webhooks?instance=\(payment)")
            let more = try #require(
                list.text.firstMatch(of: /href="(\/webhooks\?[^"]*after=[^"]*)"/)
            ).1.replacing("&amp;", with: "&")
            let rest = try await office.get(String(more))

            #expect(more.contains("instance=\(payment)"))
            #expect(rest.text.ranges(of: "/webhooks/\(payment)/evt_").count == 1)
        }
    }

    @Test func `are read by programs without their secrets, and their errors to the end`()
        async throws
    {
        try await Office.run { office in
            let scene = try await Scene(office)
            let event = try await scene.failedWebhook()
            let error = String(repeating: "it broke ", count: 30)
            try await office.market.database.execute("update webhook_inbox set error = \(error)")
            let path = "/webhooks/\(scene.sale.payment)/\(event)"

            let body = try await office.get("/api/v1\(path)/body")
            let list = try await office.get("/webhooks").text

            #expect(body.value("bytes") != "0")
            #expect(body.text.contains("1900") && body.text.contains("[hidden]"))
            #expect(!body.text.contains("pi_secret_1") && !body.text.contains("4242424242"))
            #expect(list.contains(error.prefix(160)) && !list.contains(error.prefix(170)))
            #expect(try await office.get("/api/v1\(path)").value("error") == error)
            #expect(try await office.get(path).text.contains(error.dropLast()))
        }
    }

    @Test func `are said in German and French`() async throws {
        try await Office.run { office in
            let scene = try await Scene(office)
            let event = try await scene.failedWebhook()
            for (language, words) in [("de", "nicht geglaubt"), ("fr", "pas cru")] {
                let list = try await office.get("/webhooks", in: language)
                #expect(list.text.contains(words))
                let page = try await office.get(
                    "/webhooks/\(scene.sale.payment)/\(event)", in: language)
                #expect(page.text.contains(words))
            }
        }
    }

    @Test(arguments: [
        (#"{"client_secret": "abcdef", "b": [1, {"Api-Key": 5}]}"#, "abcdef", "[hidden]"),
        (#"{"b": [1, {"Api-Key": "xyz789"}]}"#, "xyz789", "[hidden]"),
        (#"{"b": [["whsec_xyz78901"]]}"#, "xyz78901", "[hidden]"),
        ("Sent with bearer abc.DEF-123456== today", "abc.DEF", "Bearer [hidden] today"),
        (#"{"note": "use sk_live_abcdefgh12 now"}"#, "sk_live_abcdefgh12", "use [hidden] now"),
        ("token=abcdef&amount=5", "abcdef", "token=[hidden]&amount=5"),
        ("Authorization: Basic xyz123\nB: c", "xyz123", "B: c"),
        ("<doc><authToken>abcdef</authToken></doc>", "abcdef", "</authToken>"),
        ("card 4111 1111 1111 1111.", "4111 1111", "…1111"),
    ])
    func `hide what opens something`(_ sent: String, _ secret: String, _ left: String) {
        let shown = WebhookText.shown(Array(sent.utf8))
        #expect(!shown.contains(secret) && shown.contains(left), "\(shown)")
    }

    @Test func `keep numbers that are no cards, and bytes that are no text unread`() {
        #expect(WebhookText.shown(Array("order 1234567890123".utf8)).contains("1234567890123"))
        #expect(WebhookText.shown([0xFF, 0xFE, 0x00]) == "3 bytes that are no text")
        let long = WebhookText.shown(Array(String(repeating: "a ", count: 40_000).utf8))
        #expect(long.count == WebhookText.lengthMax + 1)
    }
}

extension Scene {
    /// What is done to such a delivery: where, and with which body.
    func delivery(to act: String) async throws -> (String, String) {
        let event = try await failedWebhook()
        return ("/webhooks/\(sale.payment)/\(event)/\(act)", #"{"reason": "Looked at."}"#)
    }

    /// The number of a delivery that was not believed, with what nobody may read in it.
    func failedWebhook() async throws -> String {
        let event = "evt_\(ID<Delivery>().description.suffix(12))"
        let body = """
            {"amount": 1900, "client_secret": "pi_secret_1", "x": "whsec_abcdefgh1234", \
            "number": "4242424242424242"}
            """
        try await market.database.execute(
            """
            insert into webhook_inbox
                (instance_id, event_id, kind, body, state, error, tries, failed_at)
            values (\(sale.payment), \(event), 'payment.paid', \(Bytes(Array(body.utf8))),
                'failed', 'it broke <b>', 3, now())
            """)
        return event
    }

    private enum Delivery {}
}
