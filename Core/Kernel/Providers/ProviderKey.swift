import FoundationEssentials
import Glibc
import ProviderKit
import Synchronization
import Vocabulary

/// The key under which provider secrets are stored, and those before it that they may still be
/// under. Whoever has the database but not this key has no credentials.
public struct ProviderKey: Sendable {
    /// One key; `id` tells keys apart without telling anything about them.
    private struct Single: Sendable {
        let bytes: [UInt8]
        let id: String

        init(_ bytes: [UInt8]) throws {
            guard bytes.count == 32 else { throw ProviderKeyError.notAKey }
            self.bytes = bytes
            id = hexadecimal(sha256(Array("guildhall provider key".utf8) + bytes).prefix(8))
        }
    }

    private final class Ring: Sendable {
        let keys: Mutex<[Single]>
        init(_ keys: [Single]) { self.keys = Mutex(keys) }
    }

    private let ring: Ring
    private let reading: @Sendable () throws -> [[UInt8]]

    /// - Throws: `ProviderKeyError.notAKey` unless it is 32 bytes.
    public init(_ bytes: [UInt8]) throws { try self.init { [bytes] } }

    /// Keys that may be changed while the process runs. `reading` answers all of them, the newest
    /// first; it is asked now, before something is sealed, and when none of those known opens a
    /// secret.
    /// - Throws: what `reading` throws; `notAKey` unless there is one, of 32 bytes each.
    public init(reading: @escaping @Sendable () throws -> [[UInt8]]) throws {
        self.reading = reading
        ring = Ring([])
        _ = try readAgain()
    }

    /// The id of the newest key, under which everything is sealed from now on.
    public var id: String { ring.keys.withLock { $0[0].id } }

    /// The id of the newest key, after a look whether there is another.
    func readNewestID() throws -> String { try readAgain()[0].id }

    private func readAgain() throws -> [Single] {
        let keys = try reading().map { try Single($0) }
        guard !keys.isEmpty else { throw ProviderKeyError.notAKey }
        ring.keys.withLock { $0 = keys }
        return keys
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

    /// Seals secrets under the newest key, so that they open for this instance only. Nil for none.
    func seal(
        _ secrets: [String: Secret], of instance: ID<ProviderInstance>
    ) throws -> SealedSecrets {
        let key = try readAgain()[0]
        guard !secrets.isEmpty else { return SealedSecrets(bytes: nil, keyID: key.id) }
        let plain = try JSONEncoder().encode(secrets)
        let sealed = try Sealing.seal(
            Array(plain), key: key.bytes, binding: Self.binding(instance))
        return SealedSecrets(bytes: sealed, keyID: key.id)
    }

    /// What was sealed for this instance, under whichever key; nothing for nil.
    /// - Throws: `ProviderKeyError.wrongKey` when none of the keys opens it.
    func open(
        _ sealed: [UInt8]?, of instance: ID<ProviderInstance>
    ) throws -> [String: Secret] {
        guard let sealed else { return [:] }
        let known = ring.keys.withLock { $0 }
        if let secrets = try open(sealed, of: instance, with: known) { return secrets }
        // Another process may have changed the key.
        if let secrets = try open(sealed, of: instance, with: try readAgain()) { return secrets }
        throw ProviderKeyError.wrongKey
    }

    private func open(
        _ sealed: [UInt8], of instance: ID<ProviderInstance>, with keys: [Single]
    ) throws -> [String: Secret]? {
        for key in keys {
            do {
                let plain = try Sealing.open(
                    sealed, key: key.bytes, binding: Self.binding(instance))
                return try JSONDecoder().decode([String: Secret].self, from: Data(plain))
            } catch is CryptoError {
                continue
            }
        }
        return nil
    }

    private static func binding(_ instance: ID<ProviderInstance>) -> [UInt8] {
        Array("provider_instance:\(instance)".utf8)
    }
}

/// Secrets as they are stored.
struct SealedSecrets: Sendable {
    let bytes: [UInt8]?
    let keyID: String
}

/// What can be wrong with the key, for the operator.
public enum ProviderKeyError: Error, CustomStringConvertible {
    case notAKey
    case fileUnusable(String, Int32)
    case wrongKey
    /// The process has no key: its modules are in a provider host.
    case notHere

    public var description: String {
        switch self {
        case .notAKey:
            "GUILDHALL_SECRET_KEY or the key file must hold 32 bytes as 64 hexadecimal digits."
        case .fileUnusable(let file, let code):
            "The key file \(file) cannot be used: \(String(cString: strerror(code)))."
        case .notHere:
            "The key is the provider host's alone; unset GUILDHALL_PROVIDER_SOCKET for this."
        case .wrongKey:
            "Stored provider secrets were sealed under another key than the present one."
        }
    }
}
