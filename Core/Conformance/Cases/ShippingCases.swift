import ProviderHost
import ProviderKit
import Vocabulary

/// Prices for parcels of every sort, and for none.
enum ShippingCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("quotes", "make sense for every parcel, or are refused") { subject in
            let (trial, shipping) = try shipping(subject)
            for request in requests {
                let result = await trial.calling { () throws(ProviderError) in
                    try await shipping.quotes(for: request, trial.context())
                }
                switch result {
                case .success(let quotes):
                    if let problem = Sanity.problem(with: quotes, for: request) {
                        throw Breach("\(words(request)): \(problem)")
                    }
                case .failure(let error):
                    try expect(error.isDefinite, "\(words(request)): \(error)")
                }
            }
        },
        ConformanceCase("quotes", "are the same when asked again, and by another object") {
            subject in
            let (trial, shipping) = try shipping(subject)
            let (_, other) = try Self.shipping(subject)
            for request in requests.prefix(40) {
                let first = await trial.calling { () throws(ProviderError) in
                    try await shipping.quotes(for: request, trial.context())
                }
                let second = await trial.calling { () throws(ProviderError) in
                    try await other.quotes(for: request, trial.context())
                }
                try expect(first == second, "\(words(request)): two answers")
            }
        },
        ConformanceCase("quotes", "exist for an ordinary parcel") { subject in
            let (trial, shipping) = try shipping(subject)
            let quotes = try await shipping.quotes(for: ordinary, trial.context())
            try expect(!quotes.isEmpty, "1.2 kg from Berlin to Berlin cannot be sent")
        },
        ConformanceCase("quotes", "many at once") { subject in
            let (trial, shipping) = try shipping(subject)
            let wanted = request("DE", "FR", 1200, Money(4250, .eur))
            let answers = try await withThrowingTaskGroup(of: [ShippingQuote].self) { group in
                for _ in 0..<32 {
                    group.addTask { try await shipping.quotes(for: wanted, trial.context()) }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            try expect(answers.count == 1, "32 at once have \(answers.count) answers")
        },
    ]

    /// 1.2 kg from Berlin to Berlin.
    static var ordinary: ShippingRequest { request("DE", "DE", 1200, Money(4250, .eur)) }

    private static func shipping(_ subject: Subject) throws -> (Trial, any ShippingProvider) {
        let trial = try subject.trial()
        return (trial, try applicable(trial.provider.asShipping, "it ships nothing"))
    }

    private static var requests: [ShippingRequest] {
        var requests: [ShippingRequest] = []
        for (origin, destination) in [
            ("DE", "DE"), ("DE", "FR"), ("US", "JP"), ("ZZ", ""), ("", "ZZ"),
        ] {
            for weight in [0, 1, 1200, 1_000_000, Int.max, -1] {
                for currency in AmountCases.currencies {
                    for value in [0, 1, 4250, Money.amountMax] as [Int64] {
                        requests.append(
                            request(origin, destination, weight, Money(value, currency)))
                    }
                }
            }
        }
        return requests
    }

    private static func request(
        _ origin: String, _ destination: String, _ grams: Int, _ value: Money
    ) -> ShippingRequest {
        ShippingRequest(
            sellerID: "seller-1", origin: address(origin), destination: address(destination),
            parcel: Parcel(weightGrams: grams, value: value, itemCount: 1),
            currency: value.currency)
    }

    private static func address(_ country: String) -> Address {
        Address(
            name: "Ada", lines: ["Gasse 1"], city: "Berlin", postalCode: "10115",
            country: country)
    }

    private static func words(_ request: ShippingRequest) -> String {
        "\(request.parcel.weightGrams) g worth \(request.parcel.value) from "
            + "\(request.origin.country) to \(request.destination.country)"
    }
}
