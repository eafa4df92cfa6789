import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Letters and messages` {
    private func message(
        subject: String = "Hello", body: String = "Hello", from: String = "market@example.com"
    ) -> MailMessage {
        MailMessage(
            id: ID("01a1fd94-0000-7000-8000-000000000001") ?? ID(), from: from,
            recipient: "ada@example.com", subject: subject, body: body,
            at: Instant("2026-11-21T12:30:05Z") ?? .systemNow)
    }

    @Test func `a message is RFC 5322, whatever stands in it`() throws {
        let text = message(subject: "Grüße: " + String(repeating: "ä€😀", count: 40), body: "ü\nb")
            .text
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        #expect(text.utf8.allSatisfy { $0 < 128 })
        #expect(lines[0] == "Date: Sat, 21 Nov 2026 12:30:05 +0000")
        #expect(lines[1] == "From: Guildhall <market@example.com>")
        #expect(lines[2] == "To: <ada@example.com>")
        #expect(text.contains("Message-ID: <01a1fd94-0000-7000-8000-000000000001@example.com>"))
        let body = try #require(text.components(separatedBy: "\r\n\r\n").last)
        let decoded = try #require(
            Data(base64Encoded: body.replacingOccurrences(of: "\r\n", with: "")))
        #expect(String(decoding: decoded, as: UTF8.self) == "ü\r\nb")
    }

    @Test func `encoded words are whole, and together the subject`() throws {
        let subject = String(repeating: "Schöne Grüße 😀 ", count: 9)
        let text = message(subject: subject).text
        let start = try #require(text.range(of: "Subject: "))
        let end = try #require(text.range(of: "\r\nMessage-ID"))
        let words = text[start.upperBound..<end.lowerBound].components(separatedBy: "\r\n ")
        #expect(words.count > 3 && words.allSatisfy { $0.count <= 75 })
        let decoded = try words.map { word in
            let inner = word.dropFirst("=?UTF-8?B?".count).dropLast(2)
            return String(
                decoding: try #require(Data(base64Encoded: String(inner))), as: UTF8.self)
        }
        // Each word is whole characters, or a mail program shows rubbish.
        #expect(decoded.allSatisfy { !$0.contains("\u{FFFD}") })
        #expect(decoded.joined() == subject)
    }

    @Test func `a line end in a subject makes no header`() {
        let text = message(subject: "Your order\r\nBcc: thief@example.com").text
        #expect(!text.contains("\r\nBcc"))
        #expect(text.components(separatedBy: "\r\n\r\n").count == 2)
    }

    @Test func `what is no address is written to nobody`() {
        for wrong in [
            "", "a", "a@", "@b", "a b@c", "a@b\r\nBcc: x@y", "-o@x", "ä@b.de", "a@b@c",
            "a@b,c@d", "<a@b>", String(repeating: "a", count: 255) + "@b",
        ] {
            #expect(!MailMessage.isAddress(wrong), "\(wrong)")
        }
        #expect(MailMessage.isAddress("ada.l+shop@example.co.uk"))
    }

    @Test func `days are named right, also before 1970 and on the leap day`() {
        for (instant, wanted) in [
            ("1970-01-01T00:00:00Z", "Thu, 1 Jan 1970 00:00:00 +0000"),
            ("1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 +0000"),
            ("2028-02-29T10:00:00Z", "Tue, 29 Feb 2028 10:00:00 +0000"),
        ] {
            #expect(Instant(instant).map(MailMessage.date) == wanted)
        }
    }

    @Test func `what has to be told has a letter, and nothing is left blank in it`() throws {
        let facts = LetterFacts(
            number: "K7M49XQ2", amount: Money(4250, .eur), note: "late",
            reason: "a photo is blurred",
            failure: "account closed", label: "Main", oldAccount: "DE89…00", newAccount: "DE12…34",
            payoutsFrom: Instant("2026-11-24T00:00:00Z"), graceDays: 14)
        let wanted: [(Notice.Audience, [String])] = [
            (
                .customer,
                [
                    "purchase.paid", "purchase.promised", "order.shipped", "order.cancelled",
                    "order.called-off", "order.refunded",
                ]
            ),
            (
                .seller,
                [
                    "order.paid", "order.promised", "payout.paid", "payout.failed",
                    "payout.returned",
                    "payouts.frozen", "wallet.account-changed", "seller.verified",
                    "seller.rejected", "dispute.inquiry", "dispute.needs_response",
                    "dispute.under_review", "dispute.won", "dispute.lost", "dispute.closed",
                ]
            ), (.administrator, ["order.capture-refused"]),
        ]
        for (audience, topics) in wanted {
            for topic in topics {
                let letter = try #require(Letter(topic, for: audience, facts), "\(topic)")
                let body = letter.body(to: "Ada", about: nil, home: "http://a")
                #expect(!letter.subject.isEmpty && body.hasPrefix("Hello Ada,"))
                #expect(!body.contains("Optional(") && !body.contains("  "), "\(topic): \(body)")
                // An event that says nothing has a letter that reads well, too.
                let bare = try #require(Letter(topic, for: audience, LetterFacts()))
                #expect(!bare.body(to: nil, about: nil, home: "").contains("nil"), "\(topic)")
            }
        }
        #expect(Letter("seller.unheard-of", for: .seller, facts) == nil)
        let changed = try #require(Letter("wallet.account-changed", for: .seller, facts))
        #expect(changed.sentences.joined().contains("from DE89…00 to DE12…34"))
        #expect(changed.sentences.joined().contains("held until Tue, 24 Nov 2026"))
    }

    @Test func `a lost dispute's letter says what is lost, whose, and why`() throws {
        var facts = LetterFacts(
            number: "K7M49XQ2", amount: Money(4250, .eur), reason: "product_not_received",
            charged: Money(3825, .eur))
        let lost = try #require(Letter("dispute.lost", for: .seller, facts))
        #expect(lost.subject == "The dispute about order K7M49XQ2 was lost")
        let text = lost.sentences.joined(separator: " ")
        #expect(text.contains("who keeps 42.50 EUR of the payment of order K7M49XQ2"))
        #expect(text.contains("reason: product not received."))
        #expect(text.contains("gives back what it had earned of that: 38.25 EUR."))

        facts.charged = .zero(.eur)
        let nothing = try #require(Letter("dispute.lost", for: .seller, facts))
        #expect(nothing.sentences.joined().contains("Your shop gives nothing back for it"))
        // Who may not see the shop's money is not written.
        #expect(Letter.isAboutMoney("dispute.lost"))
        #expect(Letter("dispute.lost", for: .customer, facts) == nil)
    }

    @Test func `only the server's own no is for good`() {
        let gone =
            "msmtp: recipient address x@y not accepted by the server\n"
            + "msmtp: server message: 550 no such user\n"
        guard case .refused(let words) = SMTPSubmission.outcome(69, gone) else {
            Issue.record("550 is for good")
            return
        }
        #expect(words.contains("550 no such user"))
        let busy = gone.replacingOccurrences(of: "550 no such user", with: "450 later")
        for (code, complaint) in [
            (Int32(69), busy), (75, busy), (68, "cannot locate host"), (77, "server message: 535"),
            (1, ""), (-1, ""),
        ] {
            guard case .notNow = SMTPSubmission.outcome(code, complaint) else {
                Issue.record("\(code) is not for good")
                return
            }
        }
        #expect(SMTPSubmission.outcome(0, "") == .taken)
    }
}
