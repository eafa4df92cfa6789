import Foundation
import Glibc
import ProviderKit

/// The key under which providers' secrets are encrypted: 32 bytes from the environment or a file.
/// While it is being changed there are several, the newest first.
enum SecretKey {
    static let byteCount = 32

    /// The keys that `settings` name, the newest first; at least one.
    /// - Throws: ``OperatorProblem`` when the file is missing or damaged.
    static func read(_ settings: Settings.Key) throws -> [[UInt8]] {
        if let hex = settings.hex, let ring = ring(text: hex) { return ring }
        let text: String
        do {
            text = try String(contentsOfFile: settings.file, encoding: .utf8)
        } catch {
            throw OperatorProblem(
                "The secret key \(settings.file) cannot be read; guildhall up makes a first one, "
                    + "or set GUILDHALL_KEY_FILE to yours.")
        }
        guard let ring = ring(text: text) else {
            throw OperatorProblem("The secret key \(settings.file) is not 64 hexadecimal digits.")
        }
        return ring
    }

    /// Makes the file when there is neither a file nor a key in the environment.
    /// - Returns: whether it was made now.
    static func makeIfMissing(_ settings: Settings.Key) throws -> Bool {
        let files = FileManager.default
        guard settings.hex == nil, !files.fileExists(atPath: settings.file) else { return false }
        let folder = URL(fileURLWithPath: settings.file).deletingLastPathComponent().path
        try files.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try write([randomBytes(byteCount)], to: settings.file)
        return true
    }

    /// Makes the file of the apps' own keys, when keys are in files here and there is none. What
    /// was stored without it still opens.
    static func makeAccountsIfMissing(_ settings: Settings.Key) throws {
        let files = FileManager.default
        guard settings.hex == nil, settings.webHex == nil,
            files.fileExists(atPath: settings.file),
            !files.fileExists(atPath: settings.accountsFile)
        else { return }
        try write(
            [randomBytes(byteCount)] + accountsWithoutFile(settings), to: settings.accountsFile)
    }

    /// Puts these keys in the file, whole or not at all, whenever the process ends.
    static func write(_ ring: [[UInt8]], to file: String) throws {
        let text = ring.map { hexadecimal($0) + "\n" }.joined()
        let draft = "\(file).\(getpid()).new"
        let problem = OperatorProblem("The secret key \(file) cannot be written.")
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem }
        let bytes = Array(text.utf8)
        let isWritten =
            Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(draft, file) == 0 else {
            unlink(draft)
            throw problem
        }
        // The folder remembers the new name only when it is told to.
        let folder = open(URL(fileURLWithPath: file).deletingLastPathComponent().path, O_RDONLY)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// The key under which forms are signed: of its own, so that the apps need not have the one
    /// that opens providers' secrets. Made from the oldest, so that processes agree on forms while
    /// the key is being changed.
    static func web(_ settings: Settings.Key) throws -> [UInt8] {
        if let ring = settings.webHex.flatMap(ring(text:)) { return ring[ring.count - 1] }
        let keys = try read(settings)
        return hmacSHA256(Array("web forms".utf8), key: keys[keys.count - 1])
    }

    /// What the keys are made of under which apps store what only they may read, the newest first.
    /// They stand in a file of their own beside the providers', so that each is changed without
    /// the other, and the apps need not have the providers'; without that file they are made of
    /// what forms are signed with.
    static func accounts(_ settings: Settings.Key) throws -> [[UInt8]] {
        guard let text = try? String(contentsOfFile: settings.accountsFile, encoding: .utf8) else {
            return try accountsWithoutFile(settings)
        }
        guard let ring = ring(text: text) else {
            throw OperatorProblem(
                "The key \(settings.accountsFile) is not 64 hexadecimal digits.")
        }
        return ring
    }

    private static func accountsWithoutFile(_ settings: Settings.Key) throws -> [[UInt8]] {
        if let ring = settings.webHex.flatMap(ring(text:)) { return ring }
        return try read(settings).map { hmacSHA256(Array("web forms".utf8), key: $0) }
    }

    /// Keys with commas or lines between; nil unless each is 64 hexadecimal digits.
    static func ring(text: String) -> [[UInt8]]? {
        let parts = text.split { $0 == "," || $0.isWhitespace }
        let keys = parts.compactMap { bytes(hexadecimal: String($0)) }
            .filter { $0.count == byteCount }
        return keys.isEmpty || keys.count != parts.count ? nil : keys
    }
}
