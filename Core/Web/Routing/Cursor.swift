import ProviderKit

/// An opaque list cursor. It is not a secret; the check digits only keep typing errors and
/// guesses from reaching a query.
public enum Cursor {
    private static let checkBytes = 6

    public static func seal(_ key: String) -> String {
        let bytes = Array(key.utf8)
        return base64(Array(sha256(bytes).prefix(checkBytes)) + bytes, urlSafe: true)
    }

    /// - Throws: ``WebRefusal/cursorInvalid`` for what ``seal(_:)`` did not make.
    public static func open(_ text: String) throws(WebRefusal) -> String {
        guard let sealed = bytes(base64: text), sealed.count > checkBytes else {
            throw .cursorInvalid
        }
        let key = Array(sealed.dropFirst(checkBytes))
        guard Array(sha256(key).prefix(checkBytes)) == Array(sealed.prefix(checkBytes)),
            let text = String(validating: key, as: UTF8.self)
        else { throw .cursorInvalid }
        return text
    }
}
