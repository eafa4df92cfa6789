import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// Somebody chose things before they signed in, and their account's cart was full already.
@Suite struct `A cart that has no room for what a guest chose` {
    @Test func `says how much was left out, and takes it in when there is room`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            var things: [ID<Variant>] = []
            for number in 0...CartStore.linesMax {
                things.append(try await shop.thing("Cup \(number)", by: seller).variant)
            }
            let (first, last) = (things[0], things[CartStore.linesMax])
            let email = "\(ID<Account>())@example.test"
            let browser = Browser(shop.app)
            func set(_ quantity: Int64, of variant: ID<Variant>) async throws {
                let answer = try await browser.send(
                    "PUT", "/api/v1/cart/lines/\(variant)", ["quantity": .integer(quantity)])
                #expect(answer.status == 200)
            }
            try await shop.register(browser, email)
            for variant in things.dropLast() { try await set(1, of: variant) }
            _ = try await browser.submit(try await browser.get("/"), "/sign-out")
            _ = try await shop.put(first, browser)
            _ = try await shop.put(last, browser)

            _ = try await browser.submit(
                try await browser.get("/sign-in"), "/sign-in",
                ["email": email, "password": "a long sentence of words"])
            let full = try await browser.get("/cart")
            let still = try await browser.submit(full, "/cart/left")
            try await set(0, of: things[1])
            let room = try await browser.submit(still, "/cart/left")

            for page in [full, still] {
                #expect(page.text.contains("Left out of what you chose before you signed in: 1"))
                #expect(!page.text.contains(">Cup \(CartStore.linesMax)</a>"))
                #expect(page.text.contains("name=\"quantity\" value=\"2\""))
            }
            #expect(still.text.contains("There is not room for all of it yet."))
            #expect(room.text.contains("It is in your cart."))
            #expect(room.text.contains(">Cup \(CartStore.linesMax)</a>"))
            #expect(!room.text.contains("Left out of"))
            // Once is once.
            #expect(!room.text.contains("name=\"quantity\" value=\"3\""))
        }
    }

    @Test func `says nothing of it to a guest, nor where all found room`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)

            let guest = try await shop.put(cup.variant, browser)
            try await shop.register(browser, "\(ID<Account>())@example.test")
            let own = try await browser.get("/cart")

            for page in [guest, own] {
                #expect(page.text.contains(">Cup</a>"))
                #expect(!page.text.contains("Left out of"))
            }
        }
    }
}
