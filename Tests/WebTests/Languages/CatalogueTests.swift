import Foundation
import Testing

@testable import Kernel
@testable import Web

@Suite struct `The catalogues` {
    static let languages = Language.allCases.filter { $0 != .english }

    @Test(arguments: Catalogue.all, languages)
    func `have everything that a part says`(_ part: Catalogue, _ language: Language) throws {
        var known: Set<String> = []
        for floor in part.floors { known.formUnion(try floor.words(language).entries.keys) }

        let missing = part.keys().subtracting(known).sorted()

        #expect(missing.isEmpty, "in \(part.folder)/Words/\(language.code): \(missing)")
    }

    /// A key is either said by its part, or a name or sentence that stands in some source.
    @Test(arguments: Catalogue.all, languages)
    func `have nothing that nobody says`(_ part: Catalogue, _ language: Language) throws {
        let said = part.keys()
        // What inputs and events are called is made of their names in code.
        let stale = try part.keys(language, but: "fields.json").filter { key in
            !said.contains(key) && !Self.literals.contains(Self.bare(key))
        }

        #expect(stale.isEmpty, "in \(part.folder)/Words/\(language.code): \(stale.sorted())")
    }

    @Test(arguments: Catalogue.all, languages)
    func `keep every place and every link of a phrase`(
        _ part: Catalogue, _ language: Language
    ) throws {
        for (key, entry) in try part.words(language).entries {
            switch entry {
            case .text(let text):
                #expect(Places.names(text) == Places.names(key), "\(text)")
                #expect(Self.tags(text) == Self.tags(key), "\(text)")
                #expect(!text.isEmpty, "for \(key)")
            case .forms(let one, let other):
                #expect(Places.names(one) == ["n"] && Places.names(other) == ["n"], "\(key)")
            }
        }
    }

    @Test(arguments: Catalogue.all) func `are read from literals only`(_ part: Catalogue) {
        for source in part.sources {
            let unreadable = SourceText(source: source.text).phrases().unreadable
            #expect(unreadable.isEmpty, "in \(source.path): a phrase has to be a literal")
        }
    }

    /// Titles, notices, warnings and labels are no words of one language.
    @Test(arguments: Catalogue.apps) func `say nothing past them`(_ part: Catalogue) {
        for source in part.sources
        where !source.path.hasSuffix("API.swift") && !source.path.contains("Answer") {
            let past = source.text.matches(
                of: /\b(?:title|notice|warning|headline|label): "[^"]*[A-Za-z]{3}[^"]*"/
            ).map { String(source.text[$0.range]) }.filter { !$0.contains("Guildhall") }
            #expect(past.isEmpty, "\(part.folder)/\(source.path) says it in English only: \(past)")
        }
    }

    /// Folders and files of the kernel whose refusals only the back office shows.
    static let backOffice = [
        "Audit/", "BankReports/", "Clock/", "Commission/", "Jobs/", "Mail/", "Payouts/",
        "Providers/", "Reconciliation/", "Simulation/", "SearchPurchases.swift", "Verification/",
    ]

    @Test(arguments: languages)
    func `have the sentence of every refusal`(
        _ language: Language
    ) throws {
        let known = Set(
            try Catalogue.shared.keys(language, but: "fields.json").map { Self.bare($0) })
        let office = Set(
            try Catalogue.backoffice.keys(language, but: "fields.json").map { Self.bare($0) })
        for folder in ["Core/Kernel", "Core/Web", "Apps/Backoffice"] {
            for file in Catalogue.files(folder, ".swift") {
                let isOffice =
                    folder == "Apps/Backoffice"
                    || Self.backOffice.contains(where: file.path.contains)
                let said = Self.explanations(in: file.text).filter {
                    !known.contains($0) && !(isOffice && office.contains($0))
                }
                #expect(said.isEmpty, "\(file.path) explains in English only: \(said)")
            }
        }
    }

    /// The sentences within each `var explanation: String { … }`.
    private static func explanations(in source: String) -> [String] {
        source.ranges(of: "var explanation: String {").flatMap { start -> [String] in
            let rest = source[start.upperBound...]
            let indent = source[..<start.lowerBound].reversed().prefix { $0 != "\n" }.count
            // The block ends with the brace that stands where its line began.
            let margin = String(repeating: " ", count: indent - indent % 4)
            let end = rest.firstRange(of: "\n\(margin)}")?.lowerBound ?? rest.endIndex
            return SourceText(source: String(rest[..<end])).whole().map { bare($0) }
                .filter { $0.contains(" ") && ($0.hasSuffix(".") || $0.hasSuffix(":")) }
        }
    }

    /// Looks at what a template becomes, not at how its phrases were found.
    @Test(arguments: Catalogue.all)
    func `reach every text of every template`(_ part: Catalogue) {
        for template in part.templates {
            let marked = TemplateText.translated(template.text) { key in
                // Its places and links stay, its words go.
                let kept = key.matches(of: /\{[^}]*\}|<[^>]*>/).map { String(key[$0.range]) }
                return kept.joined(separator: "")
            }
            let left = Self.readable(marked)
            #expect(left.isEmpty, "\(part.folder)/\(template.path) still says: \(left)")
        }
    }

    /// Every word of a template that a person would see or hear.
    private static func readable(_ template: String) -> [String] {
        let plain = template.replacing(/(?s)<style.*?<\/style>/, with: "")
            .replacing(/\{\{\{?[^}]*\}?\}\}/, with: "")
        let spoken = plain.matches(
            of: /\s(?:alt|aria-label|data-label|data-say-[a-z-]+|placeholder|title)="([^"]*)"/
        )
        .map { String($0.1) }
        let seen = plain.replacing(/<[^>]*>/, with: "\n").split(separator: "\n").map(String.init)
        return (spoken + seen).filter { text in
            text.replacing(/&\w+;/, with: "").contains(where: \.isLetter)
        }
    }

    /// A payout is a *versement*; a *virement* is what the bank does.
    @Test(arguments: Catalogue.all)
    func `have one French word for what a seller is paid`(_ part: Catalogue) throws {
        for file in Catalogue.files("\(part.folder)/Words/fr", ".json") {
            guard case .object(let entries) = try JSONParser.parse(Array(file.text.utf8)) else {
                continue
            }
            let strays = entries.filter { key, text in
                key.lowercased().contains("payout")
                    && "\(text)".lowercased().contains("virement")
            }
            #expect(strays.isEmpty, "\(part.folder)/Words/fr/\(file.path): \(strays.keys)")
        }
    }

    private static func tags(_ text: String) -> [String] {
        text.matches(of: /<[^>]*>/).map { String(text[$0.range]) }.sorted()
    }

    /// Every literal of ours that could be a name or a sentence, its places without numbers.
    private static let literals: Set<String> = {
        var literals: Set<String> = []
        for file in Catalogue.files("Plugins", ".module.json") {
            literals.formUnion(SourceText(source: file.text).all().map { bare($0) })
        }
        for folder in ["Core", "Apps", "Plugins"] {
            for file in Catalogue.files(folder, ".swift") {
                literals.formUnion(SourceText(source: file.text).all().map { bare($0) })
            }
        }
        return literals
    }()

    private static func bare(_ text: String) -> String {
        text.replacing(/\{[^}]*\}/, with: "{}")
    }
}
