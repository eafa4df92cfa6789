import ProviderHost
import ProviderKit
import Testing
import Vocabulary

@Suite struct `Tax by table` {
    private func tax(states: String = "") throws -> GuardedTax {
        let module = try #require(catalog.module("rate-table-tax"))
        let settings = InstanceSettings(instanceID: "test", values: ["usStates": states])
        let services = ProviderServices(http: HostTransport(client: client, hosts: []))
        let guarded = ProviderGuard(
            try module.make(settings, services), module.descriptor, instanceID: "test",
            logger: quiet)
        return try #require(guarded.tax)
    }

    private func line(
        _ amount: Money, to country: String, region: String? = nil, postcode: String? = nil,
        from origin: String = "DE", code: String = "standard", includesTax: Bool = true,
        on day: String = "2026-11-21T10:00:00Z", states: String = ""
    ) async throws -> TaxLine {
        let request = TaxRequest(
            destination: Address(
                name: "", lines: [], city: "", region: region, postalCode: postcode,
                country: country),
            suppliedAt: try #require(Instant(day)),
            lines: [
                TaxableLine(
                    id: "1", kind: .goods, sellerID: "s", originCountry: origin, taxCode: code,
                    amount: amount, includesTax: includesTax)
            ])
        return try #require(try await tax(states: states).calculate(request, context()).first)
    }

    @Test func `is taken out of a price that includes it, exactly`() async throws {
        let tax = try await line(Money(11_900, .eur), to: "DE")

        #expect(tax.amount == Money(1900, .eur))
        #expect(tax.base == Money(10_000, .eur))
        #expect(tax.isIncluded)
        #expect(tax.rate == PartsPerMillion(190_000))
        #expect(tax.label == "VAT 19 %")
        #expect(tax.remitter == .seller)
        #expect(tax.source == "ibericode/vat-rates 4 (as of 2025-08-12): DE from 2021-01-01")
    }

    @Test(arguments: [
        // 25.5 % of 0.98 is 0.2499; of 0.99 it is 0.25245; half a cent goes away from zero.
        ("FI", Money(98, .eur), Money(25, .eur)), ("FI", Money(99, .eur), Money(25, .eur)),
        ("SE", Money(2, .eur), Money(1, .eur)), ("HU", Money(1000, .jpy), Money(270, .jpy)),
        ("DE", Money(12_345, .kwd), Money(2346, .kwd)),
    ])
    func `comes on top, rounded half away from zero`(
        _ country: String, _ amount: Money, _ expected: Money
    ) async throws {
        let tax = try await line(amount, to: country, includesTax: false)

        #expect(tax.amount == expected)
        #expect(tax.base == amount)
    }

    @Test(
        arguments: [
            ("DE", "2020-06-30", 190_000), ("DE", "2020-07-01", 160_000),
            ("DE", "2020-12-31", 160_000),
            ("DE", "2021-01-01", 190_000), ("FI", "2024-08-31", 240_000),
            ("FI", "2024-09-01", 255_000),
            ("RO", "2025-08-01", 210_000), ("EE", "2025-07-01", 240_000),
            ("SK", "2025-01-01", 230_000),
        ] as [(String, String, Int64)])
    func `goes by the day`(_ country: String, _ day: String, _ rate: Int64) async throws {
        let tax = try await line(Money(10_000, .eur), to: country, on: day + "T12:00:00Z")

        #expect(tax.rate.value == rate)
    }

    @Test(
        arguments: [
            ("FI", "2025-12-31", "reduced", 140_000), ("FI", "2026-01-01", "reduced", 135_000),
            ("FI", "2026-01-01", "reduced2", 100_000), ("LT", "2025-12-31", "reduced", 90_000),
            ("LT", "2026-01-01", "reduced", 120_000), ("LT", "2026-01-01", "reduced2", 50_000),
        ] as [(String, String, String, Int64)])
    func `goes by the day for reduced rates too`(
        _ country: String, _ day: String, _ code: String, _ rate: Int64
    ) async throws {
        let tax = try await line(
            Money(10_000, .eur), to: country, code: code, on: day + "T12:00:00Z")

        #expect(tax.rate.value == rate)
        #expect(tax.treatment == .reduced)
    }

    @Test(
        arguments: [
            ("PT", "9000-001", [220_000, 120_000, 40_000]),
            ("PT", "9500-001", [160_000, 90_000, 40_000]),
            ("PT", "1000-001", [230_000, 130_000, 60_000]),
            ("AT", "6991", [190_000, 130_000, 100_000]),
            ("AT", "6691", [190_000, 130_000, 100_000]), ("FR", "97110", [85_000, 21_000, 21_000]),
            ("FR", "97200", [85_000, 21_000, 21_000]), ("FR", "97400", [85_000, 21_000, 21_000]),
        ] as [(String, String, [Int64])])
    func `of a territory is reduced as the law of its own has it`(
        _ country: String, _ postcode: String, _ rates: [Int64]
    ) async throws {
        for (code, rate) in zip(["standard", "reduced", "reduced2"], rates) {
            let tax = try await line(
                Money(10_000, .eur), to: country, postcode: postcode, code: code)
            #expect(tax.rate.value == rate, "\(code)")
            #expect(tax.treatment == (code == "standard" ? .standard : .reduced))
        }
    }

    @Test(
        arguments: [
            ("9000-001", "2024-09-30", "reduced2", 50_000),
            ("9000-001", "2024-10-01", "reduced2", 40_000),
            ("9500-001", "2021-06-30", "standard", 180_000),
            ("9500-001", "2021-07-01", "standard", 160_000),
        ] as [(String, String, String, Int64)])
    func `of a territory goes by the day`(
        _ postcode: String, _ day: String, _ code: String, _ rate: Int64
    ) async throws {
        let tax = try await line(
            Money(10_000, .eur), to: "PT", postcode: postcode, code: code, on: day + "T12:00:00Z")

        #expect(tax.rate.value == rate)
    }

    @Test(
        arguments: [
            ("FI", nil, "Finnish Tax Administration, "), ("LT", nil, "Lithuania, law XV-287 "),
            ("PT", "9500-001", "Portugal, Ofício Circulado 25045/2024 "),
            ("FR", "97400", "France, Code général des impôts, article 296 "),
            ("SE", nil, "ibericode/vat-rates 4 (as of 2025-08-12): "),
        ] as [(String, String?, String)])
    func `names the table or the law that says so`(
        _ country: String, _ postcode: String?, _ source: String
    ) async throws {
        let tax = try await line(Money(100, .eur), to: country, postcode: postcode)

        #expect(tax.source.hasPrefix(source), "\(tax.source)")
    }

    @Test func `knows reduced, exempt and territories`() async throws {
        #expect(try await line(Money(100, .eur), to: "FR", code: "reduced").rate.value == 100_000)
        #expect(try await line(Money(100, .eur), to: "FR", code: "reduced2").rate.value == 55_000)
        #expect(try await line(Money(100, .eur), to: "FR", code: "exempt").treatment == .exempt)
        let canaries = try await line(Money(100, .eur), to: "ES", postcode: "35001")
        #expect(canaries.treatment == .notSubject)
        #expect(canaries.amount.isZero)
        let reunion = try await line(Money(100, .eur), to: "FR", postcode: "97400")
        #expect(reunion.rate.value == 85_000)
    }

    @Test func `is the platform's for sellers abroad and in the United States`() async throws {
        #expect(try await line(Money(100, .eur), to: "DE", from: "US").remitter == .platform)
        #expect(try await line(Money(100, .eur), to: "FR", from: "DE").remitter == .seller)
        let texas = try await line(
            Money(10_000, .usd), to: "US", region: "US-TX", includesTax: false)
        #expect(texas.remitter == .platform)
        #expect(texas.jurisdiction == "US-TX")
        #expect(texas.amount == Money(625, .usd))
        #expect(
            texas.source == "Tax Foundation, State and Local Sales Tax Rates, 2025 "
                + "(as of 2025-01-01): the base rate of TX")
    }

    @Test func `is nothing, with a reason, where nothing is due`() async throws {
        let brazil = try await line(Money(100, .brl), to: "BR")
        let oregon = try await line(Money(100, .usd), to: "US", region: "OR", includesTax: false)
        let nowhere = try await line(Money(100, .usd), to: "US", region: "XX", includesTax: false)
        let elsewhere = try await line(
            Money(100, .usd), to: "US", region: "TX", includesTax: false, states: "CA")

        for tax in [brazil, oregon, nowhere, elsewhere] {
            #expect(tax.treatment == .notSubject)
            #expect(tax.amount.isZero)
            #expect(!tax.source.isEmpty)
        }
    }

    @Test func `has a row for all members, the United Kingdom, all states and all territories`()
        async throws
    {
        let members = """
            AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK GB
            """
        for country in members.split(separator: " ") {
            let tax = try await line(Money(10_000, .eur), to: String(country))
            #expect(tax.amount.isPositive, "\(country)")
            #expect(tax.source.contains(" from 2"), "\(country)")
        }
        let states =
            "AL AZ AR CA CO CT DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO NE "
            + "NV NJ NM NY NC ND OH OK PA RI SC SD TN TX UT VT VA WA WV WI WY"
        for state in states.split(separator: " ") {
            let tax = try await line(
                Money(10_000, .usd), to: "US", region: String(state), includesTax: false)
            #expect(tax.amount.isPositive, "\(state)")
        }
        for (country, start) in [
            ("DE", "27498"), ("DE", "78266"), ("ES", "35"), ("ES", "38"), ("ES", "51"),
            ("ES", "52"), ("FR", "973"), ("FR", "976"), ("GR", "63086"), ("IT", "22061"),
            ("IT", "23041"),
        ] {
            let tax = try await line(Money(100, .eur), to: country, postcode: start + "01")
            #expect(tax.treatment == .notSubject, "\(country) \(start)")
        }
    }
}
