import ProviderKit
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `One-time passwords` {
    private static let secret = Array("12345678901234567890".utf8)

    /// RFC 4226, appendix D.
    @Test(arguments: [
        (Int64(0), "755224"), (1, "287082"), (2, "359152"), (3, "969429"), (4, "338314"),
        (5, "254676"), (6, "287922"), (7, "162583"), (8, "399871"), (9, "520489"),
    ])
    func `of a counter are those of RFC 4226`(counter: Int64, code: String) {
        #expect(OneTimePassword.code(of: Self.secret, counter: counter) == code)
    }

    /// RFC 6238, appendix B, the rows of SHA-1.
    @Test(arguments: [
        (Int64(59), "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"), (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ])
    func `of a time are those of RFC 6238`(seconds: Int64, code: String) {
        let step = OneTimePassword.step(at: Instant(secondsSince1970: seconds))
        #expect(OneTimePassword.code(of: Self.secret, counter: step, digits: 8) == code)
    }

    @Test func `are taken one step early or late, each once`() {
        let password = OneTimePassword(secret: Self.secret)
        let now = Instant(secondsSince1970: 1_234_567_890)
        let step = OneTimePassword.step(at: now)
        func code(_ offset: Int64) -> String {
            OneTimePassword.code(of: Self.secret, counter: step + offset)
        }

        for offset in Int64(-1)...1 {
            #expect(password.step(of: code(offset), at: now, after: 0) == step + offset)
        }
        #expect(password.step(of: code(-2), at: now, after: 0) == nil)
        #expect(password.step(of: code(2), at: now, after: 0) == nil)
        #expect(password.step(of: code(0), at: now, after: step) == nil)
        #expect(password.step(of: code(1), at: now, after: step) == step + 1)
        #expect(password.step(of: "", at: now, after: 0) == nil)
    }

    @Test func `are asked of apps by a key URI that they all read`() {
        let uri = OneTimePassword(secret: Self.secret).uri(
            issuer: "Guildhall", account: "ada+shop@example.org")

        #expect(
            uri == "otpauth://totp/Guildhall%3Aada%2Bshop%40example.org"
                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Guildhall"
                + "&algorithm=SHA1&digits=6&period=30")
    }

    /// RFC 5869, appendix A.1 and A.3.
    @Test func `are kept under keys that are derived as RFC 5869 says`() {
        let key = [UInt8](repeating: 0x0b, count: 22)
        let info: [UInt8] = Array(0xf0...0xf9)
        #expect(
            hexadecimal(hkdfSHA256(key, salt: Array(0...12), info: info, count: 42))
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                + "34007208d5b887185865")
        #expect(
            hexadecimal(hkdfSHA256(key, info: [], count: 42))
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                + "9d201395faa4b61a96c8")
    }

    @Test func `are written in base 32 as RFC 4648 writes it`() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"]
        #expect(
            texts.map { base32(Array($0.utf8)) }
                == ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"])
    }
}
