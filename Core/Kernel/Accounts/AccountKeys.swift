import ProviderKit
import Vocabulary

/// The keys under which what only apps may read is stored, such as the secrets of second factors:
/// the newest seals, each opens what it sealed. They are not the providers' keys, which the
/// provider host has alone; each purpose has one of its own (RFC 5869).
struct AccountKeys: Sendable {
    private let keys: [[UInt8]]

    /// - Parameter material: at least one, of 32 bytes each, the newest first.
    /// - Throws: `ProviderKeyError.notAKey` for none, or one of another length.
    init(_ material: [[UInt8]], for purpose: String) throws {
        guard !material.isEmpty, material.allSatisfy({ $0.count == 32 }) else {
            throw ProviderKeyError.notAKey
        }
        keys = material.map { hkdfSHA256($0, info: Array("guildhall \(purpose)".utf8)) }
    }

    /// Tells keys apart without telling anything about them.
    var newestID: String { Self.id(keys[0]) }

    /// Of the keys before it that are still known.
    var olderIDs: [String] { keys.dropFirst().map(Self.id) }

    private static func id(_ key: [UInt8]) -> String {
        hexadecimal(sha256(Array("guildhall account key".utf8) + key).prefix(8))
    }

    /// What is sealed opens with the same binding only.
    func seal(_ plain: [UInt8], binding: String) throws -> SealedSecrets {
        SealedSecrets(
            bytes: try Sealing.seal(plain, key: keys[0], binding: Array(binding.utf8)),
            keyID: newestID)
    }

    /// - Throws: `ProviderKeyError.wrongKey` when the key is gone or the bytes are not what was
    ///   sealed.
    func open(_ sealed: [UInt8], keyID: String, binding: String) throws -> [UInt8] {
        guard let key = keys.first(where: { Self.id($0) == keyID }) else {
            throw ProviderKeyError.wrongKey
        }
        do {
            return try Sealing.open(sealed, key: key, binding: Array(binding.utf8))
        } catch { throw ProviderKeyError.wrongKey }
    }
}
