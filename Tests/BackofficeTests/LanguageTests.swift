import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `The back office in its people's language` {
    /// Words of English that neither German nor French has, and no name or code of the test's data.
    static let english: Set<String> = [
        "the", "and", "this", "there", "what", "which", "with", "yet", "nothing", "nobody",
        "seller", "sellers", "order", "orders", "reason", "amount", "paid", "shipped", "awaiting",
        "payment", "shipping", "held", "settled", "begun", "written", "yes", "show", "every",
    ]

    @Test(arguments: [
        (
            "de",
            [
                "/": ["Was auf jemanden wartet", "Zu prüfende Verkäufer"],
                "/sellers": ["Verkäufer", "bestätigt", "Land"],
                "/payouts": ["Verfügbares auszahlen", "Grund"],
                "/ledger": ["Hauptbuch", "ergibt in Summe null"],
                "/commission": ["Provision", "Regel hinzufügen"],
            ]
        ),
        (
            "fr",
            [
                "/": ["Ce qui attend quelqu", "Vendeurs à vérifier"],
                "/sellers": ["vérifié", "Pays"],
                "/payouts": ["Verser ce qui est disponible"],
                "/ledger": ["Grand livre", "somme nulle"],
                "/commission": ["Commission", "Ajouter une règle"],
            ]
        ),
    ])
    func `is said throughout`(_ code: String, _ said: [String: [String]]) async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            try await sale.deliver(office.market)
            let seller = sale.sellers[0].id
            let asked = try await Scene(office).attribute()
            let raku = try #require(asked.values.first).id
            let paths =
                [
                    "/sellers/\(seller)", "/sellers/\(seller)/statement",
                    "/sellers/\(seller)/payouts", "/sellers/\(seller)/statements",
                    "/purchases", "/purchases/\(sale.purchase.id)", "/orders", "/refunds",
                    "/orders/\(sale.orders[0].order.id)/money", "/payments",
                    "/payments/to-review", "/cash", "/disputes", "/payout-plans",
                    "/payout-files", "/bank-reports", "/reconciliations", "/ledger/verification",
                    "/seals", "/invoices", "/jobs", "/people", "/checklist", "/categories",
                    "/attributes", "/attributes/\(asked.id)",
                    "/attributes/\(asked.id)/values/\(raku)",
                    "/listings", "/listings/\(sale.listing)", "/reviews", "/picked", "/accounts",
                    "/impersonations", "/me",
                    "/provider-rules/payment", "/audit", "/audit?object=seller&id=\(seller)",
                ] + said.keys

            for path in paths {
                let page = try await office.get(path, in: code)
                #expect(page.status == 200)
                #expect(page.text.contains("<html lang=\"\(code)\">"), "\(path)")
                for words in said[path] ?? [] {
                    #expect(page.text.contains(words), "\(path) says “\(words)”")
                }
                let left = Self.words(in: page.text).intersection(Self.english)
                #expect(left.isEmpty, "\(path) still says \(left.sorted())")
            }
        }
    }

    @Test func `money and days are written as in the language, and programs get English`()
        async throws
    {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let path = "/purchases/\(sale.purchase.id)"
            let total = sale.purchase.total
            let euros = "\(total.amount / 100)"

            let german = try await office.get(path, in: "de")
            let english = try await office.get(path, in: "en")
            let program = try await office.get("/api/v1" + path, in: "de")

            #expect(german.text.contains("\(euros),"))
            #expect(german.text.contains("Kauf \(sale.purchase.number)"))
            #expect(english.text.contains("Purchase \(sale.purchase.number)"))
            #expect(english.text.contains("€\u{a0}\(euros)."))
            #expect(program.value("purchase.number") == sale.purchase.number)
            #expect(
                ["paid", "awaiting_payment"].contains(program.value("purchase.state") ?? ""))
        }
    }

    @Test func `a notice and a refusal are said in it, a reason and a name are not touched`()
        async throws
    {
        try await Office.run { office in
            // A name that is a phrase of ours stays a name.
            let seller = try await office.market.given.verifiedSeller("Sellers")
            let page = try await office.get("/sellers/\(seller.id)", in: "de")
            #expect(page.text.contains("<h1>Sellers</h1>"))

            let unknown = try await office.get("/payouts/\(ID<Payout>())", in: "de")
            #expect(unknown.status == 404)
            #expect(unknown.text.contains("Es gibt keine solche Auszahlung."))
        }
    }

    /// The words that a person sees, in small letters.
    private static func words(in page: String) -> Set<String> {
        let body = page.firstRange(of: "<main").map { page[$0.lowerBound...] } ?? page[...]
        // The providers of the test's market are called after their modules.
        // Codes stand behind their words in the trail, and states as JSON.
        let words = body.replacing(/<code>[^<]*<\/code>/, with: " ")
            .replacing(/class="long">\{[^<]*</, with: "<")
        let seen = words.replacing(/<[^>]*>/, with: " ").lowercased()
            .replacing(/test-(payment|shipping|tax)/, with: " ")
        return Set(seen.split { !$0.isLetter }.map(String.init))
    }
}
