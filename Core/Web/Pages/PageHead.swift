/// What a page says of itself to search engines and to whoever shows a link to it. Pages without
/// one ask not to be listed.
public struct PageHead: Sendable {
    /// One or two sentences, cut to what a list of results shows.
    public let description: String
    /// The path under which the page is to be known.
    public let canonical: String
    /// The path of the picture that goes with a link to it.
    public let picture: String?
    /// In the words of Open Graph (https://ogp.me): `website`, `product`, `profile`.
    public let kind: String
    /// JSON-LD of https://schema.org; a value of ``link(_:)`` becomes a whole address.
    public let structured: [JSONValue]

    public init(
        _ description: String, canonical: String, picture: String? = nil, kind: String = "website",
        structured: [JSONValue] = []
    ) {
        self.description = Self.cut(description)
        self.canonical = canonical
        self.picture = picture
        self.kind = kind
        self.structured = structured
    }

    /// A path of this site within ``structured``.
    public static func link(_ path: String) -> JSONValue { .string(JSONValue.linkMark + path) }

    /// `https://schema.org/BreadcrumbList` of names and paths, outermost first.
    public static func trail(_ steps: [(name: String, path: String)]) -> JSONValue {
        let items = steps.enumerated().map { index, step in
            JSONValue.object([
                "@type": "ListItem", "position": .integer(Int64(index + 1)),
                "name": .string(step.name), "item": link(step.path),
            ])
        }
        return .object([
            "@context": "https://schema.org", "@type": "BreadcrumbList",
            "itemListElement": .array(items),
        ])
    }

    private static let lengthMax = 160

    /// In one line, ended at a word.
    public static func cut(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace)
        var line = ""
        for word in words {
            guard line.count + word.count < lengthMax else { return line + "…" }
            line += (line.isEmpty ? "" : " ") + word
        }
        return line
    }
}

extension JSONValue {
    /// No text that somebody wrote begins with it: PostgreSQL keeps no such character.
    fileprivate static let linkMark = "\u{0}"

    /// As the content of a `<script type="application/ld+json">`: nothing in it ends the element.
    func scriptText(base: String) -> String {
        var output: [UInt8] = []
        for byte in withLinks(base).bytes {
            switch byte {
            case UInt8(ascii: "<"): output += "\\u003c".utf8
            case UInt8(ascii: ">"): output += "\\u003e".utf8
            case UInt8(ascii: "&"): output += "\\u0026".utf8
            default: output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private func withLinks(_ base: String) -> JSONValue {
        switch self {
        case .string(let text) where text.hasPrefix(Self.linkMark):
            .string(base + text.dropFirst())
        case .array(let items): .array(items.map { $0.withLinks(base) })
        case .object(let members): .object(members.mapValues { $0.withLinks(base) })
        default: self
        }
    }
}
