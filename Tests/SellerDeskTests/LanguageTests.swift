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
}
