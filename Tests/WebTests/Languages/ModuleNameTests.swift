import Foundation
import Testing

@testable import Kernel
@testable import Web

/// A module says in English what it is and what its settings mean. What ships with the market is
/// said in every language; what somebody adds is shown as they wrote it.
@Suite struct `The words of the modules that ship` {
    /// The Swift sources of the modules, texts that are joined by `+` as one.
    private static let sources = Catalogue.files("Plugins", ".swift")
        .filter { !$0.path.contains("Counterpart") && !$0.path.contains("SandboxBank/") }
        .map { $0.text.replacing(/"\s*\+\s*"/, with: "") }

    private static func texts(after calls: [String], named names: [String]) -> Set<String> {
        var found: Set<String> = []
        for source in sources {
            for call in calls.flatMap({ source.ranges(of: $0) }) {
                let rest = source[call.upperBound...]
                // Up to the next declaration.
                let end = ["static ", "\n\n"].compactMap { rest.firstRange(of: $0)?.lowerBound }
                let own = rest[..<(end.min() ?? rest.endIndex)]
                for name in names {
                    for mark in own.ranges(of: "\(name): \"") {
                        let text = own[mark.upperBound...].prefix { $0 != "\"" }
                        if !text.contains("\\") { found.insert(String(text)) }
                    }
                }
            }
        }
        return found
    }

    @Test(arguments: Language.allCases.filter { $0 != .english })
    func `are in the back office's catalogues`(_ language: Language) throws {
        var known: Set<String> = []
        for floor in Catalogue.backoffice.floors {
            known.formUnion(try floor.words(language).entries.keys)
        }
        var said = Self.texts(
            after: ["ConfigurationField(", "ModuleDescriptor("],
            named: ["label", "help", "name", "summary"])
        for manifest in Catalogue.files("Plugins", ".module.json") {
            said.formUnion(
                manifest.text.matches(of: /"(?:label|help|name|summary)": "([^"]*)"/)
                    .map { String($0.1) })
        }

        let missing = said.subtracting(known).sorted()

        #expect(said.count > 50)
        #expect(missing.isEmpty, "in Apps/Backoffice/Words/\(language.code): \(missing)")
    }

    @Test func `are a tax's at the checkout, with its rate as people write it`() throws {
        func said(_ label: String, in language: Language) throws -> String? {
            try Catalogue(folder: "Apps/Storefront").words(language).sentence(label)
        }
        #expect(try said("VAT 19 %", in: .german) == "USt 19 %")
        #expect(try said("VAT 5.5 %", in: .french) == "TVA 5,5 %")
        #expect(try said("Sales tax 7.25 %", in: .german) == "Verkaufssteuer 7,25 %")
        #expect(try said("Exempt from VAT", in: .french) == "Exonéré de TVA")
        #expect(try said("No tax", in: .german) == "Keine Steuer")
        // Somebody else's module calls it what it wants.
        #expect(try said("GST 10 %", in: .german) == nil)
    }

    /// Ways to pay: the customer reads them, and so does who looks after the payment.
    @Test(arguments: Language.allCases.filter { $0 != .english })
    func `are in what all apps say`(_ language: Language) throws {
        let known = try Catalogue.shared.words(language).entries
        var said: Set<String> = []
        for source in Self.sources {
            let calls = /PaymentMethod\(code: "[^"]*",\s*label: "([^"\\]*)"/
            said.formUnion(source.matches(of: calls).map { String($0.1) })
            said.formUnion(source.matches(of: /"(Test wallet[^"]*)"/).map { String($0.1) })
        }

        let missing = said.filter { known[$0] == nil }.sorted()

        #expect(said.count > 15)
        #expect(missing.isEmpty, "in Core/Web/Words/\(language.code): \(missing)")
    }

    /// What a customer is told to do who pays by hand.
    @Test(arguments: Language.allCases.filter { $0 != .english })
    func `are in the shop's`(_ language: Language) throws {
        let known = try Catalogue(folder: "Apps/Storefront").words(language).entries
        var said: Set<String> = []
        for source in Self.sources {
            let calls = /Instruction\(\s*label: "([^"\\]*)"/
            said.formUnion(source.matches(of: calls).map { String($0.1) })
        }

        let missing = said.filter { known[$0] == nil }.sorted()

        #expect(said.count >= 5)
        #expect(missing.isEmpty, "in Apps/Storefront/Words/\(language.code): \(missing)")
    }
}
