import FoundationEssentials
import Glibc
import ProviderKit
import Vocabulary

/// The key under which provider secrets are stored. Whoever has the database but not this key
/// has no credentials.
public struct ProviderKey: Sendable {
    private let bytes: [UInt8]
    /// Tells keys apart without telling anything about them.
    public let id: String

    /// - Throws: `ProviderKeyError.notAKey` unless it is 32 bytes.
    public init(_ bytes: [UInt8]) throws {
        guard bytes.count == 32 else { throw ProviderKeyError.notAKey }
        self.bytes = bytes
        id = hexadecimal(sha256(Array("guildhall provider key".utf8) + bytes).prefix(8))
    }

    /// 64 hexadecimal digits or base64 of 32 bytes, as in `GUILDHALL_SECRET_KEY`.
    public init(text: String) throws {
        let text = text.filter { !$0.isWhitespace }
        let hex = ProviderKit.bytes(hexadecimal: text)
        guard let bytes = hex?.count == 32 ? hex : ProviderKit.bytes(base64: text) else {
            throw ProviderKeyError.notAKey
        }
        try self.init(bytes)
    }

    /// The key in `environment` if it is set, else the one in `file`, which is made at first
    /// run, readable by its owner only.
    public static func resolve(environment: String?, file: String) throws -> ProviderKey {
        if let environment, !environment.isEmpty { return try ProviderKey(text: environment) }
        // Two processes may start at once: whoever creates the file wins, the other reads it.
        let descriptor = Glibc.open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            let made = randomBytes(32)
            let line = Array((hexadecimal(made) + "\n").utf8)
            let written = write(descriptor, line, line.count)
            let synced = fsync(descriptor)
            close(descriptor)
            guard written == line.count, synced == 0 else {
                throw ProviderKeyError.fileUnusable(file, errno)
            }
            return try ProviderKey(made)
        }
        guard errno == EEXIST else { throw ProviderKeyError.fileUnusable(file, errno) }
        for _ in 0..<50 {
            let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
            if text.hasSuffix("\n") { return try ProviderKey(text: text) }
            usleep(10_000)
        }
        throw ProviderKeyError.notAKey
    }

    /// Seals secrets so that they open for this instance only.
    func seal(
        _ secrets: [String: Secret], of instance: ID<ProviderInstance>
    ) throws -> [UInt8] {
        let plain = try JSONEncoder().encode(secrets)
        return try Sealing.seal(Array(plain), key: bytes, binding: Self.binding(instance))
    }

    /// What was sealed for this instance; nothing for nil.
    func open(
        _ sealed: [UInt8]?, of instance: ID<ProviderInstance>
    ) throws -> [String: Secret] {
        guard let sealed else { return [:] }
        do {
            let plain = try Sealing.open(sealed, key: bytes, binding: Self.binding(instance))
            return try JSONDecoder().decode([String: Secret].self, from: Data(plain))
        } catch is CryptoError {
            throw ProviderKeyError.wrongKey
        }
    }

    private static func binding(_ instance: ID<ProviderInstance>) -> [UInt8] {
        Array("provider_instance:\(instance)".utf8)
    }
}

/// What can be wrong with the key, for the operator.
public enum ProviderKeyError: Error, CustomStringConvertible {
    case notAKey
    case fileUnusable(String, Int32)
    case wrongKey

    public var description: String {
        switch self {
        case .notAKey:
            "GUILDHALL_SECRET_KEY or the key file must hold 32 bytes as 64 hexadecimal digits."
        case .fileUnusable(let file, let code):
            "The key file \(file) cannot be used: \(String(cString: strerror(code)))."
        case .wrongKey:
            "Stored provider secrets were sealed under another key than the present one."
        }
    }
}
