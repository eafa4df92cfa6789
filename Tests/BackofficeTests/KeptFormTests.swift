import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A form of the back office that is sent after the session has ended` {
    @Test func `waits with its reason, does nothing, and is sent by the same person`()
        async throws
    {
        try await TestMarketplace.run { market in
            let (email, password) = ("ines@example.test", "correct horse battery")
            let kernel = market.marketplace
            let clerk = try await kernel.register(
                Registration(email: email, name: "Ines", password: password))
            try await market.database.execute(
                """
                insert into account_role (account_id, role)
                values (\(clerk.id), \(AdminRole.administrator))
                """)
            let browser = Browser(try Office.app(of: market))
            _ = try await browser.submitOnce(
                try await browser.get("/sign-in"), "/sign-in",
                ["email": email, "password": password])
            let page = try await browser.get("/clock")
            try await kernel.endSessions(of: clerk.id)
            let before = try await kernel.marketNow()

            let kept = try await browser.submit(
                page, "/clock", ["hours": "1000", "reason": "The holds end."])
            let door = try #require(
                kept.text.firstMatch(of: /href="(\/sign-in\?then=%2Fkept-form[^"]*)"/))
            let shown = try await browser.submit(
                try await browser.get(String(door.1)), "/sign-in",
                ["email": email, "password": password])
            let meanwhile = try await kernel.marketNow()
            _ = try await browser.submit(shown, "/clock")
            let after = try await kernel.marketNow()

            #expect(kept.status == 401)
            #expect(shown.text.contains("The holds end.") && shown.text.contains("\"1000\""))
            #expect(meanwhile < before.advanced(by: .seconds(3600)))
            #expect(after >= before.advanced(by: .seconds(1000 * 3600)))
        }
    }
}
