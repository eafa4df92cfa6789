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
    ]

    @Test(arguments: [Language.german, .french])
    func `say nothing but what their catalogue has`(_ language: Language) async throws {
        try await WrittenMarket.run { market in
            _ = try await market.overwrite { number in
                [.numbered("7.\(number)"), .instead("7.\(number)")]
            }
            let known = try Self.words(of: language).union(Self.names)

            var unknown: [String: Set<String>] = [:]
            try await market.walks(in: language.code) { walk in
                // The back office shows codes, and has a test of its own.
                guard walk.name != "office" else { return }
                let found = try await walk.go()
                #expect(found.faults.isEmpty, "\(found.faults)")
                for (path, text) in found.pages where text.contains("<html") {
                    // For programs, which are answered in English; and what somebody looked for.
                    if path == "/docs" || path.contains("text=") { continue }
                    #expect(
                        text.contains("<html lang=\"\(language.code)\""), "\(walk.name) \(path)")
                    for said in Self.said(by: text) {
                        for word in Self.words(in: said) where !known.contains(word) {
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
        return Set((heard + read).map { $0.trimmingCharacters(in: .whitespacesAndNewlines) })
    }

    /// In small letters; what stands in quotes of HTML, in addresses and in ids is no word.
    private static func words(in text: String) -> [String] {
        text.replacing("Guildhall for makers", with: " ").replacing(/&[a-z0-9#]+;/, with: " ")
            .replacing(/\b[A-Z]{3}\b/, with: " ")
            .replacing(/\b[^\s]*[@\/_.][^\s]*[a-z0-9]/, with: " ")
            .replacing(/[0-9a-fA-F-]{13,}/, with: " ")
            .lowercased()
            .split { !$0.isLetter }.map(String.init).filter { $0.count > 2 }
    }
}
