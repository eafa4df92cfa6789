import Foundation

/// The readable part of an address: small letters, digits and single hyphens.
enum Slug {
    static func isSlug(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.first != 45 && text.utf8.last != 45 && !text.contains("--")
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == 45
            }
    }

    /// A slug that reads like `name`: letters without their marks, everything else a hyphen.
    /// Empty when nothing of the name is left.
    static func made(of name: String, lengthMax: Int = 60) -> String {
        var slug = ""
        for character in name.lowercased() {
            if let plain = plain(character) {
                slug += plain
            } else if !slug.isEmpty, slug.last != "-" {
                slug.append("-")
            }
        }
        slug = String(slug.prefix(lengthMax))
        while slug.last == "-" { slug.removeLast() }
        return slug
    }

    private static func plain(_ character: Character) -> String? {
        if character.isASCII {
            return character.isLetter || character.isNumber ? String(character) : nil
        }
        if let spelled = spelled[character] { return spelled }
        // A letter with a mark decomposes into the letter and the mark.
        let base = String(character).decomposedStringWithCanonicalMapping.unicodeScalars.first
        guard let base, base.isASCII, base.properties.isAlphabetic else { return nil }
        return String(base)
    }

    private static let spelled: [Character: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe",
        "ł": "l", "đ": "d", "þ": "th", "ð": "d", "ı": "i",
    ]
}
