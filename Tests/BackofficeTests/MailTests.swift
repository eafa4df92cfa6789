import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `E-mail, at the desk` {
    @Test func `without a server it is read here`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            try await office.market.tellEverybody()
            while try await office.market.marketplace.writeLetters() {}

            let list = try await office.get("/mails?state=kept")
            #expect(list.text.contains("No SMTP server is set"))
            #expect(list.text.contains("Your purchase \(sale.purchase.number) is placed"))
            let mails = try await office.get("/api/v1/mails")
            let id = try mails.require("items.0.id")
            let topic = try mails.require("items.0.topic")
            let german = try await office.get("/mails/\(id)", in: "de").text
            #expect(german.contains(" <code>\(topic)</code>"))
            #expect(!german.contains(topic.replacing(".", with: ": ")))
            let page = try await office.get("/mails/\(id)")
            #expect(page.status == 200 && page.text.contains("Guildhall. You get this"))
            #expect(try await office.get("/api/v1/mails/\(ID<Mail>())").status == 404)
            #expect(try await office.get("/mails", as: .support).status == 403)
            let retry = try await office.post(
                "/api/v1/mails/\(id)/retries", #"{"reason": "It was lost."}"#)
            #expect(retry.status == 409)
        }
    }

    @Test func `what failed is sent again, with a reason in the trail`() async throws {
        try await Office.run(settings: { $0.mail.host = "127.0.0.1" }) { office in
            _ = try await Sale(office.market)
            try await office.market.tellEverybody()
            while try await office.market.marketplace.writeLetters() {}
            let id = try await office.get("/api/v1/mails").require("items.0.id")
            let path = "/api/v1/mails/\(id)/retries"
            let reason = #"{"reason": "The address was mended."}"#
            #expect(try await office.post(path, reason).status == 409)

            try await office.market.database.execute(
                """
                update mail set state = 'failed', next_at = null, error = '550', tries = 3
                where id = \(try #require(ID<Mail>(id)))
                """)
            #expect(try await office.post(path, "{}").status == 422)
            let again = try await office.submit(
                [("reason", "The address was mended.")], to: "/mails/\(id)/retries",
                on: "/mails/\(id)")
            #expect(again.status == 303)
            let mail = try await office.get("/api/v1/mails/\(id)")
            #expect(mail.value("state") == "waiting" && mail.value("tries") == "0")
            let line = try #require(try await office.trail("mail", id).last)
            #expect(line.action == "mail.retried" && line.before?.contains("failed") == true)
            #expect(line.reason == "The address was mended.")
        }
    }
}
