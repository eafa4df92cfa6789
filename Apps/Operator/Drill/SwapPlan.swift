import Vocabulary

/// What goes wrong during one swap. The same seed plans the same.
struct SwapPlan: Sendable, CustomStringConvertible {
    let seed: UInt64
    /// Of a thousand webhooks of either bank: how many wait before they are sent, and how many are
    /// sent twice. Those that are due at once come in any order.
    let late: Int
    let double: Int
    let lateMilliseconds: Int
    /// Of a thousand calls for which no customer waits, how many each fault befalls, by the bank's
    /// names for them.
    let calls: [(fault: String, chance: Int)]
    /// How long after it began to send the old provider's results its bank is killed.
    let bankDiesAfterMilliseconds: Int
    /// Whether every webhook comes once more the last one first, or in its order.
    let isReversed: Bool
    /// How long before each time that the provider host is killed, in milliseconds.
    let strikes: [Int]
    /// What becomes of the purchases at the old provider, one after another and from the beginning.
    private let fates: [SwapFate]

    /// - Parameter seconds: how long a part of the drill lasts.
    init(seed: UInt64, seconds: Int) {
        var random = SplitMix64(seed: seed)
        func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        self.seed = seed
        late = draw(100...400)
        double = draw(100...400)
        lateMilliseconds = draw(200...2000)
        calls = ["lost", "cut", "conflict", "busy", "broken", "gone"].map { ($0, draw(5...40)) }
        bankDiesAfterMilliseconds = draw(20...400)
        isReversed = draw(0...1) == 1
        let pause = max(1, seconds / 3) * 1000
        strikes = (0..<3).map { _ in draw(pause / 2...pause * 3 / 2) }
        let undone = SwapFate.allCases.filter { $0 != .kept }
        fates = (undone + Array(repeating: .kept, count: 10 - undone.count))
            .shuffled(using: &random)
    }

    /// - Parameter number: how many purchases came before it.
    func fate(of number: Int) -> SwapFate { fates[number % fates.count] }

    var description: String {
        let faults = calls.map { "\($0.fault) \($0.chance)" }.joined(separator: ", ")
        return
            "Seed \(seed): of 1000 webhooks \(late) come \(lateMilliseconds) ms late and \(double) "
            + "twice, in any order; of 1000 calls without a customer \(faults); the bank "
            + "dies after \(bankDiesAfterMilliseconds) ms, its webhooks come again "
            + (isReversed ? "in reverse" : "in order")
            + "; the provider host dies after "
            + strikes.map(String.init).joined(separator: ", ") + " ms"
    }

    /// As the bank takes it.
    /// - Parameter sparingCustomers: whether calls that a customer waits for go well.
    func faults(sparingCustomers: Bool) -> Fact {
        var plan: [String: Fact] = [
            "seed": .integer(Int64(seed & 0xffff_ffff)),
            "calls": .members(
                Dictionary(
                    calls.map { ($0.fault, .integer(Int64($0.chance))) },
                    uniquingKeysWith: { first, _ in first })),
            "webhooks": [
                "late": .integer(Int64(late)), "double": .integer(Int64(double)),
                "lateMilliseconds": .integer(Int64(lateMilliseconds)), "shuffled": true,
            ],
        ]
        if sparingCustomers { plan["except"] = "POST /v1/payments" }
        return .members(plan)
    }
}
