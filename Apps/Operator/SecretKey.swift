import Foundation

/// The key under which providers' secrets are encrypted: 32 bytes from the environment or a file.
enum SecretKey {
    static let byteCount = 32

    /// The key that `settings` name.
    /// - Throws: ``OperatorProblem`` when the file is missing or damaged.
    static func read(_ settings: Settings.Key) throws -> [UInt8] {
        if let hex = settings.hex, let bytes = bytes(hex: hex) { return bytes }
        let text: String
        do {
            text = try String(contentsOfFile: settings.file, encoding: .utf8)
        } catch {
            throw OperatorProblem(
                "The secret key \(settings.file) cannot be read; guildhall up makes a first one, "
                    + "or set GUILDHALL_KEY_FILE to yours.")
        }
        guard let bytes = bytes(hex: text) else {
            throw OperatorProblem("The secret key \(settings.file) is not 64 hexadecimal digits.")
        }
        return bytes
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
        let hex = (0..<byteCount).map { _ in
            let byte = UInt8.random(in: .min ... .max)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        let made = files.createFile(
            atPath: settings.file, contents: Data(hex.joined().utf8),
            attributes: [.posixPermissions: 0o600])
        guard made else {
            throw OperatorProblem("The secret key \(settings.file) cannot be written.")
        }
        return true
    }

    /// Nil unless `hex` is 64 hexadecimal digits, white space around them aside.
    static func bytes(hex: String) -> [UInt8]? {
        let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
        guard digits.count == byteCount * 2, hex.filter({ !$0.isWhitespace }).count == digits.count
        else { return nil }
        return stride(from: 0, to: digits.count, by: 2)
            .map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
