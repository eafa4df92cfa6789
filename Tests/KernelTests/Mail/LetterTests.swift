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

    private static let facts = LetterFacts(
        number: "K7M49XQ2", amount: Money(4250, .eur), note: "late",
        reason: "a photo is blurred",
        failure: "account closed", label: "Main", oldAccount: "DE89…00", newAccount: "DE12…34",
        payoutsFrom: Instant("2026-11-24T00:00:00Z"), graceDays: 14,
        respondBy: Instant("2026-12-01T00:00:00Z"), charged: Money(3825, .eur))

    @Test func `what has to be told has a letter, and nothing is left blank in it`() throws {
        for (audience, topics) in Letter.topics {
            for topic in topics {
                let letter = try #require(Letter(topic, for: audience, Self.facts), "\(topic)")
                let body = letter.body(to: "Ada", about: nil, home: "http://a")
                #expect(!letter.subject.isEmpty && body.hasPrefix("Hello Ada,"))
                #expect(!body.contains("Optional(") && !body.contains("  "), "\(topic): \(body)")
                // An event that says nothing has a letter that reads well, too.
                let bare = try #require(Letter(topic, for: audience, LetterFacts()))
                #expect(!bare.body(to: nil, about: nil, home: "").contains("nil"), "\(topic)")
            }
        }
        #expect(Letter("seller.unheard-of", for: .seller, Self.facts) == nil)
        let changed = try #require(Letter("wallet.account-changed", for: .seller, Self.facts))
        #expect(changed.sentences.joined().contains("from DE89…00 to DE12…34"))
        #expect(changed.sentences.joined().contains("held until 24 November 2026, 00:00 UTC"))
    }

    /// The list that the walks go by has every kind of letter that the sources know.
    @Test func `no kind of letter is left out of the list of them`() throws {
        let listed = Set(Letter.topics.flatMap(\.topics))
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Core/Kernel/Mail")
        var known: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where file.hasPrefix("Letter") {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            for line in text.split(separator: "\n") where line.contains(" case \"") {
                known.formUnion(line.matches(of: /"([a-z-]+\.[a-z_-]+)"/).map { String($0.1) })
            }
        }
        #expect(known.count > 30)
        #expect(known.subtracting(listed).isEmpty, "\(known.subtracting(listed).sorted())")
        #expect(listed.subtracting(known).isEmpty, "\(listed.subtracting(known).sorted())")
    }

    @Test(arguments: [Language.german, .french])
    func `every letter is whole in the language, from greeting to foot`(
        _ language: Language
    ) throws {
        func said(_ letter: Letter) -> [String] { [letter.subject] + letter.sentences }
        let words = try Words.kernel(language)
        // Every fact, none, and what is said of a payout that the market took back.
        var takenBack = Self.facts
        takenBack.failure = Payout.takenBackWords
        takenBack.charged = .zero(.eur)
        var letters = Letter.topics.flatMap { audience, topics in
            topics.flatMap { topic in
                [Self.facts, LetterFacts(), takenBack].map { (audience, topic, $0) }
            }
        }.map { audience, topic, facts in { @Sendable in Letter(topic, for: audience, facts) } }
        letters.append { Letter(claiming: "K7M49XQ2") }
        letters.append { Letter.forgottenPassword }

        for make in letters {
            let english = try #require(make())
            let other = try #require(Words.$current.withValue(words) { make() })
            #expect(other.sentences.count == english.sentences.count)
            for (one, two) in zip(said(english), said(other)) {
                #expect(one != two, "said in English to \(language.name): \(one)")
            }
        }
        for name in ["Ada", nil] {
            let letter = Letter("")
            func lines() -> [String] {
                letter.body(to: name, about: "there", home: "http://a", isGuest: true)
                    .components(separatedBy: "\n\n")
            }
            let other = Words.$current.withValue(words) { lines() }
            for (one, two) in zip(lines(), other) where one != "there" {
                #expect(one != two, "said in English to \(language.name): \(one)")
            }
        }
    }

    @Test func `amounts and days stand as the language writes them`() throws {
        func text(_ language: Language, _ topic: String, _ facts: LetterFacts) throws -> String {
            try Words.$current.withValue(.kernel(language)) {
                let letter = Letter(
                    topic, for: topic.hasPrefix("purchase") ? .customer : .seller, facts)
                return try #require(letter).sentences.joined(separator: " ")
            }
        }
        let small = LetterFacts(number: "K7", amount: Money(1250, .eur))
        let large = LetterFacts(number: "K7", amount: Money(123_450, .eur))
        #expect(
            try text(.english, "purchase.paid", large).contains("over €\u{a0}1,234.50 is placed"))
        #expect(
            try text(.german, "purchase.paid", small)
                .contains("Ihr Einkauf K7 über 12,50\u{a0}€ ist bestellt und bezahlt."))
        #expect(try text(.german, "purchase.paid", large).contains("über 1.234,50\u{a0}€ ist"))
        #expect(
            try text(.french, "purchase.paid", small)
                .contains("Votre achat K7 de 12,50\u{a0}€ est enregistré et payé."))
        #expect(
            try text(.french, "purchase.paid", large).contains("de 1\u{202f}234,50\u{a0}€ est"))
        for (language, day) in [
            (Language.german, "bis 24. November 2026, 00:00 UTC zurückgehalten"),
            (.french, "jusqu’au 24 novembre 2026, 00:00 UTC."),
        ] {
            #expect(try text(language, "wallet.account-changed", Self.facts).contains(day))
        }
    }

    @Test func `a lost dispute's letter says what is lost, whose, and why`() throws {
        var facts = LetterFacts(
            number: "K7M49XQ2", amount: Money(4250, .eur), reason: "product_not_received",
            charged: Money(3825, .eur))
        let lost = try #require(Letter("dispute.lost", for: .seller, facts))
        #expect(lost.subject == "The dispute about order K7M49XQ2 was lost")
        let text = lost.sentences.joined(separator: " ")
        #expect(text.contains("who keeps €\u{a0}42.50 of the payment of order K7M49XQ2"))
        #expect(text.contains("reason: product not received."))
        #expect(text.contains("gives back what it had earned of that: €\u{a0}38.25."))

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
