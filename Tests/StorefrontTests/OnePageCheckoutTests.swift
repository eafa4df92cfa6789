import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `From the cart to the order on one page` {
    private static let pay = OpenShop.address.merging(["pays": "true"]) { $1 }

    /// A guest with one cup in the cart.
    private func guest(
        _ shop: OpenShop, stock: Int = 5
    ) async throws -> (browser: Browser, cup: ID<Variant>, seller: GivenSeller) {
        let seller = try await shop.market.given.verifiedSeller()
        let cup = try await shop.thing("Cup", by: seller, stock: stock)
        let browser = Browser(shop.app)
        _ = try await shop.put(cup.variant, browser)
        return (browser, cup.variant, seller)
    }

    private func checkouts(_ shop: OpenShop) async throws -> Int {
        try await shop.market.database.query("select id from checkout")
            .decode { c in try c.next(ID<Checkout>.self) }.count
    }

    private func purchases(_ shop: OpenShop) async throws -> Int {
        try await shop.market.database.query("select id from purchase")
            .decode { c in try c.next(ID<Purchase>.self) }.count
    }

    @Test func `a guest types the address where shipping, total and the ways to pay stand`()
        async throws
    {
        try await OpenShop.run { shop in
            let (browser, _, _) = try await guest(shop)

            let page = try await browser.get("/checkout")
            for words in [
                "name=\"email\"", "name=\"address.city\"", "Parcel 1 of 1", "Parcel, <span",
                "Worked out for Germany.", "name=\"way\"", "A gift, or a wished day?",
                "Order and pay €\u{a0}20.00",
            ] { #expect(page.text.contains(words), "\(words)") }
            #expect(try await checkouts(shop) == 0, "a look holds nothing")

            let paid = try await browser.submit(
                page, "/checkout", Self.pay.merging(["wishes.0.giftMessage": "For <you>"]) { $1 })
            #expect(paid.text.contains("Thank you. Your order is paid."))
            #expect(paid.text.contains("With these words: “For &lt;you&gt;”"))
            #expect(try await browser.get("/cart").text.contains("nothing in it yet"))
        }
    }

    @Test func `what is typed stays when something of it is refused, and nothing is held`()
        async throws
    {
        try await OpenShop.run { shop in
            let (browser, _, _) = try await guest(shop)
            let page = try await browser.get("/checkout")
            func refused(_ values: [String: String], _ field: String) async throws {
                let typed = Self.pay.merging([
                    "wishes.0.giftMessage": "Happy <birthday>",
                    "parcels.0.option": "parcel", "way": "\(shop.payment) redirect",
                ]) { $1 }
                let answer = try await browser.submit(
                    page, "/checkout", typed.merging(values) { $1 })
                #expect(answer.status == 422, "\(field)")
                let input = try #require(answer.text.firstRange(of: "name=\"\(field)\""))
                let before = answer.text[..<input.lowerBound].suffix(400)
                #expect(before.contains("id=\"what-is-wrong\""), "\(field)")
                #expect(answer.text.contains("value=\"Hauptstraße 5\""))
                #expect(answer.text.contains("Happy &lt;birthday&gt;"))
                #expect(answer.text.contains("value=\"parcel\" checked"))
                #expect(answer.text.contains("value=\"\(shop.payment) redirect\" checked"))
                #expect(answer.text.contains("Order and pay €\u{a0}24.90"), "with its shipping")
            }

            try await refused(["address.city": ""], "address.city")
            try await refused(
                ["address.name": String(repeating: "x", count: 121)], "address.name")
            try await refused(["email": "nobody"], "email")
            try await refused(["wishes.0.deliverOn": "2001-01-01"], "wishes.0.deliverOn")
            #expect(try await checkouts(shop) == 0)
        }
    }

    @Test func `a total that was not shown is shown before it is paid`() async throws {
        try await OpenShop.run { shop in
            let (browser, cup, _) = try await guest(shop)
            let abroad = try await browser.get("/checkout")
            var american = Self.pay
            american["address.country"] = "US"

            // The tax of where it really goes.
            let taxed = try await browser.submit(abroad, "/checkout", american)
            #expect(taxed.text.contains("was €\u{a0}20.00 and is now €\u{a0}23.80."))
            #expect(taxed.text.contains("Taxes: €\u{a0}3.80 instead of €\u{a0}0.00."))
            #expect(taxed.text.contains("Hauptstraße 5"))
            #expect(taxed.text.contains("Order and pay €\u{a0}23.80"))
            #expect(shop.bank.payments.isEmpty)

            // A price that was raised meanwhile.
            let shown = try await browser.get("/checkout")
            try await shop.market.database.execute(
                "update variant set price = 2100 where id = \(cup)")
            let raised = try await browser.submit(shown, "/checkout", Self.pay)
            // What went to America before is shown with its tax until it is sent somewhere else.
            #expect(raised.text.contains("was €\u{a0}23.80 and is now €\u{a0}21.00."))
            #expect(shop.bank.payments.isEmpty)

            // Shipping that was chosen without looking at what it adds.
            let cheap = try await browser.get("/checkout")
            let sent = try await browser.submit(
                cheap, "/checkout", Self.pay.merging(["parcels.0.option": "parcel"]) { $1 })
            #expect(sent.text.contains("was €\u{a0}21.00 and is now €\u{a0}25.90."))
            #expect(shop.bank.payments.isEmpty)
            let paid = try await browser.submit(
                sent, "\(try #require(sent.checkoutAction))/purchase")
            #expect(paid.text.contains("Your order is paid."))
            #expect(paid.text.contains("€\u{a0}25.90"))
        }
    }

    @Test func `shipping that is not offered any more is chosen anew`() async throws {
        try await OpenShop.run { shop in
            let (browser, _, _) = try await guest(shop)

            let answer = try await browser.submit(
                try await browser.get("/checkout"), "/checkout",
                Self.pay.merging(["parcels.0.option": "by-horse"]) { $1 })

            #expect(answer.text.contains("Choose one of the ways of shipping that are offered."))
            #expect(try await purchases(shop) == 0)
        }
    }

    @Test func `a cart that was changed in another window is looked at first`() async throws {
        try await OpenShop.run { shop in
            let (browser, cup, seller) = try await guest(shop)
            let saucer = try await shop.thing("Saucer", by: seller)
            let page = try await browser.get("/checkout")
            _ = try await browser.submit(
                try await browser.get("/cart"), "/cart/lines/\(cup)", ["quantity": "0"])
            _ = try await shop.put(saucer.variant, browser)

            // The same total, of another thing.
            let answer = try await browser.submit(page, "/checkout", Self.pay)

            #expect(answer.status == 409)
            #expect(answer.text.contains("just changed somewhere else"))
            #expect(answer.text.contains("Saucer") && answer.text.contains("Hauptstraße 5"))
            #expect(try await checkouts(shop) == 0)
        }
    }

    @Test func `what sold out meanwhile is said, with all that was typed and no way to pay`()
        async throws
    {
        try await OpenShop.run { shop in
            let (browser, cup, _) = try await guest(shop, stock: 1)
            let page = try await browser.get("/checkout")
            _ = try await shop.guestAtPayment([cup])

            let answer = try await browser.submit(page, "/checkout", Self.pay)

            #expect(answer.status == 409)
            #expect(answer.text.contains("“Cup” is sold out."))
            #expect(answer.text.contains("value=\"Hauptstraße 5\""))
            #expect(!answer.text.contains("Order and pay"))
        }
    }

    @Test func `two clicks order once, and Back leads to what is ordered`() async throws {
        try await OpenShop.run { shop in
            let (browser, _, _) = try await guest(shop)
            let page = try await browser.get("/checkout")
            let other = try await browser.get("/checkout")

            async let one = browser.submitOnce(page, "/checkout", Self.pay)
            async let two = browser.submitOnce(page, "/checkout", Self.pay)
            let answers = [try await one, try await two]
            let purchase = Optional("/purchases/\(try await shop.lastPurchase())")
            #expect(answers.map { $0.header("location") } == [purchase, purchase])

            let back = try await browser.get("/checkout")
            #expect(back.text.contains("This is ordered already."))
            // A tab that was left open.
            let again = try await browser.submit(other, "/checkout", Self.pay)
            #expect(again.text.contains("This is ordered already."))
            #expect(try await purchases(shop) == 1)
        }
    }

    @Test func `Back with the last piece leads to where it is held`() async throws {
        try await OpenShop.run { shop in
            let (browser, _, _) = try await guest(shop, stock: 1)
            let held = try await browser.submit(
                try await browser.get("/checkout"), "/checkout", OpenShop.address)
            let action = try #require(held.checkoutAction)

            let back = try await browser.raw("GET", "/checkout")
            #expect(back.header("location") == action)
            let stranger = Browser(shop.app)
            stranger.setCookie("guildhall_checkout", String(action.suffix(36)))
            #expect(
                try await stranger.raw("GET", "/checkout").header("location") == "/cart")

            // A typing error in the e-mail is mended where it is seen.
            let mended = try await browser.submit(
                held, "\(action)/address",
                OpenShop.address.merging(["email": "hopper@example.test"]) { $1 },
                holding: "email")
            #expect(mended.text.contains("hopper@example.test"))
            #expect(!mended.text.contains("grace@example.test"))
        }
    }

    @Test func `what nobody's page sends is refused in words`() async throws {
        try await OpenShop.run { shop in
            let (browser, _, _) = try await guest(shop)
            let stranger = try await shop.market.given.account("mallory@example.test")
            let saved = try await shop.marketplace.keepAddress(Given.address, of: stranger.id)
            let cases: [(String, String, Int)] = [
                ("way", "nonsense", 422), ("way", "", 422), ("amount", "", 422),
                ("amount", "1e9", 422), ("amount", "-1", 422), ("shown.tax", "-1", 422),
                ("currency", "EURO", 422),
                ("things", "cup", 422), ("things", "", 422), ("pays", "perhaps", 422),
                ("parcels.0.number", "x", 422), ("addressId", "1", 422),
                // Two at once; by itself it would be nobody's.
                ("addressId", saved.id.description, 422),
                ("way", "\(ID<ProviderInstance>()) card", 303),
                ("address.country", "<b>", 422),
            ]
            for (field, value, status) in cases {
                let answer = try await browser.submitOnce(
                    try await browser.get("/checkout"), "/checkout",
                    Self.pay.merging([field: value]) { $1 })
                #expect(answer.status.description.hasPrefix("\(status)"), "\(field)=\(value)")
            }
            let page = try await browser.get("/checkout")
            let fields = try #require(HTMLForm.fields(of: "/checkout", in: page.text))
                .filter { !$0.0.hasPrefix("address.") }
            let others = try await browser.post(
                "/checkout", fields + [("addressId", saved.id.description), ("pays", "true")])
            #expect(others.status == 404)
            #expect(try await purchases(shop) == 0)
        }
    }
}
