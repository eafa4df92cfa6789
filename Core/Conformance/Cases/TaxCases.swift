import ProviderHost
import ProviderKit
import Vocabulary

/// Tax on lines of every sort, which always adds up.
enum TaxCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("tax", "adds up on every line, or is refused") { subject in
            let (trial, tax) = try tax(subject)
            for request in requests {
                let result = await trial.calling { () throws(ProviderError) in
                    try await tax.calculate(request, trial.context())
                }
                switch result {
                case .success(let lines):
                    if let problem = Sanity.problem(with: lines, for: request) {
                        throw Breach("\(words(request)): \(problem)")
                    }
                case .failure(let error):
                    try expect(error.isDefinite, "\(words(request)): \(error)")
                }
            }
        },
        ConformanceCase("tax", "is the same when asked again, and by another object") {
            subject in
            let (trial, tax) = try tax(subject)
            let (_, other) = try Self.tax(subject)
            for request in requests.prefix(60) {
                let first = await trial.calling { () throws(ProviderError) in
                    try await tax.calculate(request, trial.context())
                }
                let second = await trial.calling { () throws(ProviderError) in
                    try await other.calculate(request, trial.context())
                }
                try expect(first == second, "\(words(request)): two answers")
            }
        },
        ConformanceCase("tax", "of no lines is nothing, and a hundred have a hundred answers") {
            subject in
            let (trial, tax) = try tax(subject)
            let none = try await tax.calculate(request("DE", []), trial.context())
            try expect(none.isEmpty, "tax on nothing")
            let lines = (0..<100).map { line("l\($0)", Money(Int64($0), .eur), $0 % 2 == 0) }
            let wanted = request("DE", lines)
            let taxes = try await tax.calculate(wanted, trial.context())
            try expect(
                Sanity.problem(with: taxes, for: wanted) == nil, "a hundred lines do not add up")
        },
    ]

    /// One line of 42.50 euros, bought in Germany.
    static var ordinary: TaxRequest { request("DE", [line("l1", Money(4250, .eur), true)]) }

    private static func tax(_ subject: Subject) throws -> (Trial, any TaxProvider) {
        let trial = try subject.trial()
        return (trial, try applicable(trial.provider.asTax, "it calculates no tax"))
    }

    private static var requests: [TaxRequest] {
        var requests: [TaxRequest] = []
        for country in ["DE", "US", "GB", "JP", "ZZ", ""] {
            for currency in AmountCases.currencies {
                for amount in [0, 1, -1, 4250, -4250, Money.amountMax, -Money.amountMax] as [Int64]
                {
                    for isIncluded in [true, false] {
                        let one = line("l1", Money(amount, currency), isIncluded)
                        requests.append(request(country, [one]))
                    }
                }
            }
        }
        for second in [-62_135_596_800, 0, 253_402_300_799] as [Int64] {
            var old = request("DE", [line("l1", Money(4250, .eur), true)])
            old.suppliedAt = Instant(secondsSince1970: second)
            requests.append(old)
        }
        return requests
    }

    private static func request(_ country: String, _ lines: [TaxableLine]) -> TaxRequest {
        TaxRequest(
            destination: Address(
                name: "Ada", lines: ["Gasse 1"], city: "Berlin",
                region: country == "US" ? "CA" : nil, postalCode: "10115", country: country),
            suppliedAt: Instant(secondsSince1970: 1_790_000_000), lines: lines)
    }

    private static func line(_ id: String, _ amount: Money, _ includesTax: Bool) -> TaxableLine {
        TaxableLine(
            id: id, kind: .goods, sellerID: "seller-1", originCountry: "DE", amount: amount,
            includesTax: includesTax)
    }

    private static func words(_ request: TaxRequest) -> String {
        let line = request.lines.first
        return "\(line.map { "\($0.amount)" } ?? "nothing") to \(request.destination.country)"
    }
}
