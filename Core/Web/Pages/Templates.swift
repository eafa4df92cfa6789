import Foundation
import Kernel
import Mustache

/// The templates of an app together with those that all apps share, in one language.
public struct Templates: Sendable {
    private let library: MustacheLibrary
    private let fragments = FragmentCache()

    /// Reads every `*.mustache` below the folders; a later folder wins over an earlier one.
    /// - Parameter words: what the templates' own texts are replaced by, once, here.
    /// - Throws: a template that does not parse, or a folder that cannot be read.
    public init(folders: [URL], words: Words = .english) throws {
        MustacheContentTypes.register(EscapedHTML(), named: EscapedHTML.name)
        var library = MustacheLibrary()
        for folder in folders {
            let files = FileManager.default.enumerator(atPath: folder.path)
            while let path = files?.nextObject() as? String {
                guard path.hasSuffix(".mustache") else { continue }
                var text = try String(
                    contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
                if words.language != .english {
                    text = TemplateText.translated(text) { words.name($0) }
                }
                let name = String(path.dropLast(".mustache".count))
                try library.register(
                    "{{% CONTENT_TYPE:\(EscapedHTML.name)}}\(text)", named: name)
            }
        }
        self.library = library
    }

    /// - Throws: ``MissingTemplate``, a fault.
    func render(_ model: Any, _ name: String) throws -> String {
        guard let text = library.render(PageFields(model, self), withTemplate: name) else {
            throw MissingTemplate(name: name)
        }
        return text
    }

    /// Empty when its template is missing, as a partial would be.
    func html(of fragment: any Fragment) -> String {
        fragments.html(of: fragment) {
            library.render(
                PageFields(fragment, self), withTemplate: type(of: fragment).template) ?? ""
        }
    }
}

struct MissingTemplate: Error {
    let name: String
}

/// Escapes by bytes. The library's own escaping goes by characters, and a quote followed by a
/// combining accent is another character to it: it would leave the attribute open.
struct EscapedHTML: MustacheContentType {
    static let name = "GUILDHALL"

    func escapeText(_ text: String) -> String { Self.escape(text) }

    static func escape(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): escaped += "&lt;".utf8
            case UInt8(ascii: ">"): escaped += "&gt;".utf8
            case UInt8(ascii: "&"): escaped += "&amp;".utf8
            case UInt8(ascii: "\""): escaped += "&quot;".utf8
            case UInt8(ascii: "'"): escaped += "&#39;".utf8
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
