/// Checks of what identifies an account at a bank or on a chain. Pure.
enum BankAccount {
    /// The IBAN without blanks and in capitals, or nil unless its country's length (as far as
    /// it is in the table) and its check digits are right (ISO 13616, ISO 7064 mod 97-10).
    static func normalizedIBAN(_ text: String) -> String? {
        let iban = text.uppercased().filter { !$0.isWhitespace }
        let bytes = Array(iban.utf8)
        guard (15...34).contains(bytes.count), bytes.count == iban.count,
            bytes[0...1].allSatisfy(isLetter), bytes[2...3].allSatisfy(isDigit),
            bytes.allSatisfy({ isLetter($0) || isDigit($0) })
        else { return nil }
        if let length = lengths[String(iban.prefix(2))], bytes.count != length { return nil }
        var remainder = 0
        for byte in bytes[4...] + bytes[..<4] {
            remainder =
                isDigit(byte)
                ? (remainder * 10 + Int(byte - 48)) % 97
                : (remainder * 100 + Int(byte - 55)) % 97
        }
        return remainder == 1 ? iban : nil
    }

    /// The BIC in capitals, or nil unless it has the shape of ISO 9362.
    static func normalizedBIC(_ text: String) -> String? {
        let bic = text.uppercased().filter { !$0.isWhitespace }
        let bytes = Array(bic.utf8)
        guard bytes.count == 8 || bytes.count == 11, bytes[4..<6].allSatisfy(isLetter),
            bytes.allSatisfy({ isLetter($0) || isDigit($0) })
        else { return nil }
        return bic
    }

    /// Whether `text` is 32 bytes in base58, as Solana writes a public key.
    static func isSolanaAddress(_ text: String) -> Bool {
        let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
        guard (32...44).contains(text.utf8.count) else { return false }
        var number: [UInt8] = []
        for byte in text.utf8 {
            guard let digit = alphabet.firstIndex(of: byte) else { return false }
            var carry = digit
            for index in number.indices {
                carry += Int(number[index]) * 58
                number[index] = UInt8(carry & 255)
                carry >>= 8
            }
            while carry > 0 {
                number.append(UInt8(carry & 255))
                carry >>= 8
            }
        }
        let zeros = text.utf8.prefix { $0 == UInt8(ascii: "1") }.count
        return zeros + number.count == 32
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// Lengths from the IBAN registry for the countries whose sellers are likely.
    private static let lengths: [String: Int] = [
        "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24,
        "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21,
        "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
        "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19,
        "SK": 24, "SM": 27, "TR": 26, "UA": 29,
    ]
}
