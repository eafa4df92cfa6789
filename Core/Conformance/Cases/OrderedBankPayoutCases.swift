import ProviderHost
import ProviderKit
import Vocabulary

/// Payouts to sellers' banks that the platform asks for. That each is made once, and found by its
/// key, is what ``MoneyAct/payOut`` is tried for with all that moves money.
enum OrderedBankPayoutCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("banks", "what an account could send is what it holds") {
            try await funds($0)
        },
        ConformanceCase("banks", "what was ordered is told of as all others are") {
            try await told($0)
        },
        ConformanceCase("banks", "more than the account holds is declined, and nothing goes") {
            try await tooMuch($0)
        },
        ConformanceCase("banks", "one that takes another back names it") { try await back($0) },
        ConformanceCase("deadlines", "accounts' funds are told by theirs") { subject in
            let trial = try subject.trial()
            let (banks, counterpart) = try trial.orderedBankPayouts()
            try await DeadlineCases.kept(trial) { context in
                await trial.calling { () throws(ProviderError) in
                    try await banks.funds(of: counterpart.connectedAccount, context)
                }.map { _ in }
            }
        },
    ]

    private static func funds(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let (_, counterpart) = try trial.orderedBankPayouts()
        let before = try await trial.funds()
        try expect(before.isManual, "nothing goes by itself, and it says that all does")
        let held = before.available.first { $0.currency == counterpart.accountFunds.currency }
        try expect(
            held == counterpart.accountFunds,
            "the account holds \(counterpart.accountFunds), and it says \(before.available)")
        guard case .success(let payout) = try await trial.payOut() else {
            throw Breach("a part of what is there is not paid out")
        }
        let after = try await trial.funds()
        let left = after.available.first { $0.currency == payout.amount.currency }
        try expect(
            left == counterpart.accountFunds && left != held,
            "\(payout.amount) went to the bank, and it says \(after.available)")
    }

    private static func told(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let (banks, counterpart) = try trial.orderedBankPayouts()
        let result = try await trial.payOut()
        guard case .success(let payout) = result else {
            throw Breach("it is not paid out: \(words(result))")
        }
        let page = await trial.calling { () throws(ProviderError) in
            try await banks.bankPayouts(
                of: counterpart.connectedAccount, since: .systemNow.advanced(days: -1),
                after: nil, trial.context())
        }
        guard case .success(let listed) = page,
            let row = listed.payouts.first(where: { $0.reference == payout.reference })
        else { throw Breach("it is on no list: \(words(page))") }
        try expect(row.amount == payout.amount, "it is listed with \(row.amount)")
        let found = await trial.calling { () throws(ProviderError) in
            try await banks.lookupBankPayout(
                .reference(payout.reference), of: counterpart.connectedAccount, trial.context())
        }
        guard case .success(let again?) = found, again.amount == payout.amount else {
            throw Breach("by its reference it is \(words(found))")
        }
    }

    private static func tooMuch(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let (_, counterpart) = try trial.orderedBankPayouts()
        let id = freshKey()
        let held = counterpart.accountFunds
        let result = try await trial.payOut(Money(held.amount + 1, held.currency), id: id)
        guard case .failure(.declined) = result else {
            throw Breach("more than there is is \(words(result))")
        }
        try expect(
            !counterpart.orderedBankPayouts.contains(id) && counterpart.accountFunds == held,
            "it went to the bank all the same")
    }

    private static func back(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let (banks, counterpart) = try trial.orderedBankPayouts()
        guard case .success(let payout) = try await trial.payOut() else {
            throw Breach("a part of what is there is not paid out")
        }
        await counterpart.bankAnswers(payout.reference, taken: true)
        let back = await counterpart.bankGivesBack(payout.reference)
        for (reference, expected) in [(back, payout.reference), (payout.reference, nil)] {
            let original = await trial.calling { () throws(ProviderError) in
                try await banks.original(
                    of: reference, in: counterpart.connectedAccount, trial.context())
            }
            guard case .success(let named) = original, named == expected else {
                throw Breach("\(reference) takes \(expected ?? "none") back: \(words(original))")
            }
        }
    }
}

extension Trial {
    /// What the counterpart's account could send to its bank, by the module.
    fileprivate func funds() async throws -> AccountFunds {
        let (banks, counterpart) = try orderedBankPayouts()
        let account = counterpart.connectedAccount
        let result = await calling { () throws(ProviderError) in
            try await banks.funds(of: account, context())
        }
        guard case .success(let funds) = result else {
            throw Breach("what an account could send is \(words(result))")
        }
        if let problem = Sanity.problem(with: funds, of: account) {
            throw Breach("what an account could send has \(problem)")
        }
        return funds
    }
}
