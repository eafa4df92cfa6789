import Foundation
import Testing

@testable import Kernel
@testable import Web

/// One of the parts that have catalogues of their own, as it stands in the sources.
struct Catalogue: CustomTestStringConvertible {
    let folder: String

    /// What letters say: the lower floor, which knows nothing of those above.
    static let kernel = Catalogue(folder: "Core/Kernel")
    static let shared = Catalogue(folder: "Core/Web")
    static let apps = [
        Catalogue(folder: "Apps/Storefront"), Catalogue(folder: "Apps/SellerDesk"),
    ]
    /// There a text is a phrase by its type: every literal of it counts.
    static let backoffice = Catalogue(folder: "Apps/Backoffice")
    static let all = [kernel, shared] + apps + [backoffice]

    /// The parts whose catalogues this one finds its words in.
    var floors: [Catalogue] {
        folder == Self.kernel.folder ? [self] : [Self.kernel, Self.shared, self]
    }

    var testDescription: String { folder }

    static let root: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.path
    }()

    /// The texts of all files below the folder whose names end so.
    static func files(_ folder: String, _ ending: String) -> [(path: String, text: String)] {
        guard let walker = FileManager.default.enumerator(atPath: root + "/" + folder) else {
            return []
        }
        var files: [(String, String)] = []
        while let path = walker.nextObject() as? String {
            guard path.hasSuffix(ending),
                let bytes = FileManager.default.contents(atPath: "\(root)/\(folder)/\(path)")
            else { continue }
            files.append((path, String(decoding: bytes, as: UTF8.self)))
        }
        return files
    }

    var sources: [(path: String, text: String)] { Self.files(folder, ".swift") }
    var templates: [(path: String, text: String)] { Self.files(folder, ".mustache") }

    func words(_ language: Language) throws -> Words {
        try Words(language, folders: [URL(fileURLWithPath: "\(Self.root)/\(folder)/Words")])
    }

    /// What the part's catalogue has, one of its files aside.
    func keys(_ language: Language, but file: String) throws -> [String] {
        try Self.files("\(folder)/Words/\(language.code)", ".json").filter { $0.path != file }
            .flatMap { file -> [String] in
                guard case .object(let members) = try JSONParser.parse(Array(file.text.utf8)) else {
                    return []
                }
                return Array(members.keys)
            }
    }

    /// What this part says, by the keys that catalogues have for it.
    func keys() -> Set<String> {
        var keys = Set(templates.flatMap { TemplateText.phrases(in: $0.text) })
        for source in sources {
            let text = SourceText(source: source.text)
            keys.formUnion(text.phrases().phrases)
            keys.formUnion(text.counts().map { "{n} \($0.many)" })
            if folder == Self.backoffice.folder { keys.formUnion(text.typed()) }
        }
        return keys
    }
}
