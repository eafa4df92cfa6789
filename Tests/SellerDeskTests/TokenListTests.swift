import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `The page of tokens` {
    @Test func `has those of the seller app, and revokes only what still opens something`()
        async throws
    {
        try await Desk.run { desk in
            let browser = try await desk.visitor("Bo")
            let page = try await browser.get("/tokens")
            for (name, days) in [("Stays", "365"), ("Ends", "30")] {
                _ = try await browser.submit(
                    page, "/tokens", ["name": name, "orders": "read", "days": days])
            }
            let account = try #require(
                try await desk.market.database.query("select id from account where name = 'Bo'")
                    .decode { c in try c.next(ID<Account>.self) }.first)
            _ = try await desk.kernel.createAccessToken(
                named: "Elsewhere", for: .customer, of: account)
            try await desk.market.database.execute(
                "update access_token set expires_at = now() where name = 'Ends'")

            let shown = try await browser.get("/tokens").text

            let cards = shown.components(separatedBy: "<section class=\"card\">").dropFirst()
            let ended = try #require(cards.first { $0.contains(">Ends</h2>") })
            let stays = try #require(cards.first { $0.contains(">Stays</h2>") })
            #expect(cards.count == 2 && !shown.contains("Elsewhere"))
            #expect(ended.contains(">Over</span>") && !ended.contains("/revocation"))
            #expect(stays.contains("/revocation") && stays.contains("Good until"))
            let token = try #require(
                try await desk.kernel.accessTokens(of: account).items.first { $0.name == "Stays" })
            let until = try #require(token.expiresAt).secondsSince1970
            let days = (until - token.createdAt.secondsSince1970) / 86_400
            #expect((364...365).contains(days))
            #expect(token.scopes == [.readOrders])
        }
    }
}
