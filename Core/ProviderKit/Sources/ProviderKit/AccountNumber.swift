/// An IBAN (ISO 13616) whose check digits are right.
public struct AccountNumber: Hashable, Sendable {
    /// Without blanks, in capitals.
    public let text: String

    /// Nil unless it has the shape of an IBAN and leaves 1 by modulo 97 (ISO 7064).
    public init?(iban typed: String) {
        let text = typed.uppercased().filter { !$0.isWhitespace }
        let bytes = Array(text.utf8)
        guard (15...34).contains(bytes.count), bytes[..<2].allSatisfy(Self.isLetter),
            bytes[2..<4].allSatisfy(Self.isDigit),
            bytes.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) }),
            Self.remainder(of: bytes[4...] + bytes[..<4]) == 1
        else { return nil }
        self.text = text
    }

    /// In groups of four, for people.
    public var grouped: String { Self.grouped(text) }

    static func grouped(_ text: String) -> String {
        let letters = Array(text)
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters[$0..<min($0 + 4, letters.count)]) }.joined(separator: " ")
    }

    /// What digits and capitals, these as 10 to 35, leave by modulo 97 (ISO 7064).
    static func remainder(of bytes: some Sequence<UInt8>) -> Int {
        bytes.reduce(0) { remainder, byte in
            isDigit(byte)
                ? (remainder * 10 + Int(byte - 48)) % 97
                : (remainder * 100 + Int(byte - 55)) % 97
        }
    }

    static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}

/// A BIC (ISO 9362): a bank, a country, a place, and perhaps a branch.
public struct BankCode: Hashable, Sendable {
    public let text: String

    /// Nil unless it has the shape of a BIC.
    public init?(bic typed: String) {
        let text = typed.uppercased().filter { !$0.isWhitespace }
        let bytes = Array(text.utf8)
        guard bytes.count == 8 || bytes.count == 11,
            bytes[..<6].allSatisfy(AccountNumber.isLetter),
            bytes[6...].allSatisfy({
                AccountNumber.isLetter($0) || AccountNumber.isDigit($0)
            })
        else { return nil }
        self.text = text
    }
}

/// A creditor reference (ISO 11649) that a payer copies into a transfer: `RF`, two check digits and
/// up to 21 letters and digits, so that a typing error is noticed before the money is sent.
public struct CreditorReference: Hashable, Sendable {
    /// Without blanks, in capitals.
    public let text: String

    /// The reference for `body`, with its check digits. Nil unless there are 1 to 21 capitals and
    /// digits.
    public init?(body: String) {
        let bytes = Array(body.utf8)
        guard (1...21).contains(bytes.count),
            bytes.allSatisfy({ AccountNumber.isLetter($0) || AccountNumber.isDigit($0) })
        else { return nil }
        let check = 98 - AccountNumber.remainder(of: bytes + Array("RF00".utf8))
        text = "RF" + (check < 10 ? "0" : "") + "\(check)" + body
    }

    /// Reads what was typed; nil unless its check digits are right.
    public init?(_ typed: String) {
        let text = typed.uppercased().filter { !$0.isWhitespace }
        let bytes = Array(text.utf8)
        guard (5...25).contains(bytes.count), text.hasPrefix("RF"),
            bytes[2..<4].allSatisfy(AccountNumber.isDigit),
            bytes.allSatisfy({ AccountNumber.isLetter($0) || AccountNumber.isDigit($0) }),
            AccountNumber.remainder(of: bytes[4...] + bytes[..<4]) == 1
        else { return nil }
        self.text = text
    }

    /// In groups of four, for people.
    public var grouped: String { AccountNumber.grouped(text) }
}
