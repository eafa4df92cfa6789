import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `What a customer has to do to pay` {
    @Test func `a transfer's account, reference and code for banking apps stand on the page`()
        async throws
    {
        try await OpenShop.run { shop in
            let way = try await shop.market.given.instance(
                ofPayments: "bank-transfer",
                ["holder": "Guild & Hall", "iban": "DE89370400440532013000"])
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let action = try #require(page.checkoutAction)

            let waiting = try await browser.submit(
                page, "\(action)/purchase", ["way": "\(way) transfer"])

            let purchase = try await shop.lastPurchase()
            let shown = try #require(waiting.text.firstRange(of: "<dt>Reference</dt><dd>"))
            let reference = String(waiting.text[shown.upperBound...].prefix { $0 != "<" })
            #expect(reference.hasPrefix("RF"))
            #expect(waiting.text.contains("DE89 3704 0044 0532 0130 00"))
            #expect(waiting.text.contains("Guild &amp; Hall"))
            #expect(waiting.text.contains("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\""))
            #expect(!waiting.text.contains("BCD"), "a code for scanners is no text for people")
            #expect(waiting.text.contains("Your things are held for "))
            #expect(waiting.text.contains(" days more, until <time datetime=\"20"))
            #expect(waiting.header("refresh") == nil)

            let admin = try await shop.market.given.administrator()
            let payment = try await shop.market.database.query("select id from payment")
                .decode { c in try c.next(ID<Payment>.self) }
            try await shop.marketplace.confirmPayment(
                try #require(payment.first),
                ReceiptDraft(amount: Money(100, .eur), receivedAt: .systemNow),
                as: .admin(admin.id))
            let part = try await browser.get("/purchases/\(purchase)")
            #expect(part.text.contains("€\u{a0}1.00 has come; "))
        }
    }

    @Test func `cash is paid when the things are handed over, and of one maker only`()
        async throws
    {
        try await OpenShop.run { shop in
            let way = try await shop.market.given.instance(ofPayments: "cash-on-delivery")
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let scarf = try await shop.thing(
                "Scarf", by: try await shop.market.given.verifiedSeller("Wool"))
            let (_, both) = try await shop.guestAtPayment([cup.variant, scarf.variant])
            #expect(!both.text.contains("\(way) cash"))
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let action = try #require(page.checkoutAction)
            #expect(page.text.contains("\(way) cash"))

            let promised = try await browser.submit(
                page, "\(action)/purchase", ["way": "\(way) cash"])

            #expect(promised.text.contains("to be paid on delivery"))
            #expect(promised.text.contains("when your things are handed over."))
            #expect(!promised.text.contains("Your order is paid"))
        }
    }

    @Test func `of a provider with many ways the first few stand open, and what was chosen does`()
        async throws
    {
        try await OpenShop.run { shop in
            let many = try await shop.market.given.instance(.payment, settings: ["cards": "4"])
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            func folds(_ page: WebAnswer) -> [Substring] {
                page.text.split(separator: "<details").dropFirst().filter {
                    $0.contains("more ways to pay (test-payment \(many))</summary>")
                }.compactMap { $0.split(separator: "</details>").first }
            }
            func radios(_ text: some StringProtocol, of way: ID<ProviderInstance>) -> Int {
                text.split(separator: "name=\"way\" value=\"\(way) ").count - 1
            }

            #expect(radios(page.text, of: many) == 9)
            let folded = try #require(folds(page).first)
            #expect(folded.hasPrefix("><summary>6 more ways to pay ("))
            #expect(radios(folded, of: many) == 6 && radios(folded, of: shop.payment) == 0)
            #expect(!folded.contains("\(many) redirect\""), "the third stands open")
            #expect(radios(page.text, of: shop.payment) == 5, "five stand side by side")
            #expect(!page.text.contains("more ways to pay (test-payment \(shop.payment))"))

            let action = try #require(page.checkoutAction)
            let again = try await browser.submit(
                page, "\(action)/purchase",
                ["way": "\(many) card-3", "wishes.0.deliverOn": "soon"])

            let kept = try #require(folds(again).first)
            #expect(kept.hasPrefix(" open><summary>"))
            #expect(kept.contains("\(many) card-3\" checked"))
        }
    }
}

@Suite struct `A QR code` {
    @Test func `is a picture with the four modules of white that scanners need`() throws {
        let svg = try #require(QRCode.svg("solana:abc", label: "Pay <now>"))

        // Version 1 has 21 modules; the finder pattern begins behind the white.
        #expect(svg.contains("viewBox=\"0 0 29 29\""))
        #expect(svg.contains("d=\"M4 4h7v1h-7z"))
        #expect(svg.contains("aria-label=\"Pay &lt;now&gt;\""))
    }

    @Test func `is not drawn of nothing, or of more than a code holds`() {
        #expect(QRCode.svg("", label: "") == nil)
        #expect(QRCode.svg(String(repeating: "x", count: 2332), label: "") == nil)
        #expect(QRCode.svg(String(repeating: "x", count: 2331), label: "") != nil)
    }
}
