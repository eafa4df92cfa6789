/// Base58 as Bitcoin and Solana write bytes: no checksum, one `1` for each leading zero byte.
enum Base58 {
    private static let letters = Array(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    /// Longer texts are nothing that a chain writes, and decoding costs the square of the length.
    /// The largest packet of a transaction has 1232 bytes.
    static let textBytesMax = 1700

    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var digits: [UInt8] = []
        for byte in bytes {
            var carry = Int(byte)
            for index in digits.indices {
                carry += Int(digits[index]) << 8
                digits[index] = UInt8(carry % 58)
                carry /= 58
            }
            while carry > 0 {
                digits.append(UInt8(carry % 58))
                carry /= 58
            }
        }
        let zeros = bytes.prefix { $0 == 0 }.count
        let text =
            [UInt8](repeating: letters[0], count: zeros)
            + digits.reversed().map { letters[Int($0)] }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything that is not base58, and for what is too long.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count <= textBytesMax else { return nil }
        var number: [UInt8] = []
        for letter in text.utf8 {
            guard let digit = letters.firstIndex(of: letter) else { return nil }
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
        let zeros = text.utf8.prefix { $0 == letters[0] }.count
        return [UInt8](repeating: 0, count: zeros) + number.reversed()
    }
}
