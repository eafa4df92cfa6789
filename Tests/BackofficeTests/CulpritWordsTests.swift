import Foundation
import TestSupport
import Testing

@testable import Backoffice
@testable import Kernel

/// The checks of the books name rows at fault by sentences that SQL puts together.
@Suite struct `Rows at fault in the books` {
    private static let root: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    /// `order {1} owes {2}` of `select 'order ' || number || ' owes ' || amount`, for every check.
    private static func written() throws -> Set<String> {
        let folder = root.appending(path: "Core/Kernel/Ledger")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil
        ).filter { $0.lastPathComponent.hasPrefix("LedgerCheckStore") }
        var keys: Set<String> = []
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for block in text.components(separatedBy: "culprits: \"\"\"").dropFirst() {
                let statement = block.components(separatedBy: "\"\"\"")[0]
                keys.formUnion(Self.variants(of: statement))
            }
        }
        return keys
    }

    /// What the lists of a statement put together, those of a union too.
    private static func variants(of statement: String) -> [String] {
        statement.ranges(of: "select ").filter { select in
            let before = statement[..<select.lowerBound]
            return before.count { $0 == "(" } == before.count { $0 == ")" }
        }.flatMap { variants(of: statement, from: $0.upperBound) }
    }

    /// What one list puts together, with each branch of its `case`.
    private static func variants(of statement: String, from start: String.Index) -> [String] {
        let characters = Array(statement)
        var index = statement.distance(from: statement.startIndex, to: start)
        var (depth, key, places, hasExpression) = (0, "", 0, false)
        var branches: [String] = []
        func endPart() {
            if hasExpression {
                places += 1
                key += "{\(places)}"
            }
            hasExpression = false
        }
        while index < characters.count {
            let rest = String(characters[index...].prefix(6))
            if depth == 0, rest.hasPrefix("from"), characters[index - 1].isWhitespace { break }
            if depth == 0, rest.hasPrefix("case"), characters[index - 1].isWhitespace {
                let tail = String(characters[index...])
                let end = tail.firstRange(of: " end").map { tail.distance(to: $0.upperBound) }
                let length = end ?? tail.count
                branches = tail.prefix(length).matches(of: /(?:then|else)\s+'([^']*)'/)
                    .map { String($0.1) }
                index += length
                continue
            }
            switch characters[index] {
            case "'":
                var literal = ""
                index += 1
                while characters[index] != "'" {
                    literal.append(characters[index])
                    index += 1
                }
                if depth == 0, !hasExpression { key += literal }
            case "(":
                depth += 1
                hasExpression = true
            case ")": depth -= 1
            case "|" where depth == 0:
                endPart()
                index += 1
            case let other where !other.isWhitespace: hasExpression = true
            default: break
            }
            index += 1
        }
        endPart()
        return branches.isEmpty ? [key] : branches.map { key + $0 }
    }

    @Test func `are said by sentences that the catalogues know`() throws {
        let written = try Self.written().filter { key in
            key.replacing(/\{\d+\}/, with: "").contains(where: \.isLetter)
        }

        #expect(written.count > 45)
        let unknown = written.subtracting(CulpritWords.keys)
        let stale = Set(CulpritWords.keys).subtracting(written)
        #expect(unknown.isEmpty, "CulpritWords lacks \(unknown.sorted())")
        #expect(stale.isEmpty, "no check says \(stale.sorted())")
        for language in ["de", "fr"] {
            let file = Self.root.appending(path: "Apps/Backoffice/Words/\(language)")
            var known: Set<String> = []
            for name in ["culprits", "pages", "fields"] {
                let data = try Data(contentsOf: file.appending(path: "\(name).json"))
                let object = try JSONSerialization.jsonObject(with: data) as? NSDictionary
                known.formUnion(object?.allKeys.compactMap { $0 as? String } ?? [])
            }
            let missing = Set(CulpritWords.keys).subtracting(known)
            #expect(missing.isEmpty, "in \(language): \(missing.sorted())")
        }
    }

    /// A state is one of our words, a number or a name is not.
    @Test func `say states in the language of the page, and numbers as they are`() throws {
        let folder = Self.root.appending(path: "Apps/Backoffice/Words")
        let words = try Words(.german, folders: [folder])

        let said = Words.$current.withValue(words) {
            CulpritWords.said("payout 7F3K is paid, the books have failed")
        }

        #expect(said == "Auszahlung 7F3K ist bezahlt, die Bücher haben fehlgeschlagen")
    }

    @Test func `are read in German and French on the page`() async throws {
        try await Office.run(checkingInvariants: false) { office in
            _ = try await Sale(office.market)
            try await office.market.storage.tamper([
                "update purchase set total = total + 7"
            ])
            try await office.market.marketplace.recordVerification()

            let english = try await office.get("/ledger/verification").text
            let german = try await office.get("/ledger/verification", in: "de").text
            let french = try await office.get("/ledger/verification", in: "fr").text

            let number = try #require(english.firstMatch(of: /purchase ([A-Z0-9]+) is (\d+), not/))
            #expect(german.contains("Einkauf \(number.1) ist \(number.2), nicht "))
            #expect(french.contains("achat \(number.1) est \(number.2), et non "))
            // The way to it is found all the same.
            #expect(german.contains("href=\"/purchases/"))
        }
    }
}

extension String {
    fileprivate func distance(to index: String.Index) -> Int {
        distance(from: startIndex, to: index)
    }
}
