import ProviderKit
import Vocabulary

/// Amounts at both ends, in currencies with 0, 2, 3, 6 and 9 decimals: taken to the last unit, or
/// refused, and never another amount.
enum AmountCases {
    static let currencies = ["JPY", "EUR", "KWD", "USDC", "SOL"].compactMap { Currency($0) }

    static let all: [ConformanceCase] =
        currencies.map { currency in
            ConformanceCase(
                "amounts", "\(currency.code), \(currency.exponent) decimals, least to most"
            ) { subject in
                for amount in [1, 99, 100, 123_456_789, Money.amountMax] as [Int64] {
                    try await tried(Money(amount, currency), subject)
                }
            }
        } + [
            ConformanceCase("amounts", "nothing, less than nothing and the absurd are refused") {
                subject in
                for amount in [0, -1, Int64.min, Int64.max] {
                    let trial = try subject.trial()
                    let currency = try trial.payments().1.amount.currency
                    let result = try await trial.start(Money(amount, currency))
                    if case .success = result { throw Breach("\(amount) was taken") }
                }
            }
        ]

    private static func tried(_ amount: Money, _ subject: Subject) async throws {
        let trial = try subject.trial()
        let (payments, counterpart) = try trial.payments()
        let offered = await trial.calling { () throws(ProviderError) in
            try await payments.methods(for: amount, trial.context())
        }
        let id = freshKey()
        let result = try await trial.start(amount, id: id)
        switch result {
        case .success(let started):
            if started.snapshot.status == .requiresAction {
                await counterpart.customerPays(started.snapshot.reference)
            }
            let found = await trial.calling { () throws(ProviderError) in
                try await payments.lookup(.reference(started.snapshot.reference), trial.context())
            }
            guard case .success(.some(let snapshot)) = found,
                snapshot.captured == amount || !snapshot.captured.isPositive
            else { throw Breach("\(amount) became \(words(found))") }
            for held in counterpart.books.payments where held.paymentID == id {
                try expect(
                    held.captured == amount || held.captured.isZero,
                    "\(amount) is \(held.captured) in the books")
            }
        case .failure(let error):
            try expect(error.isDefinite, "\(amount): \(error)")
            let isHeld = counterpart.books.payments.contains {
                $0.paymentID == id && !$0.status.isOver
            }
            try expect(!isHeld, "\(amount) was refused, and is in the books")
            if amount == counterpart.amount, case .success(let methods) = offered,
                !methods.isEmpty
            {
                throw Breach("\(amount) is offered and refused: \(error)")
            }
        }
    }
}
