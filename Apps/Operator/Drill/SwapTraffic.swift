import Foundation
import Synchronization
import Vocabulary

/// When something of a swap happened.
enum SwapPhase: String, CaseIterable, Sendable {
    case before, during, after
    /// Placed just before the swap, and its start was never answered.
    case lost
    /// A new provider host takes the old one's work over.
    case renewed
    /// The provider host is killed again and again.
    case struck

    /// Whether nothing has been broken, so that nobody has to wait longer than ever.
    var hasBudget: Bool { self == .during || self == .renewed }
}

/// Customers who begin a checkout so many times a second, and pay where the market tells them to.
final class SwapTraffic: Sendable {
    /// One purchase, as its customer saw it.
    struct Sold: Sendable {
        let purchase: String
        /// Where the customer was sent to pay.
        let provider: String
        /// When the order was placed, and how long its answer took, in milliseconds.
        let phase: SwapPhase
        let took: Int64
    }

    private struct State {
        var phase = SwapPhase.before
        var began: [SwapPhase: ContinuousClock.Instant] = [:]
        var lasted: [SwapPhase: Duration] = [:]
        var sold: [Sold] = []
        var failed: [String] = []
        var askedAgain = 0
        var isOver = false
    }

    private let trade: DrillTrade
    private let state = Mutex(State())
    /// More at once would measure the queue of this machine.
    private static let atOnceMax = 64

    init(_ trade: DrillTrade) { self.trade = trade }

    var sold: [Sold] { state.withLock { $0.sold } }
    var failed: [String] { state.withLock { $0.failed } }
    /// Customers whose way to pay was closed between choosing and ordering, and who chose again.
    var askedAgain: Int { state.withLock { $0.askedAgain } }

    func enter(_ phase: SwapPhase) {
        state.withLock { state in
            Self.end(&state)
            state.phase = phase
            state.began[phase] = .now
        }
    }

    /// Nobody comes any more; who is there goes on to pay.
    func stop() {
        state.withLock { state in
            Self.end(&state)
            state.isOver = true
        }
    }

    private static func end(_ state: inout State) {
        guard let began = state.began.removeValue(forKey: state.phase) else { return }
        state.lasted[state.phase] = .now - began
    }

    /// Orders placed in a second of this phase; nil when it did not come.
    func rate(of phase: SwapPhase) -> Double? {
        state.withLock { state in
            guard let lasted = state.lasted[phase], lasted > .zero else { return nil }
            let count = state.sold.count { $0.phase == phase }
            return Double(count) / (lasted / .seconds(1))
        }
    }

    private var isOver: Bool { state.withLock { $0.isOver } }

    /// Sells `rate` times a second until ``stop()``.
    func run(rate: Int) async {
        state.withLock { $0.began[$0.phase] = .now }
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            var next = ContinuousClock.now
            while !isOver {
                next += Duration.seconds(1) / rate
                if running >= Self.atOnceMax {
                    _ = await group.next()
                    running -= 1
                }
                group.addTask { await self.sell("tok_visa") }
                running += 1
                // Late is late: a customer who could not come does not come twice.
                if next < .now { next = .now }
                _ = try? await Task.sleep(until: next, clock: .continuous)
            }
            await group.waitForAll()
        }
    }

    /// Sells `count` times with a card whose result takes its time.
    func leaveUnderWay(_ count: Int) async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= 8 { _ = await group.next() }
                group.addTask { await self.sell("tok_delayed") }
            }
        }
    }

    /// Checkouts of customers who have chosen to pay at `side` and are about to order.
    func choose(
        _ count: Int, at side: SwapProviders.Side
    ) async throws -> [(checkout: DrillTrade.Checkout, provider: String)] {
        var chosen: [(checkout: DrillTrade.Checkout, provider: String)] = []
        for _ in 0..<count { chosen.append((try await trade.beginCheckout(), side.id)) }
        return chosen
    }

    /// Orders them all at once with a card for which the bank acts and never answers.
    func orderUnanswered(_ chosen: [(checkout: DrillTrade.Checkout, provider: String)]) async {
        await withTaskGroup(of: Void.self) { group in
            for (checkout, provider) in chosen {
                group.addTask {
                    do {
                        let method = "tok_timeout_after_acting"
                        try await self.order(checkout, at: provider, method, in: .lost)
                    } catch {
                        self.state.withLock { $0.failed.append("\(error)") }
                    }
                }
            }
        }
    }

    /// - Returns: the purchase; nil when that way to pay is closed by now.
    @discardableResult
    private func order(
        _ checkout: DrillTrade.Checkout, at provider: String, _ method: String,
        in phase: SwapPhase
    ) async throws -> String? {
        let began = ContinuousClock.now
        guard let placed = try await trade.place(checkout, at: provider, method) else {
            state.withLock { $0.askedAgain += 1 }
            return nil
        }
        let took = (ContinuousClock.now - began).components
        let sold = Sold(
            purchase: placed, provider: provider, phase: phase,
            took: took.seconds * 1000 + took.attoseconds / 1_000_000_000_000_000)
        state.withLock { $0.sold.append(sold) }
        return placed
    }

    private func sell(_ method: String) async {
        do {
            let checkout = try await trade.beginCheckout()
            for _ in 0..<5 {
                let ways = try await trade.insist("ways to pay") { _ in
                    try await trade.customer.get(
                        "/api/v1/checkouts/\(checkout.id)/ways-to-pay", expecting: DrillTrade.all)
                }
                guard let provider = ways["items"][0]["instanceId"].text else {
                    throw WalkProblem(expected: "a way to pay", ways)
                }
                let phase = state.withLock { $0.phase }
                guard let placed = try await order(checkout, at: provider, method, in: phase)
                else { continue }
                // A call that a death swallowed before the provider heard of it is paid anew.
                if state.withLock({ $0.phase }) == .struck {
                    try await trade.pay(placed, at: provider)
                }
                return
            }
            state.withLock { $0.failed.append("five times the way to pay was closed") }
        } catch {
            state.withLock { $0.failed.append("\(error)") }
        }
    }
}
