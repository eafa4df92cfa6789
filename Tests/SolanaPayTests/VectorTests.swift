import ProviderKit
import Testing
import Vocabulary

@testable import SolanaPay

let sol = Currency("SOL") ?? .eur
let usdc = Currency("USDC") ?? .eur
let wallet = "mvines9iiHiQTysrwkJjGf2gb9Ex9jXJX8ns3qwf2kN"
let mainnetUSDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"

@Suite struct `Base58 and addresses` {
    @Test(arguments: [
        (
            "56d1f71a7cc97cf951530017f316d8bd0878f53ca4ba0af1a4c57f04c7b6002c",
            "6quksKSyS57UHNpM9rMtsGBEAsT2mEfUhnXBATv3ysYX"
        ),
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "11111111111111111111111111111111"
        ),
        ("0000287fb4cd", "11233QC4"), ("", ""),
    ])
    func `are written as Solana's own library writes them`(_ hex: String, _ text: String) throws {
        let raw = try #require(bytes(hexadecimal: hex))

        #expect(Base58.encode(raw) == text)
        #expect(Base58.decode(text) == raw)
    }

    @Test(arguments: ["0", "O", "I", "l", "é", " 1"])
    func `a letter that is not in the alphabet is refused`(_ text: String) {
        #expect(Base58.decode(text) == nil)
    }

    @Test func `any bytes come back`() {
        var random = SplitMix64(seed: 58)
        for length in 0..<70 {
            let raw = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next() >> 8) }
            #expect(Base58.decode(Base58.encode(raw)) == raw)
        }
    }

    @Test(arguments: ["", wallet + "1", String(wallet.dropLast()), "0x" + wallet])
    func `what is not 32 bytes is no address`(_ text: String) {
        #expect(ChainAddress(text) == nil)
    }

    // Made with `Pubkey.find_program_address` of solders 0.29.0, but for the first: it is the
    // specification's own. Bumps go down to 252, so that points of the curve are stepped over.
    @Test(arguments: [
        (wallet, true, "5ZGPSxMzV9xV5s3Wep73r8k5MsPAtLYs11dGDdknznM5"),
        (
            "3Wga6r7yBhshmEnNwTScK1GsAyE5ZkoV6TiheQAhEs6D", true,
            "BwhZU7ufcbevBa2GfYjgS7Lf98rB8irdqAD8iZRAK6yt"
        ),
        (
            "2SKNEcAnVCiKtFwWhYvj3QjSLepR4eh8rDpHab3xPtRD", true,
            "ENYvrDhhyjJxXzCVT79U8gpCjTVHetWJp1a8tZHpNW3"
        ),
        (
            "8czYjmTuzoZEBC5dXDExuUrKMzHei6uwij6WmMnWoW4o", false,
            "Bfh8udjwC7qpAtj6duvNYjvDQsZq6fqvbP8h73HkAaq4"
        ),
        (
            "1KsF3tZjgA5TgU9GkvjRECmUfUDkqo1YqeMf5PFAkjH", false,
            "E7x2PydY9q6acf1Bjm6wPX6nvCA56F5opbcHFFxheFgX"
        ),
        (
            "5qhsxsKCtnFL6LJZgSExcFaHHSLvYachjtVjj7wNVR89", true,
            "DT7unQguyx8JS8TdGNY9o7X1kxJsv4jfrkWpSP84bMyd"
        ),
        (
            "5qhsxsKCtnFL6LJZgSExcFaHHSLvYachjtVjj7wNVR89", false,
            "9wRcqyaE78fY4Vtogi1dieFaaHin4rjMsTvtK9jvt1Pq"
        ),
    ])
    func `a wallet's token account is derived as the chain derives it`(
        _ owner: String, _ isToken: Bool, _ account: String
    ) throws {
        let derived = ChainAddress.associatedAccount(
            of: try #require(ChainAddress(owner)), mint: try #require(ChainAddress(mainnetUSDC)),
            program: isToken ? .token : .token2022)

        #expect(derived?.description == account)
    }

    // `Pubkey.is_on_curve` of solders 0.29.0 for SHA-256 of "p0" to "p23".
    @Test func `points of the curve are told from other bytes`() {
        let points: Set<Int> = [0, 1, 2, 5, 8, 14, 15, 17, 18, 19, 21]
        for number in 0..<24 {
            let hash = sha256(Array("p\(number)".utf8))
            #expect(ChainAddress(bytes: hash)?.isOnCurve == points.contains(number))
        }
    }
}

@Suite struct `A transfer request` {
    static let reference = "6quksKSyS57UHNpM9rMtsGBEAsT2mEfUhnXBATv3ysYX"

    @Test(arguments: ["0", "1", "0.01", "1.5", "0.000000001", "100000"])
    func `has amounts as the specification writes them`(_ text: String) throws {
        let amount = try #require(TransferRequest.amount(text, sol))

        #expect(TransferRequest.decimal(amount) == text)
    }

    @Test(arguments: [
        "-1", ".5", "1.", "1e3", "1,5", "+1", "", " 1", "0.0000000001", "0.1000000000", "1.2.3",
        "99999999999999999999",
    ])
    func `refuses an amount that is malformed`(_ text: String) {
        #expect(TransferRequest.amount(text, sol) == nil)
    }

    @Test func `is the address of the specification`() throws {
        let request = TransferRequest(
            recipient: try #require(ChainAddress(wallet)), amount: Money(10_000, usdc),
            mint: ChainAddress(mainnetUSDC), reference: try #require(ChainAddress(Self.reference)))

        #expect(
            request.address(label: "Shop", message: "Order #42 & more") == """
                solana:\(wallet)?amount=0.01&spl-token=\(mainnetUSDC)&reference=\(Self.reference)\
                &label=Shop&message=Order%20%2342%20%26%20more
                """)
        #expect(TransferRequest(request.canonical) == request)
        #expect(TransferRequest(request.address(label: "Ä", message: "b")) == request)
        #expect(request.canonical.utf8.count <= 200)
    }

    @Test func `the largest amount still fits where references are kept`() throws {
        let request = TransferRequest(
            recipient: try #require(ChainAddress(wallet)), amount: Money(999_999_999_999_999, usdc),
            mint: ChainAddress(mainnetUSDC), reference: try #require(ChainAddress(Self.reference)))

        #expect(request.canonical.utf8.count <= 200)
    }

    @Test(arguments: [
        "solana:https://example.com", "solana:\(wallet)", "solana:\(wallet)?amount=1",
        "solana:\(wallet)?reference=\(reference)",
        "solana:\(wallet)?amount=1&amount=2&reference=\(reference)",
        "solana:\(wallet)?amount=1&reference=\(reference)&reference=\(reference)",
        "solana:\(wallet)?amount=1&reference=short", "bitcoin:\(wallet)?amount=1",
        "solana:\(wallet)?amount=1&spl-token=x&reference=\(reference)",
    ])
    func `is not read from what is none`(_ text: String) {
        #expect(TransferRequest(text) == nil)
    }
}
