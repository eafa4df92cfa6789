import Foundation
import Testing

@testable import Kernel
@testable import Web

@Suite struct `What stands beside a moment of an order` {
    private func said(_ note: String, of kind: String, in language: Language) throws -> String? {
        let folders = [Catalogue.kernel, .shared].map {
            URL(fileURLWithPath: "\(Catalogue.root)/\($0.folder)/Words")
        }
        let words =
            language == .english ? Words.english : try Words(language, folders: folders)
        return Words.$current.withValue(words) { EventNote.said(note, of: kind) }
    }

    @Test(arguments: [
        ("delivered", "14 days after shipment", "14 Tage nach dem Versand"),
        ("refunded", "12.50 EUR", "12,50\u{a0}€"),
        (
            "refund-requested", "12.50 EUR: days after: a scratch",
            "12,50\u{a0}€: days after: a scratch"
        ),
        (
            "money-to-look-at",
            "5.00 EUR came. The purchase was not paid whole: who got it gives it back.",
            "5,00\u{a0}€ gingen ein. Der Einkauf wurde nicht ganz bezahlt: Wer es bekam, gibt es zurück."
        ),
        ("shipped", "nothing of it is left to ship", "nichts davon ist noch zu versenden"),
        // What people and providers wrote.
        ("shipped", "DHL 14 days after shipment", "DHL 14 days after shipment"),
        ("cancelled", "It was paid for.", "It was paid for."),
        ("capture-failed", "declined (x): It was paid for.", "declined (x): It was paid for."),
    ])
    func `is in the reader's language where a program wrote it`(
        _ kind: String, _ note: String, _ words: String
    ) throws {
        #expect(try said(note, of: kind, in: .german) == words)
        #expect(try said(note, of: kind, in: .english) == note)
    }

    @Test(arguments: [Language.german, .french])
    func `is known to the catalogues`(_ language: Language) throws {
        let known = try Catalogue.shared.words(language).entries
        for key in EventNote.keys.values.joined() where key != "{money}" {
            #expect(known[key] != nil, "\(key)")
        }
    }
}
