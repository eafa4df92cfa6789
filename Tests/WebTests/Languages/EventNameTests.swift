import Foundation
import ProviderKit
import Testing

@testable import Kernel
@testable import Web

/// What happened is shown by its code in the trail and the outbox, and on what.
@Suite struct `The events in the back office` {
    /// Codes that are put together, or handed on by the function that writes the line.
    private static let made: [[String]] = [
        Seller.State.allCases.map { "seller.\($0.rawValue)" },
        SellerDocument.State.allCases.map { "seller.document-\($0.rawValue)" },
        ProviderInstance.State.allCases.map { "provider.\($0.rawValue)" },
        Listing.State.allCases.map { "listing.\($0.rawValue)" },
        ["set", "began", "ended"].map { "holiday.\($0)" },
        ["allowed", "begun", "acted", "ended"].map { "impersonation.\($0)" },
        Letter.topics.flatMap { $0.topics },
    ]

    /// What the kernel writes into the trail: actions and kinds of objects.
    private static let written: (actions: Set<String>, objects: Set<String>) = {
        var actions = Set(made.flatMap { $0 })
        var objects: Set<String> = []
        for file in Catalogue.files("Core/Kernel", ".swift") {
            for name in ["audit.record(", "AuditStore.statement("] {
                for call in file.text.ranges(of: name) {
                    let rest = file.text[call.upperBound...].prefix(300)
                    guard let on = rest.firstRange(of: "on: \"") else { continue }
                    actions.formUnion(
                        rest[..<on.lowerBound].matches(of: /"([a-z-]+\.[a-z-]+)"/)
                            .map { String($0.1) })
                    objects.insert(String(rest[on.upperBound...].prefix { $0 != "\"" }))
                }
            }
        }
        return (actions, objects)
    }()

    private static func known(_ language: Language) throws -> Set<String> {
        var known: Set<String> = []
        for floor in Catalogue.backoffice.floors {
            known.formUnion(try floor.words(language).entries.keys)
        }
        return known
    }

    @Test(arguments: Language.allCases.filter { $0 != .english })
    func `are said in words`(_ language: Language) throws {
        let known = try Self.known(language)
        let objects = Self.written.objects.map { $0.replacing("_", with: " ") }

        let missing = (Self.written.actions.sorted() + objects.sorted())
            .filter { !known.contains($0) }

        #expect(Self.written.actions.count > 120)
        #expect(Self.written.objects.count > 20)
        #expect(missing.isEmpty, "in Apps/Backoffice/Words/\(language.code): \(missing)")
    }

    @Test(arguments: Language.allCases.filter { $0 != .english })
    func `and what workers do`(_ language: Language) throws {
        let known = try Self.known(language)
        let kinds = Catalogue.files("Core/Kernel", ".swift").flatMap { file in
            file.text.matches(of: /JobKind(?:<\w+>)?\("([a-z.-]+)"/).map { String($0.1) }
        }

        let missing = Set(kinds).subtracting(known).sorted()

        #expect(kinds.count > 20)
        #expect(missing.isEmpty, "in Apps/Backoffice/Words/\(language.code): \(missing)")
    }

    @Test(arguments: Language.allCases.filter { $0 != .english })
    func `and why a module's file was not taken`(_ language: Language) throws {
        let known = Set(try Self.known(language).map(Self.bare))
        let reasons = Catalogue.files("Core/ProviderHost", ".swift").flatMap { file in
            file.text.ranges(of: "Problem(").flatMap { call -> [String] in
                let rest = file.text[call.upperBound...].prefix(260)
                guard rest.prefix(60).contains("description:") else { return [] }
                return Array(
                    SourceText(source: String(rest)).whole().filter { !$0.isEmpty }.prefix(1))
            }
        }
        // Of one no word is ours: a path, and what the system says of it.
        let said = Set(reasons.map(Self.bare)).subtracting(["{}: {}"])

        let missing = said.subtracting(known).sorted()

        #expect(said.count > 8)
        #expect(missing.isEmpty, "in Apps/Backoffice/Words/\(language.code): \(missing)")
    }

    private static func bare(_ text: String) -> String {
        text.replacing(/\{[^}]*\}/, with: "{}")
    }

    /// The kernel judges how the market is; the sentences are the back office's.
    @Test(arguments: Language.allCases.filter { $0 != .english })
    func `and how the market is`(_ language: Language) throws {
        let known = try Self.known(language)
        let processes: Set = ["storefront", "seller", "admin", "worker", "all"]
        let said = Catalogue.files("Core/Kernel/Health", ".swift")
            .filter { $0.path.hasPrefix("HealthFacts+") || $0.path == "HealthFinding.swift" }
            .flatMap { SourceText(source: $0.text).whole() }
            .filter { text in
                !processes.contains(text)
                    && text.replacing(/\{\d+\}/, with: "").contains(where: \.isLetter)
            }

        let missing = Set(said).subtracting(known).sorted()

        #expect(said.count > 80)
        #expect(missing.isEmpty, "in Apps/Backoffice/Words/\(language.code): \(missing)")
    }
}
