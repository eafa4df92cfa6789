import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A maker's form that is sent after the session has ended` {
    @Test func `waits with its words until they have signed in, and is then sent by them`()
        async throws
    {
        try await Desk.run { desk in
            let (email, password) = ("bo@example.test", "correct horse battery")
            let browser = Browser(desk.app)
            _ = try await browser.submitOnce(
                try await browser.get("/register"), "/register",
                ["name": "Bo", "email": email, "password": password])
            try await desk.kernel.addMember(email: email, role: .owner, as: desk.shop.member)
            let account = try await desk.kernel.signIn(email: email, password: password)
            let page = try await browser.get("/shop/policies")
            try await desk.kernel.endSessions(of: account.id)

            let kept = try await browser.submit(
                page, "/shop/policies", ["policies": "Wash by hand."])
            let door = try #require(
                kept.text.firstMatch(of: /href="(\/sign-in\?then=%2Fkept-form[^"]*)"/))
            let shown = try await browser.submit(
                try await browser.get(String(door.1)), "/sign-in",
                ["email": email, "password": password])
            let before = try await desk.kernel.policies(of: desk.shop.id)
            _ = try await browser.submit(shown, "/shop/policies")

            #expect(kept.status == 401)
            #expect(shown.text.contains("Your session had ended when you sent this."))
            #expect(shown.text.contains(">Wash by hand.</textarea>"))
            #expect(before == nil)
            #expect(try await desk.kernel.policies(of: desk.shop.id) == "Wash by hand.")
        }
    }

    @Test func `with a picture stands by itself where its page cannot hold the words`()
        async throws
    {
        try await Desk.run { desk in
            let (email, password) = ("\(ID<Account>())@example.test", "correct horse battery")
            let browser = Browser(desk.app)
            _ = try await browser.submitOnce(
                try await browser.get("/register"), "/register",
                ["name": "Bo", "email": email, "password": password])
            try await desk.kernel.addMember(email: email, role: .owner, as: desk.shop.member)
            let bowl = try await desk.listing("Bowl").listing.id
            let account = try await desk.kernel.signIn(email: email, password: password)
            let page = try await browser.get("/listings/\(bowl)")
            try await desk.kernel.endSessions(of: account.id)
            let action = "/listings/\(bowl)/images"

            let kept = try await browser.upload(
                page, action, ["alt": "A <blue> bowl"],
                file: ("file", "a.png", MarketSide.picture))
            let door = try #require(
                kept.text.firstMatch(of: /href="(\/sign-in\?then=%2Fkept-form[^"]*)"/))
            let shown = try await browser.submit(
                try await browser.get(String(door.1)), "/sign-in",
                ["email": email, "password": password])
            let before = try await desk.kernel.listing(bowl, as: desk.shop.member).images
            _ = try await browser.upload(
                shown, action, ["alt": "A <blue> bowl"],
                file: ("file", "a.png", MarketSide.picture))

            #expect(kept.status == 401)
            #expect(shown.text.contains("Files are not kept: choose them anew."))
            #expect(shown.text.contains("value=\"A &lt;blue&gt; bowl\""))
            #expect(shown.text.contains("action=\"\(action)\" class=\"card\" enctype="))
            #expect(shown.text.contains("<input type=\"file\" name=\"file\">"))
            #expect(before.isEmpty)
            let after = try await desk.kernel.listing(bowl, as: desk.shop.member).images
            #expect(after.map(\.alt) == ["A <blue> bowl"])
        }
    }
}
