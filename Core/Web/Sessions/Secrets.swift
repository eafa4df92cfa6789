import ProviderKit

/// Random tokens and what is kept of them.
enum Secrets {
    /// 256 random bits, safe in a cookie and a URL.
    static func token() -> String { base64(randomBytes(32), urlSafe: true) }

    /// SHA-256 in hexadecimal: the key under which a token's facts are kept, so that who reads the
    /// store cannot use what is there.
    static func hash(_ token: String) -> String { hexadecimal(sha256(Array(token.utf8))) }

    /// Whether this could be one of our tokens; anything else is not even looked up.
    static func isToken(_ text: String) -> Bool {
        text.utf8.count == 43
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || $0 == 45 || $0 == 95
            }
    }
}
