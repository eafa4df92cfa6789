import Foundation
import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

/// The program that hands mail over is a script here; Config/test uses msmtp and a real server.
@Suite struct `Writing to people` {
    /// A market whose mail goes to a script with these lines: `$4` is the receiver, its input the
    /// message, `$0.d` a folder of its own.
    private func market(
        sendingBy lines: String?, within deadline: Duration = .seconds(20),
        _ body: (TestMarketplace, _ folder: String) async throws -> Void
    ) async throws {
        let tool = FileManager.default.temporaryDirectory
            .appending(path: "guildhall-mailer-\(ID<Mail>())").path
        try FileManager.default.createDirectory(
            atPath: tool + ".d", withIntermediateDirectories: false)
        try ("#!/bin/sh\n" + (lines ?? "exit 1") + "\n").write(
            toFile: tool, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: tool)
        defer {
            for path in [tool, tool + ".d"] { try? FileManager.default.removeItem(atPath: path) }
        }
        try await TestMarketplace.run(settings: {
            $0.mail.host = lines == nil ? nil : "127.0.0.1"
            $0.mail.tool = tool
            $0.mail.from = "market@example.com"
            $0.mail.deadline = deadline
        }) { try await body($0, tool + ".d") }
    }

    private static let taken = "cat > \"$0.d/$4.$$\""

    private func all(_ market: TestMarketplace) async throws -> [Mail] {
        try await market.marketplace.mails(PageRequest(limit: 100)).items
    }

    /// Everything that was told is written, as the worker does it.
    private func write(_ market: TestMarketplace) async throws {
        try await market.tellEverybody()
        while try await market.marketplace.writeLetters() {}
    }

    @Test func `a sale is written of to the customer and the makers, once each`() async throws {
        try await market(sendingBy: Self.taken) { market, folder in
            let shop = try await Shop(market)
            let thing = try await shop.thing(price: 4250)
            _ = try await shop.bought(thing)
            try await write(market)
            try await write(market)

            let written = try await all(market)
            #expect(written.map(\.topic).sorted() == ["order.paid", "purchase.paid"])
            let customer = try #require(written.first { $0.topic == "purchase.paid" })
            #expect(customer.recipient == shop.customer.email)
            #expect(customer.body.contains("/purchases/") && customer.state == .waiting)

            #expect(try await market.marketplace.sendMail() == 2)
            #expect(try await market.marketplace.sendMail() == 0)
            #expect(try await all(market).allSatisfy { $0.state == .sent && $0.tries == 1 })
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.count == 2)
            let file = try #require(files.first { $0.hasPrefix(shop.customer.email) })
            let message = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            #expect(message.contains("To: <\(shop.customer.email)>\r\n"))
            #expect(message.contains("Message-ID: <\(customer.id)@example.com>"))
        }
    }

    @Test func `everybody is written in the language that they used last`() async throws {
        try await market(sendingBy: nil) { market, _ in
            let shop = try await Shop(market)
            let thing = try await shop.thing(price: 125_000, stock: 10)
            let owner = thing.seller.owner.id
            func buy(_ buyer: Buyer, in language: Language?) async throws -> Mail {
                let checkout = try await shop.checkout(thing, as: buyer)
                let placed = try await shop.marketplace.placePurchase(
                    checkout.id, expecting: checkout.totals.total,
                    paying: PaymentChoice(
                        instance: shop.payment, method: "card", language: language
                    ) { "http://127.0.0.1/\($0)" }, as: buyer)
                try await write(market)
                return try #require(
                    try await all(market).first {
                        $0.topic == "purchase.paid" && $0.subject.contains(placed.purchase.number)
                    })
            }
            let guest = Buyer(guestToken: "some guest's token")

            // A guest by the purchase alone.
            #expect(try await buy(guest, in: .french).subject.hasPrefix("Votre achat "))
            #expect(try await buy(guest, in: nil).subject.hasPrefix("Your purchase "))
            // Who has an account by what came last: a purchase, or a choice.
            #expect(try await buy(shop.buyer, in: .french).subject.hasPrefix("Votre achat "))
            #expect(try await buy(shop.buyer, in: nil).subject.hasPrefix("Your purchase "))
            try await shop.marketplace.chooseLanguage(.german, of: shop.customer.id)
            #expect(try await buy(shop.buyer, in: nil).subject.hasPrefix("Ihr Einkauf "))
            #expect(try await buy(shop.buyer, in: .french).subject.hasPrefix("Votre achat "))

            // What a browser asks for is no choice.
            try await shop.marketplace.chooseLanguage(.german, of: owner)
            try await shop.marketplace.noteLanguage(.french, of: owner)
            #expect(try await shop.marketplace.language(of: owner) == .german)
            let order = try #require(try await shop.bought(thing).first)
            try await write(market)
            let letter = try #require(
                try await all(market).first {
                    $0.topic == "order.paid" && $0.body.contains(order.order.number)
                })
            #expect(letter.subject == "Bestellung \(order.order.number) kann gepackt werden")
            #expect(letter.body.contains("Sie bringt Ihnen 1."))
            #expect(letter.body.contains(":8081/orders/\(order.order.id)"))
            #expect(letter.body.contains(":8081/mail"))
        }
    }

    @Test func `letters of the same moment go out in the order of what happened`() async throws {
        try await market(sendingBy: Self.taken) { market, _ in
            let shop = try await Shop(market)
            for _ in 0..<4 {
                _ = try await shop.bought(
                    try await shop.thing(price: 1000), try await shop.thing(price: 2000))
            }
            try await write(market)
            // As when two processes wrote them, or all had to wait for the server.
            try await market.database.execute(
                "update mail set next_at = now() - notification_id * interval '1 millisecond'")

            #expect(try await market.marketplace.sendMail() == 12)

            let sent = try await market.database.query(
                "select notification_id from mail order by sent_at"
            ).decode { c in try c.next(Int64.self) }
            #expect(sent == sent.sorted())
        }
    }

    @Test func `changed bank details are told at once, with the time that payouts wait`()
        async throws
    {
        try await market(sendingBy: Self.taken) { market, _ in
            let seller = try await market.given.verifiedSeller()
            let wallet = try await market.marketplace.addWallet(
                WalletDraft(
                    kind: .platformBalance, label: "Main",
                    details: WalletDetails(holder: "Ada", iban: "DE89370400440532013000")),
                as: seller.member)
            _ = try await market.marketplace.editWallet(
                wallet.id,
                WalletDraft(
                    kind: .platformBalance, label: "Main",
                    details: WalletDetails(holder: "Eve", iban: "GB29NWBK60161331926819")),
                as: seller.member)
            try await write(market)

            let mail = try #require(try await all(market).first)
            #expect(mail.topic == "wallet.account-changed")
            #expect(mail.recipient == seller.owner.email)
            #expect(mail.body.contains("payouts to it are held until"))
            // A postcard: no account number is whole on it.
            #expect(!mail.body.contains("DE89370400440532013000"))
            #expect(!mail.body.contains("GB29NWBK60161331926819"))
        }
    }

    @Test func `a seller is written how the application went, and why`() async throws {
        try await market(sendingBy: Self.taken) { market, _ in
            let admin = try await market.given.administrator()
            let seller = try await market.given.verifiedSeller()
            try await market.database.execute(
                "update seller set state = 'submitted' where id = \(seller.id)")
            _ = try await market.marketplace.rejectSeller(
                seller.id, reason: "The passport has expired", by: admin.id)
            try await market.database.execute(
                "update seller set state = 'submitted' where id = \(seller.id)")
            _ = try await market.marketplace.verifySeller(seller.id, by: admin.id)
            try await write(market)

            let written = try await all(market)
            #expect(Set(written.map(\.topic)) == ["seller.rejected", "seller.verified"])
            let rejected = try #require(written.first { $0.topic == "seller.rejected" })
            #expect(rejected.body.contains("The passport has expired."))
        }
    }

    @Test func `a server that is away is asked again later, and one that refuses is not`()
        async throws
    {
        let script = """
            case "$4" in
                grace*) echo "msmtp: server message: 550 no such user" >&2; exit 69 ;;
                *) [ -e "$0.d/up" ] || { echo "msmtp: cannot connect" >&2; exit 75; }
                   \(Self.taken) ;;
            esac
            """
        try await market(sendingBy: script) { market, folder in
            let shop = try await Shop(market)
            try await market.database.execute(
                "update account set email = 'grace@example.com' where id = \(shop.customer.id)")
            _ = try await shop.bought(try await shop.thing())
            try await write(market)

            #expect(try await market.marketplace.sendMail() == 0)
            try await market.database.execute(
                "update mail set next_at = clock_timestamp() where state = 'waiting'")
            #expect(try await market.marketplace.sendMail() == 0)
            let refused = try #require(
                try await market.marketplace.mails(in: .failed, PageRequest()).items.first)
            #expect(refused.recipient == "grace@example.com" && refused.tries == 1)
            #expect(refused.error?.contains("550 no such user") == true)
            let waiting = try #require(
                try await market.marketplace.mails(in: .waiting, PageRequest()).items.first)
            #expect(waiting.error == "msmtp: cannot connect")
            #expect(waiting.nextAt ?? .systemNow > .systemNow.advanced(by: .seconds(20)))
            // Not before its time.
            #expect(try await market.marketplace.sendMail() == 0)

            #expect(FileManager.default.createFile(atPath: folder + "/up", contents: nil))
            try await market.database.execute(
                "update mail set next_at = clock_timestamp() where state = 'waiting'")
            #expect(try await market.marketplace.sendMail() == 1)
        }
    }

    @Test func `a program that hangs is ended, and holds up nobody`() async throws {
        try await market(sendingBy: "sleep 300", within: .milliseconds(300)) { market, _ in
            let shop = try await Shop(market)
            _ = try await shop.bought(try await shop.thing())
            try await write(market)
            let began = ContinuousClock.now

            #expect(try await market.marketplace.sendMail() == 0)

            #expect(ContinuousClock.now - began < .seconds(60))
            let tried = try await all(market).filter { $0.tries == 1 }
            #expect(tried.map(\.error) == ["msmtp did not end in time"])
        }
    }

    @Test func `two workers hand over each letter once`() async throws {
        try await market(sendingBy: Self.taken) { market, folder in
            let shop = try await Shop(market)
            for _ in 0..<4 { _ = try await shop.bought(try await shop.thing()) }
            try await write(market)
            let other = try market.anotherProcess()
            async let one = market.marketplace.sendMail()
            async let two = other.sendMail()
            let sent = try await one + two
            await other.database.close()

            #expect(sent == 8)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 8)
        }
    }

    @Test func `without a server it is kept, and sent when there is one and somebody says so`()
        async throws
    {
        try await market(sendingBy: nil) { market, _ in
            let shop = try await Shop(market)
            _ = try await shop.bought(try await shop.thing())
            try await write(market)

            #expect(try await market.marketplace.sendMail() == 0)
            let kept = try await all(market)
            #expect(kept.count == 2 && kept.allSatisfy { $0.state == .kept })
            let admin = try await market.given.administrator()
            await #expect(throws: MailRefusal.noServer) {
                try await market.marketplace.retryMail(kept[0].id, by: admin.id, reason: "again")
            }
        }
    }

    @Test func `what somebody does not want is not written, and the rest is`() async throws {
        try await market(sendingBy: Self.taken) { market, _ in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let owner = thing.seller.owner.id
            #expect(
                try await market.marketplace.mailChoices(of: owner) == Set(MailChoice.allCases))
            try await market.marketplace.chooseMail([.parcels], of: owner)
            try await market.marketplace.chooseMail([.newOrders], of: shop.customer.id)
            let order = try #require(try await shop.bought(thing).first)
            try await shop.ship(order, by: thing)
            try await write(market)

            #expect(try await all(market).map(\.topic) == ["purchase.paid"])
            #expect(try await market.marketplace.mailChoices(of: owner) == [.parcels])

            try await market.marketplace.chooseMail(Set(MailChoice.allCases), of: owner)
            _ = try await shop.bought(try await shop.thing())
            let again = try await market.marketplace.mailChoices(of: owner)
            #expect(again == Set(MailChoice.allCases))
        }
    }

    @Test func `only who may see money is written of payouts`() async throws {
        try await market(sendingBy: Self.taken) { market, _ in
            let earnings = try await Earnings(market)
            let packer = try await market.given.account("Pat Packer")
            try await market.database.execute(
                """
                insert into seller_member (seller_id, account_id, role)
                values (\(earnings.seller.id), \(packer.id), 'orders')
                """)
            _ = try await earnings.delivered(price: 3000)
            try await earnings.waitForHolds()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            try await write(market)

            let written = try await all(market)
            #expect(written.contains { $0.topic == "payout.paid" })
            #expect(
                written.filter { $0.topic.hasPrefix("payout") }.map(\.recipient)
                    == [earnings.seller.owner.email])
        }
    }
}
