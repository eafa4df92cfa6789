import ProviderKit
import Vocabulary

/// A password that somebody typed, and how it is kept: `scrypt$N$r$p$salt$hash` in base64.
struct Password: Sendable {
    /// NIST SP 800-63B asks for at least eight; ten costs nobody anything.
    static let lengthMin = 10
    /// Bounds the work that one request can ask for.
    static let lengthMax = 200

    private let bytes: [UInt8]

    /// A password to compare: any text will do, the comparison says no.
    init(_ text: String) { bytes = Array(text.utf8.prefix(4 * Self.lengthMax)) }

    /// A password to be set.
    /// - Throws: ``AccountRefusal`` when it is too short, too long, or one character repeated,
    ///   or the account's own address.
    init(choosing text: String, for email: String) throws(AccountRefusal) {
        let length = text.unicodeScalars.count
        guard length >= Self.lengthMin else { throw .passwordTooShort }
        guard length <= Self.lengthMax else { throw .passwordTooLong }
        guard Set(text.unicodeScalars).count >= 3, text.lowercased() != email else {
            throw .passwordGuessable
        }
        bytes = Array(text.utf8)
    }

    /// Hashes under a new salt. Blocks its thread for about a tenth of a second.
    func hashed() throws -> String {
        let salt = randomBytes(16)
        let scrypt = Scrypt.password
        let hash = try scrypt.derive(bytes, salt: salt)
        return "scrypt$\(scrypt.cost)$\(scrypt.blockSize)$\(scrypt.parallelism)"
            + "$\(base64(salt))$\(base64(hash))"
    }

    /// Whether `stored` was made of this password. Blocks as ``hashed()`` does, also when
    /// `stored` is nil, so that the time does not tell whether there is an account.
    func matches(_ stored: String?) throws -> Bool {
        guard let stored else {
            _ = try Scrypt.password.derive(bytes, salt: [UInt8](repeating: 0, count: 16))
            return false
        }
        let parts = stored.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let cost = UInt64(parts[1]),
            let blockSize = UInt64(parts[2]), let parallelism = UInt64(parts[3]),
            let salt = ProviderKit.bytes(base64: parts[4]),
            let hash = ProviderKit.bytes(base64: parts[5])
        else { throw PasswordFault.unreadable }
        let scrypt = Scrypt(cost: cost, blockSize: blockSize, parallelism: parallelism)
        return constantTimeEqual(try scrypt.derive(bytes, salt: salt, length: hash.count), hash)
    }
}

/// A stored hash that is not of the form that we write: a fault, never a wrong password.
enum PasswordFault: Error { case unreadable }
