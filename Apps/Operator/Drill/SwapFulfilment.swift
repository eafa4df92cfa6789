import Synchronization
import Vocabulary

/// The everyday work at one provider's purchases: whatever is paid is shipped, arrives, and is paid
/// out to its sellers, a few at a time from the first purchase to the last; some are cancelled or
/// given back. It goes on before the swap as during it, so that what orders take longer meanwhile
/// is the swap's doing.
final class SwapFulfilment: Sendable {
    private struct State {
        /// How many of the traffic's purchases were looked at, and those of this side that nobody
        /// has packed: what is sold elsewhere meanwhile is looked at once.
        var seen = 0
        var waiting: [String] = []
        var taken = 0
        var finished = 0
        var isLateWelcome = false
        var isOver = false
        var failure: (any Error)?
    }

    private let trade: DrillTrade
    private let traffic: SwapTraffic
    private let side: SwapProviders.Side
    private let plan: SwapPlan
    /// Purchases whose payments wait for their result until the bank is asked for it.
    private let late: Set<String>
    private let state = Mutex(State())

    /// As many as pack at once. All of them at once would measure how fast this machine packs; two,
    /// where a request takes a tenth of a second, took seven minutes for seven hundred purchases.
    private static let packers = 4
    /// In portions: a payout from 10,000 euros on needs a second person.
    private static let portion = 50

    init(
        _ trade: DrillTrade, _ traffic: SwapTraffic, at side: SwapProviders.Side, _ plan: SwapPlan
    ) {
        (self.trade, self.traffic, self.side, self.plan) = (trade, traffic, side, plan)
        late = Set(traffic.sold.map(\.purchase))
    }

    var finished: Int { state.withLock { $0.finished } }

    /// How many purchases are this side's.
    var sold: Int { traffic.sold.count { $0.provider == side.id } }

    /// Why ``run()`` ended before its time.
    var failure: (any Error)? { state.withLock { $0.failure } }

    /// The results of those that were late have come.
    func welcomeLate() { state.withLock { $0.isLateWelcome = true } }

    /// No purchase comes any more: ``run()`` ends when those that came are finished.
    func close() { state.withLock { $0.isOver = true } }

    /// - Throws: ``DrillStuck`` for what cannot be brought to its end.
    func run() async throws {
        do { try await pack() } catch {
            state.withLock { $0.failure = error }
            throw error
        }
    }

    private func pack() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.packers {
                group.addTask {
                    while let (purchase, number) = try await self.next() {
                        try await self.trade.finish(purchase, self.plan.fate(of: number))
                        let count = self.state.withLock { state in
                            state.finished += 1
                            return state.finished
                        }
                        if count.isMultiple(of: Self.portion) { try await self.trade.payAll() }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await trade.payAll()
    }

    /// The next that can be packed and how many were before it, waited for; nil when all are.
    private func next() async throws -> (purchase: String, number: Int)? {
        while true {
            let sold = traffic.sold
            let found: (purchase: String?, number: Int, isOver: Bool) = state.withLock { state in
                state.waiting += sold.dropFirst(state.seen)
                    .filter { $0.provider == side.id }.map(\.purchase)
                state.seen = max(state.seen, sold.count)
                let next = state.waiting.firstIndex { state.isLateWelcome || !late.contains($0) }
                let number = state.taken
                if next != nil { state.taken += 1 }
                return (next.map { state.waiting.remove(at: $0) }, number, state.isOver)
            }
            if let purchase = found.purchase { return (purchase, found.number) }
            if found.isOver { return nil }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension DrillTrade {
    /// Pays out what is available.
    func payAll() async throws {
        do {
            _ = try await admin.post(
                "/api/v1/payout-runs", ["reason": "a drill"], key: Self.newKey(),
                expecting: Self.all)
        } catch is WalkProblem {
            // No answer in time: a run of so many may go on without us.
        }
    }
}
