import ProviderKit
import Testing
import Vocabulary

@Suite struct `The signing primitives` {
    @Test func `hash as the standards say`() {
        // FIPS 180-4 example, RFC 4231 test case 2.
        #expect(
            hexadecimal(sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hexadecimal(
                hmacSHA256(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func `derive as RFC 7914 says`() throws {
        let derived = try Scrypt(cost: 1024, blockSize: 8, parallelism: 16)
            .derive(Array("password".utf8), salt: Array("NaCl".utf8), length: 64)

        #expect(
            hexadecimal(derived)
                == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")
        #expect(throws: CryptoError.refused) {
            try Scrypt(cost: 1000, blockSize: 8, parallelism: 1).derive([1], salt: [2])
        }
    }

    @Test func `seal so that only key and binding open it`() throws {
        let key = randomBytes(32)
        let sealed = try Sealing.seal(Array("secret".utf8), key: key, binding: [1])

        #expect(try Sealing.open(sealed, key: key, binding: [1]) == Array("secret".utf8))
        #expect(throws: CryptoError.notAuthentic) {
            try Sealing.open(sealed, key: key, binding: [2])
        }
        #expect(throws: CryptoError.notAuthentic) {
            try Sealing.open(sealed, key: randomBytes(32), binding: [1])
        }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: CryptoError.notAuthentic) {
                try Sealing.open(changed, key: key, binding: [1])
            }
        }
        #expect(throws: CryptoError.keyLength) { try Sealing.seal([], key: [1], binding: []) }
        #expect(
            try Sealing.open(Sealing.seal([], key: key, binding: []), key: key, binding: []) == [])
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"),
    ])
    func `encode base64 as RFC 4648 says`(_ plain: String, _ encoded: String) {
        #expect(base64(Array(plain.utf8)) == encoded)
        #expect(bytes(base64: encoded) == Array(plain.utf8))
    }

    @Test func `refuse text that is no encoding`() {
        for text in ["a", "Zh==", "Zm9v!", "====", "Zg=a"] { #expect(bytes(base64: text) == nil) }
        for text in ["a", "zz", "0g"] { #expect(bytes(hexadecimal: text) == nil) }
        #expect(bytes(hexadecimal: "00fF") == [0, 255])
    }

    @Test func `secrets do not print`() {
        let secret = Secret("sk_live_1")

        #expect("\(secret) \(String(reflecting: secret)) \([secret])".contains("sk_live") == false)
    }

    @Test(arguments: [
        "http://a.example", "https://A.Example:8443/x?y#z", "http://127.0.0.1:1/",
        "http://[::1]:80/",
    ])
    func `web addresses are read`(_ text: String) { #expect(WebAddress(text) != nil) }

    @Test(arguments: [
        "https://a.example./x", "https://A.EXAMPLE.:443", "https://a.example",
    ])
    func `a web address is the same with a dot at its name's end`(_ text: String) {
        #expect(WebAddress(text)?.host == "a.example")
    }

    @Test(arguments: [
        "", "ftp://a", "http://", "http://u@a", "http://a:99999", "http://a:0", "http://a b",
        "http://a\n", "http://:80", "https://.", "https://a.example..", "https://.:443",
    ])
    func `what is no web address is refused`(_ text: String) { #expect(WebAddress(text) == nil) }
}
