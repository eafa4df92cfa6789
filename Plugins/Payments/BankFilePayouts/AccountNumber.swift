/// An IBAN (ISO 13616) whose check digits are right.
struct AccountNumber: Hashable, Sendable {
    /// Without blanks, in capitals.
    let text: String

    /// Nil unless it has the shape of an IBAN and leaves 1 by modulo 97 (ISO 7064).
    init?(iban typed: String) {
        let text = typed.uppercased().filter { !$0.isWhitespace }
        let bytes = Array(text.utf8)
        guard (15...34).contains(bytes.count), bytes[..<2].allSatisfy(Self.isLetter),
            bytes[2..<4].allSatisfy(Self.isDigit),
            bytes.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) })
        else { return nil }
        var remainder = 0
        for byte in bytes[4...] + bytes[..<4] {
            remainder =
                Self.isDigit(byte)
                ? (remainder * 10 + Int(byte - 48)) % 97
                : (remainder * 100 + Int(byte - 55)) % 97
        }
        guard remainder == 1 else { return nil }
        self.text = text
    }

    static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}

/// A BIC (ISO 9362): a bank, a country, a place, and perhaps a branch.
struct BankCode: Hashable, Sendable {
    let text: String

    init?(bic typed: String) {
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
