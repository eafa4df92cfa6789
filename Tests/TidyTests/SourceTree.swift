import Foundation

/// The checkout as the tidy tests see it: every Swift file of ours, read once.
enum SourceTree {
    static let root: String = {
        var url = URL(fileURLWithPath: #filePath)
        // Tests/TidyTests/SourceTree.swift
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }()

    static let files: [SourceFile] = ["Apps", "Core", "Plugins", "Tests"]
        .flatMap { paths(under: $0) }
        .filter { $0.hasSuffix(".swift") }
        .compactMap { path in
            contents(path).map { SourceFile(path: path, text: $0) }
        }

    static func files(under folder: String) -> [SourceFile] {
        files.filter { $0.path.hasPrefix(folder + "/") }
    }

    /// Paths of all files under `folder`, relative to the root, built products aside.
    static func paths(under folder: String) -> [String] {
        guard let walker = FileManager.default.enumerator(atPath: root + "/" + folder) else {
            return []
        }
        var found: [String] = []
        while let path = walker.nextObject() as? String {
            if path.hasSuffix(".build") {
                walker.skipDescendants()
                continue
            }
            found.append(folder + "/" + path)
        }
        return found.sorted()
    }

    /// Nil when there is no such file.
    static func contents(_ path: String) -> String? {
        FileManager.default.contents(atPath: root + "/" + path)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root + "/" + path)
    }
}

/// One file and its lines. `code` is the lines without comments, at the same indices.
struct SourceFile: Sendable {
    let path: String
    let lines: [String]
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = lines.map(Self.withoutComment)
    }

    var name: String { String(path.split(separator: "/").last ?? "") }

    /// The folder of the target: `Core/Kernel`, `Plugins/Tax/RateTableTax`.
    func isUnder(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }

    func at(_ index: Int) -> String { "\(path):\(index + 1)" }

    private static func withoutComment(_ line: String) -> String {
        guard line.contains("//") else { return line }
        var quoted = false
        var previous: Character = " "
        for index in line.indices {
            let character = line[index]
            if character == "\"", previous != "\\" { quoted.toggle() }
            if !quoted, character == "/", previous == "/" {
                return String(line[..<line.index(before: index)])
            }
            previous = character
        }
        return line
    }
}

/// Faults that were found, as one text: a test fails with all of them at once.
func list(_ faults: [String], _ remedy: String) -> String {
    "\(faults.count) found. \(remedy)\n  " + faults.prefix(40).joined(separator: "\n  ")
}
