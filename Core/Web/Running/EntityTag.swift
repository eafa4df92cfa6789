/// The names that answers give their content (RFC 9110, section 8.8.3).
enum EntityTag {
    /// Of what is named by its content and never changes.
    static let forGood = "public, max-age=31536000, immutable"

    /// Whether an `If-None-Match` names `tag`: any of a list, weak or not, or `*`.
    static func matches(_ asked: String?, _ tag: String?) -> Bool {
        guard let asked, let tag else { return false }
        return asked.split(separator: ",").contains { one in
            let name = one.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            let text = String(name)
            return text == "*" || (text.hasPrefix("W/") ? String(text.dropFirst(2)) : text) == tag
        }
    }
}
