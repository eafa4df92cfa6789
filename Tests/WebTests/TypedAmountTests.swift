import Testing
import Vocabulary

@testable import Kernel
@testable import Web

@Suite struct `Amounts as people write them` {
    private func read(_ text: String, _ code: String) throws -> Int64 {
        let currency = try #require(Currency(code))
        return try TypedAmount.read(text, currency, field: "amount").amount
    }

    @Test func `are exact in every currency's digits`() throws {
        for (text, code, wanted) in [
            ("12.50", "EUR", Int64(1250)), ("12,50", "EUR", 1250), ("12", "EUR", 1200),
            ("12.5", "EUR", 1250), (" 1 200,00 ", "EUR", 120_000), ("0.01", "EUR", 1),
            ("1250", "JPY", 1250), ("1.250", "KWD", 1250), ("1.25", "KWD", 1250),
            ("9007199254740.93", "EUR", 900_719_925_474_093), ("1.234,50", "EUR", 123_450),
            ("1,234.50", "EUR", 123_450), ("1.234.567", "EUR", 123_456_700),
            ("1\u{202F}234,50", "EUR", 123_450), ("-1.234,5", "EUR", -123_450),
            ("1.234,500", "KWD", 1_234_500), ("0.000000001", "SOL", 1),
            ("1.2340", "SOL", 1_234_000_000), ("1234", "USDC", 1_234_000_000),
        ] {
            #expect(try read(text, code) == wanted, "\(text) \(code)")
        }
    }

    @Test func `are refused with how they are written right`() throws {
        for (text, code) in [
            ("12.505", "EUR"), ("12.5", "JPY"), ("1,250", "EUR"), ("1,250", "KWD"),
            ("1.250", "EUR"), ("1.000", "EUR"), ("1.000", "JPY"), ("1,000", "JPY"),
            ("12.34,50", "EUR"), ("1,23.50", "EUR"), ("1.234,5.0", "EUR"), ("1234,567.8", "EUR"),
            ("1.2.3", "EUR"), (",234.50", "EUR"), ("abc", "EUR"), ("", "EUR"), (".", "EUR"),
            ("1.234", "SOL"), ("1,234", "SOL"), ("1.234", "USDC"), ("12.505", "USDC"),
            ("1e3", "EUR"), ("12.50 €", "EUR"), ("99999999999999999999", "EUR"),
        ] {
            let refusal = #expect(throws: InvalidInput.self, "\(text) \(code)") {
                try read(text, code)
            }
            #expect(refusal?.field == "amount")
        }
        let refusal = #expect(throws: InvalidInput.self) { try read("12.505", "EUR") }
        #expect(
            refusal?.explanation
                == "Write it in EUR with at most 2 digits after the point, such as 12.50.")
    }

    /// Of the currencies that the market knows, with 0 to 9 digits.
    @Test(arguments: ["JPY", "EUR", "KWD", "USDC", "SOL"])
    func `are read again as a form writes them, in every language`(code: String) throws {
        let currency = try #require(Currency(code))
        for language in Language.allCases {
            for amount in [1, 12, 999, 1000, 1234, 1_234_000, 1_234_567_890] as [Int64] {
                let words = Words(language, [:], sentences: [])
                let typed = Words.$current.withValue(words) {
                    Format.typed(Money(amount, currency))
                }
                #expect(try read(typed, code) == amount, "\(typed) in \(language)")
            }
        }
    }

    @Test func `that only narrow a search are taken as whole where they could be`() {
        for (text, wanted) in [
            ("1.000", Int64(100_000)), ("1,000", 100_000), ("1.234,50", 123_450),
            ("12,5", 1250), ("12.505", 1_250_500), ("1.23.4", nil), ("abc", nil), ("", nil),
        ] {
            #expect(TypedAmount.guess(text, .eur)?.amount == wanted, "\(text)")
        }
    }

    @Test func `become minor units before a form is read`() throws {
        let items = [
            (name: "amount@unit", value: "12,50"), (name: "unit", value: "EUR"),
            (name: "least@unit", value: " "), (name: "other", value: "a@b"),
        ]

        let read = try TypedAmount.inMinorUnits(items)

        #expect(read.map(\.name) == ["amount", "unit", "least", "other"])
        #expect(read.map(\.value) == ["1250", "EUR", "", "a@b"])
        #expect(throws: InvalidInput.self) {
            try TypedAmount.inMinorUnits([(name: "amount@unit", value: "12.50")])
        }
    }
}

@Suite struct `Rates as people write them` {
    @Test func `are exact to the part per million`() throws {
        for (text, wanted) in [
            ("12.5", Int64(125_000)), ("12,5 %", 125_000), ("12.5%", 125_000), ("0", 0),
            ("100", 1_000_000), ("0.0001", 1), ("19", 190_000), ("7.10", 71_000),
            ("1,234", 12_340), (" 8.25\u{A0}% ", 82_500),
        ] {
            #expect(try TypedPercent.read(text, field: "rate").value == wanted, "\(text)")
        }
    }

    @Test(arguments: [
        "", " ", "%", "-1", "100.0001", "110", "1000000", "12.50001", "1.2.3", "abc", "1e1",
        ".5", "5.", "１２", "12 percent",
    ])
    func `are refused with how they are written right`(text: String) {
        let refusal = #expect(throws: InvalidInput.self) {
            try TypedPercent.read(text, field: "rate")
        }
        #expect(refusal?.field == "rate")
        #expect(refusal?.explanation.contains("from 0 to 100") == true)
        #expect(refusal?.explanation.hasSuffix("such as 12.5.") == true)
    }

    @Test func `are shown as they are typed, and become parts per million`() throws {
        for rate in [0, 1, 12, 125_000, 82_500, 999_999, 1_000_000] as [Int64] {
            let typed = PartsPerMillion(rate).typedPercent
            #expect(try TypedPercent.read(typed, field: "rate").value == rate, "\(typed)")
        }
        let read = try TypedAmount.inMinorUnits([(name: "rate@percent", value: "12,5")])
        #expect(read.map(\.name) == ["rate"] && read.map(\.value) == ["125000"])
    }
}
