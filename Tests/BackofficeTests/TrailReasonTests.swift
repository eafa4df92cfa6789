import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Backoffice

@Suite struct `The reason of a row of the trail` {
    @Test(arguments: [
        (
            "de",
            [
                "von der Inhaberin oder dem Inhaber geschlossen", "Finanzen: She helps.",
                "21 Tage: New here.",
                "4,00\u{a0}€: a scratch; erneut verlangt: The bank can again.",
            ]
        ),
        (
            "fr",
            [
                "fermée par sa propriétaire ou son propriétaire", "finances : She helps.",
                "21 jours : New here.",
                "4,00\u{a0}€ : a scratch ; redemandé : The bank can again.",
            ]
        ),
        (
            "en",
            [
                "closed by its owner", "finance: She helps.", "21 days: New here.",
                "4.00 EUR: a scratch; asked for again: The bank can again.",
            ]
        ),
    ])
    func `is in the language of the page where a program wrote it, and as it was typed elsewhere`(
        _ language: String, _ said: [String]
    ) async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = sale.orders[0].order.id
            let person = try #require(office.accounts[.support])
            let idle = try await office.market.given.verifiedSeller("Idle")
            try await office.market.marketplace.closeShop(as: idle.member)
            _ = try await office.post(
                "/api/v1/people/roles",
                #"{"email": "\#(person.email)", "role": "finance", "reason": "She helps."}"#)
            _ = try await office.post(
                "/api/v1/sellers/\(sale.sellers[0].id)/hold",
                #"{"days": 21, "reason": "New here."}"#)
            TestBank.of(sale.payment).fail(.declined)
            _ = try await office.post(
                "/api/v1/orders/\(order)/refund",
                #"""
                {"reason": "a scratch", "kind": "amount",
                    "amount": {"amount": 400, "currency": "EUR"}}
                """#, as: .support)
            while try await office.market.marketplace.settlePayments() > 0 {}
            let refund = try await office.get("/api/v1/orders/\(order)").require("refunds.0.id")
            _ = try await office.post(
                "/api/v1/orders/\(order)/refunds/\(refund)/retries",
                #"{"reason": "The bank can again."}"#, as: .support)

            let page = try await office.get("/audit", in: language).text

            for words in said { #expect(page.contains(words), "\(words)") }
        }
    }

    /// Acts whose reason a program puts together of nothing but data and what was typed.
    private static let dataOnly: Set<String> = [
        "category.changed", "commission.invoiced", "commission.vat-set", "payment.confirmed",
    ]

    @Test func `is known of every act for which a program writes one`() throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let folder = root.appending(path: "Core/Kernel").path
        let files = try #require(FileManager.default.enumerator(atPath: folder))
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
        var written: Set<String> = []
        for file in files {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            for line in text.matches(of: /"([a-z-]+\.[a-z-]+)",\s*on:/) {
                // The rest of the call, up to the next that records something.
                let rest = text[line.range.upperBound...].prefix(500)
                let call = rest[
                    ..<(rest.firstRange(of: "OutboxEvent(")?.lowerBound ?? rest.endIndex)]
                let end = call.firstMatch(of: /"[a-z-]+\.[a-z-]+",\s*on:|\n    }\n/)
                let own = call[..<(end?.range.lowerBound ?? call.endIndex)]
                if own.contains(/reason:\s*\[?"/) { written.insert(String(line.output.1)) }
            }
        }

        #expect(written.count > 15, "\(written.sorted())")
        let unknown = written.subtracting(TrailReason.keys.keys).subtracting(Self.dataOnly)
        #expect(unknown.isEmpty, "TrailReason lacks \(unknown.sorted())")
    }
}
