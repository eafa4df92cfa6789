import Testing
import Vocabulary

@Suite struct `Amounts of money` {
    @Test(arguments: [0, 1, 2, 645, 999_999_999_999_999] as [Int64])
    func `split by any weights adds up to the last unit`(amount: Int64) throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let weights = (0..<Int.random(in: 1...50, using: &generator)).map { _ in
                UInt64.random(in: 0...1_000_000, using: &generator)
            }
            guard weights.contains(where: { $0 > 0 }) else { continue }

            let parts = try Money(amount, .eur).allocated(by: weights)

            #expect(parts.reduce(0) { $0 + $1.amount } == amount)
            #expect(!parts.contains { $0.isNegative })
        }
    }

    @Test func `6.45 split 30 to 70 is 1.94 and 4.51`() throws {
        let parts = try Money(645, .eur).allocated(by: [30, 70])

        #expect(parts.map(\.amount) == [194, 451])
    }

    @Test func `adding different currencies is an error`() {
        #expect(throws: MoneyError.currencyMismatch) { try Money(1, .eur).adding(Money(1, .usd)) }
    }

    @Test func `overflow is an error, not a trap`() {
        #expect(throws: MoneyError.overflow) { try Money(.max, .eur).adding(Money(1, .eur)) }
        #expect(throws: MoneyError.overflow) { try Money(.max, .eur).multiplied(by: 2) }
    }

    @Test(arguments: [("19.99", 1999), ("5", 500), ("0.1", 10), ("15.990", 1599), ("-3.50", -350)])
    func `reads plain decimals exactly`(text: String, amount: Int64) {
        #expect(Money(decimal: text, .eur)?.amount == amount)
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "1e3", "1,50", "NaN", "1.999", "--1", "99999999999999999",
        "0." + String(repeating: "0", count: 31),
    ])
    func `refuses what is not a plain decimal`(text: String) {
        #expect(Money(decimal: text, .eur) == nil)
    }

    @Test func `writes the digits of the currency`() {
        #expect(Money(-5, .eur).description == "-0.05 EUR")
        #expect(Money(1200, .jpy).description == "1200 JPY")
        #expect(Money(1234, .kwd).description == "1.234 KWD")
    }

    @Test func `tax that is included rounds half away from zero`() throws {
        #expect(try PartsPerMillion(percent: 19).included(in: Money(11900, .eur)).amount == 1900)
        #expect(try PartsPerMillion(percent: 19).included(in: Money(999, .eur)).amount == 160)
        #expect(try PartsPerMillion(107_500).of(Money(1000, .usd)).amount == 108)
    }
}

@Suite struct `An id` {
    @Test func `survives its text form and sorts by time`() throws {
        let early = ID<Int>(at: Instant(secondsSince1970: 1_000_000))
        let late = ID<Int>(at: Instant(secondsSince1970: 1_000_001))

        #expect(ID<Int>(early.description) == early)
        #expect(early < late)
        #expect(early.description < late.description)
    }

    @Test func `of one millisecond sorts by the microsecond, and is a UUID of version 7`() {
        let start: Int64 = 1_763_900_000_123_000
        let ids = (0..<1000).map { ID<Int>(at: Instant(microsecondsSince1970: start + $0)) }

        #expect(ids == ids.sorted())
        #expect(Set(ids.map(\.madeAt.microsecondsSince1970)) == [start])
        for id in ids {
            let text = Array(id.description)
            #expect(text[14] == "7" && "89ab".contains(text[19]))
        }
        #expect(ID<Int>(at: Instant(microsecondsSince1970: start)) != ids[0])
    }

    @Test(arguments: [
        "", "x", "0190c2f0-7b1a-7c3e-8a4d-0123456789a", "0190c2f07b1a7c3e8a4d0123456789ab",
    ])
    func `refuses what is not a UUID`(text: String) {
        #expect(ID<Int>(text) == nil)
    }
}

@Suite struct `An instant` {
    @Test(arguments: [
        "2026-11-21T01:42:12Z", "1969-12-31T23:59:59Z", "2024-02-29T12:00:00.123456Z",
    ])
    func `survives its text form`(text: String) {
        #expect(Instant(text)?.description == text)
    }

    @Test(
        arguments: [
            (Int64.max, "9999-12-31T23:59:59.999999Z"),
            (253_402_300_800, "9999-12-31T23:59:59.999999Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"), (-62_135_596_800, "0001-01-01T00:00:00Z"),
            (Int64.min, "0001-01-01T00:00:00Z"),
        ] as [(Int64, String)])
    func `beyond all years is the last or the first, wherever the number came from`(
        seconds: Int64, text: String
    ) {
        let instant = Instant(secondsSince1970: seconds)

        #expect(instant.description == text)
        #expect(instant.advanced(by: .seconds(Int64.max)) == .latest)
        #expect(instant.advanced(by: .seconds(Int64.min)) == .earliest)
        #expect(Instant(text) == instant)
    }

    @Test func `reads what PostgreSQL writes`() {
        #expect(Instant("2026-11-21 01:42:12.5+00")?.description == "2026-11-21T01:42:12.500000Z")
        #expect(Instant("2026-11-21 03:42:12+02:00")?.description == "2026-11-21T01:42:12Z")
    }
}
