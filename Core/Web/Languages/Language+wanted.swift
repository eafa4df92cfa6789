import Kernel

extension Language {
    /// The one of `offered` that a browser asks for (RFC 9110, section 12.5.4); nil for none.
    static func wanted(_ header: String, of offered: [Language]) -> Language? {
        var best: (language: Language, weight: Double)?
        for range in header.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = parts.first?.lowercased(),
                let primary = tag.split(separator: "-").first,
                let language = Language(rawValue: String(primary)), offered.contains(language)
            else { continue }
            let weight =
                parts.dropFirst().first { $0.hasPrefix("q=") }
                .map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best?.weight ?? 0 { best = (language, weight) }
        }
        return best?.language
    }
}
