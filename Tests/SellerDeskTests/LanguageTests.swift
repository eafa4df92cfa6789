import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `The desk in the seller's language` {
    @Test(arguments: [
        ("de", ["Zu packen", "Noch keine Rechnungen", "Neuer Artikel"]),
        ("fr", ["À emballer", "Pas encore de factures", "Nouvel article"]),
    ])
    func `shows the day, the bills and a new thing`(
        _ code: String, _ said: [String]
    ) async throws {
        try await Desk.run { desk in
            let owner = try await desk.colleague(.owner)
            owner.setCookie("guildhall_language", code)

            let today = try await owner.get("/")
            let invoices = try await owner.get("/money/invoices")
            let form = try await owner.get("/listings/new")

            for answer in [today, invoices, form] {
                #expect(answer.status == 200)
                #expect(answer.text.contains("<html lang=\"\(code)\">"))
            }
            #expect(today.text.contains(said[0]))
            #expect(invoices.text.contains(said[1]))
            #expect(form.text.contains(said[2]))
        }
    }

    @Test func `the packing slip is the customer's, the page around it the seller's`() async throws
    {
        try await Desk.run { desk in
            let sale = try await SoldOrder(desk, quantity: 2)
            let packer = try await desk.colleague(.orders)
            packer.setCookie("guildhall_language", "de")
            let path = "/orders/\(sale.id)/packing-slip"

            let unknown = try await packer.get(path)
            #expect(unknown.text.contains("<article class=\"slip\" lang=\"de\">"))
            #expect(unknown.text.contains("<h1>Packzettel"))

            try await desk.market.database.execute("update purchase set language = 'fr'")
            let french = try await packer.get(path)
            #expect(french.text.contains("<article class=\"slip\" lang=\"fr\">"))
            #expect(french.text.contains("<h1>Bon de livraison"))
            #expect(french.text.contains("<html lang=\"de\">"))
            #expect(french.text.contains("Drucken Sie diese Seite"))
        }
    }

    @Test func `a statement is printed for whoever asks, and stays English as CSV`() async throws {
        let tool = FileManager.default.temporaryDirectory
            .appending(path: "guildhall-printer-\(ID<Marketplace>())").path
        try "#!/bin/sh\n{ printf '%%PDF-'; cat \"$4\"; } > \"$5\"\n".write(
            toFile: tool, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: tool)
        defer { try? FileManager.default.removeItem(atPath: tool) }
        try await Desk.run(settings: { $0.printTool = tool }) { desk in
            _ = try await SoldOrder(desk, quantity: 2)
            let now = try await desk.kernel.marketNow()
            let month = StatementMonth(of: now)
            let path = "/api/v1/statements/\(desk.shop.wallet)/EUR/\(month)"
            let owner = try await desk.colleague(.owner)

            for (code, said) in [
                ("en", ["<h1>Statement", "Opening balance", "Page \" counter(page) \" of"]),
                ("de", ["<h1>Abrechnung", "Anfangssaldo", "Seite \" counter(page) \" von"]),
                ("fr", ["<h1>Relevé", "Solde initial", "Page \" counter(page) \" sur"]),
            ] {
                owner.setCookie("guildhall_language", code)
                let print = try await owner.get(path + "/pdf")
                #expect(print.status == 200)
                #expect(print.text.contains("<html lang=\"\(code)\">"))
                for words in said { #expect(print.text.contains(words), "\(words)") }
                #expect(!print.text.contains("\(month)"))
                #expect(try await owner.get(path + "/csv").text.contains("opening balance"))
            }

            // A program has no browser that asks for one: as its person once chose.
            try await desk.kernel.chooseLanguage(.french, of: desk.shop.owner.id)
            let program = try await desk.program()
            #expect(try await program.get(path + "/pdf").text.contains("<h1>Relevé"))
        }
    }
}
