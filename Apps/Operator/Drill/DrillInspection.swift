import AsyncHTTPClient
import Foundation
import Kernel
import NIOCore
import Vocabulary

/// Looks at everything after a round: that it settled, that the books add up, that nothing
/// happened twice, and that the sandbox bank's own books say the same to the unit.
struct DrillInspection: Sendable {
    let marketplace: Marketplace
    let bankURL: String
    let instance: ID<ProviderInstance>
    /// In the bank's place, when that is where the money is.
    var stripe: WalkClient?

    private var store: DrillStore { DrillStore(db: marketplace.database) }

    /// How long the market may take to settle what a crash left.
    static let patience = Duration.seconds(45)

    /// How many purchases there are.
    func purchases() async throws -> Int { try await store.purchases() }

    /// What is wrong, in words; none when all is well.
    func problems(purchases expected: Int) async throws -> [String] {
        let left = try await settle()
        guard left.isEmpty else { return left.map { "it is stuck: \($0)" } }
        var problems = try await store.doubled()
        let purchases = try await store.purchases()
        if purchases != expected {
            problems.append("there are \(purchases) purchases and \(expected) were made")
        }
        for check in try await marketplace.verifyLedger().checks {
            problems += check.culprits.map { "\(check.claim): \($0)" }
        }
        if let stripe { return problems + (try await compareWithStripe(stripe)) }
        return problems + (try await compareWithBank())
    }

    private func settle() async throws -> [String] {
        let limit = ContinuousClock.now + Self.patience
        while true {
            do {
                let left = try await store.unsettled()
                if left.isEmpty || ContinuousClock.now > limit { return left }
            } catch {
                // PostgreSQL may just be on its way back.
                if ContinuousClock.now > limit { throw error }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func compareWithBank() async throws -> [String] {
        let bank = try await bankEntries()
        let ours = try await store.moved(at: instance)
        var problems: [String] = []
        for source in Set(bank.keys).union(ours.keys).sorted()
        where bank[source] != ours[source] {
            let (theirs, mine) = (bank[source] ?? 0, ours[source] ?? 0)
            problems.append("the bank's books have \(theirs) for \(source), ours \(mine)")
        }
        let (total, clearing) = (
            bank.values.reduce(0, +), try await store.clearing(of: instance)
        )
        if total != clearing {
            problems.append("the bank holds \(total) of ours, the ledger says \(clearing)")
        }
        return problems
    }

    /// The bank's own account of ours, by what each entry is about: minor units.
    private func bankEntries() async throws -> [String: Int64] {
        var sums: [String: Int64] = [:]
        var after: Int64? = 0
        while let number = after {
            var request = HTTPClientRequest(
                url: "\(bankURL)/v1/balance-entries?after=\(number)")
            request.headers.add(name: "authorization", value: "Bearer sk_sandbox_south")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 1 << 20)
            let page = try JSONDecoder().decode(Fact.self, from: Data(body.readableBytesView))
            for entry in page["items"].items {
                guard let source = entry["source"].text, let amount = entry["amount"].money else {
                    throw OperatorProblem("The bank's entries cannot be read.")
                }
                sums[source, default: 0] += amount.amount
            }
            after = page["next"].integer
        }
        return sums
    }
}
