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
}
