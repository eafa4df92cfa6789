import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Kernel
@testable import Web

/// What no test of the catalogues sees: words from modules, from code, or past the templates. Where
/// everything that people wrote is numbers, each word of a page is one of its catalogue.
@Suite struct `Pages in another language` {
    /// Names, what is written alike everywhere, and how the test's own module calls its ways to
    /// pay.
    private static let names: Set<String> = [
        "guildhall", "english", "deutsch", "français", "utc", "api", "iban", "bic", "sku", "csv",
        "pdf", "card", "declined", "processing", "redirect",
        // Addresses of categories, attributes and values, which these tests made.
        "bowls", "cups", "spoons", "glass", "glaze", "height", "raku", "scent", "werk",
        // A setting that a test made, and processes as logs call them.
        "express", "storefront", "admin",
    ]

    @Test(arguments: [Language.german, .french])
    func `say nothing but what their catalogue has`(_ language: Language) async throws {
        try await WrittenMarket.run { market in
            _ = try await market.overwrite { number in
                [.numbered("7.\(number)"), .instead("7.\(number)")]
            }
            let known = try Self.words(of: language).union(Self.names)

            var unknown: [String: Set<String>] = [:]
            // Most of what a page says stands on others too.
            var fine: Set<String> = []
            try await market.walks(in: language.code) { walk in
                let found = try await walk.go()
                #expect(found.faults.isEmpty, "\(found.faults)")
                for (path, text) in found.pages where text.contains("<html") {
                    // For programs, which are answered in English; what somebody looked for; and
                    // what whoever writes a module reads of its rules.
                    if path == "/docs" || path.contains("text=")
                        || path.hasPrefix("/provider-modules/")
                    {
                        continue
                    }
                    #expect(
                        text.contains("<html lang=\"\(language.code)\""), "\(walk.name) \(path)")
                    for said in Self.said(by: text).subtracting(fine) {
                        let words = Self.words(in: said).filter { !known.contains($0) }
                        if words.isEmpty { fine.insert(said) }
                        for word in words {
                            unknown["\(word): \(said)", default: []].insert(
                                "\(walk.name) \(path)")
                        }
                    }
                }
            }

            let lines = unknown.map { "\($0.key) – \($0.value.sorted()[0])" }.sorted()
            #expect(lines.isEmpty, "\(lines.joined(separator: "\n"))")
        }
    }

    /// Everything that the catalogues of a language say, and what is written without them.
    private static func words(of language: Language) throws -> Set<String> {
        var texts: [String] = []
        for folder in [
            "Core/Kernel", "Core/Web", "Apps/Storefront", "Apps/SellerDesk",
            "Apps/Backoffice",
        ] {
            let url = root.appending(path: "\(folder)/Words")
            for entry in try Words(language, folders: [url]).entries.values {
                switch entry {
                case .text(let text): texts.append(text)
                case .forms(let one, let other): texts += [one, other]
                }
            }
        }
        Words.$current.withValue(Words(language, [:], sentences: [])) {
            texts += (1...12).map { Format.month(year: 2026, month: $0) }
            texts.append(Format.date(year: 2026, month: 1, day: 1))
        }
        return Set(texts.flatMap { Self.words(in: $0) })
    }

    private static let root: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    /// What people read or hear of a page: its texts, and the attributes that are said.
    private static func said(by page: String) -> Set<String> {
        let plain = page.replacing(
            /<(script|style|code|pre)\b.*?<\/\1>/.dotMatchesNewlines(), with: "")
        let heard = plain.matches(
            of: /(?:aria-label|title|placeholder|alt|data-label|data-say-[a-z-]+)="([^"]+)"/
        ).map { String($0.1) }
        let read = plain.matches(of: />([^<]*[A-Za-z][^<]*)</).map { String($0.1) }
        // What a program kept of a state is no sentence.
        return Set((heard + read).map { $0.trimmingCharacters(in: .whitespacesAndNewlines) })
            .filter { !$0.hasPrefix("{") && !$0.hasPrefix("[") }
    }

    /// In small letters; what stands in quotes of HTML, in addresses and in ids is no word.
    private static func words(in text: String) -> [String] {
        text.replacing("Guildhall for makers", with: " ")
            .replacing("Guildhall back office", with: " ").replacing(/&[a-z0-9#]+;/, with: " ")
            // How modules are called by their keys, and those of the tests by themselves.
            .replacing(/\b(?:test-(?:payment|shipping|tax|accounts|direct|whole))\b/, with: " ")
            .replacing(/\b(?:cash-on-delivery|bank-transfer|The platform remits)\b/, with: " ")
            .replacing(/\bTest (?:payments|shipping|tax|accounts|wallets|cheques)\b/, with: " ")
            // Keys of postings, ends of ids, and addresses of a chain.
            .replacing(/\b[a-z-]+:[0-9a-f-]{36}[^\s]*/, with: " ")
            .replacing(/\b(?:[0-9a-f]{12}|[0-9A-Za-z]{30,})\b/, with: " ")
            .replacing(/\b[A-Z]{3}\b/, with: " ")
            .replacing(/\b[^\s]*[@\/_.][^\s]*[a-z0-9]/, with: " ")
            .replacing(/[0-9a-fA-F-]{13,}/, with: " ")
            .lowercased()
            .split { !$0.isLetter }.map(String.init).filter { $0.count > 2 }
    }
}
