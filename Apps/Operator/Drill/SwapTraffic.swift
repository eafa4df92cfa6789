import Foundation
import Synchronization
import Vocabulary

/// When something of a swap happened.
enum SwapPhase: String, CaseIterable, Sendable {
    case before, during, after
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

    func enter(_ phase: SwapPhase) { state.withLock { $0.phase = phase } }

    /// Nobody comes any more; who is there goes on to pay.
    func stop() { state.withLock { $0.isOver = true } }

    private var isOver: Bool { state.withLock { $0.isOver } }

    /// Sells `rate` times a second until ``stop()``.
    func run(rate: Int) async {
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

    private func sell(_ method: String) async {
        do {
            let (checkout, total) = try await trade.beginCheckout()
            for _ in 0..<5 {
                let ways = try await trade.insist("ways to pay") { _ in
                    try await trade.customer.get(
                        "/api/v1/checkouts/\(checkout)/ways-to-pay", expecting: DrillTrade.all)
                }
                guard let provider = ways["items"][0]["instanceId"].text else {
                    throw WalkProblem(expected: "a way to pay", ways)
                }
                let phase = state.withLock { $0.phase }
                let began = ContinuousClock.now
                let placed = try await trade.place(checkout, total, at: provider, method)
                guard let placed else {
                    state.withLock { $0.askedAgain += 1 }
                    continue
                }
                let took = (ContinuousClock.now - began).components
                let sold = Sold(
                    purchase: placed, provider: provider, phase: phase,
                    took: took.seconds * 1000 + took.attoseconds / 1_000_000_000_000_000)
                state.withLock { $0.sold.append(sold) }
                return
            }
            state.withLock { $0.failed.append("five times the way to pay was closed") }
        } catch {
            state.withLock { $0.failed.append("\(error)") }
        }
    }
}

extension DrillTrade {
    /// A checkout of one thing of each seller, with a way to ship each.
    func beginCheckout() async throws -> (id: String, total: Fact) {
        guard let address = market.customers[0].address else {
            throw OperatorProblem("The demo's first customer has no address.")
        }
        let lines = variants.map { ["variantId": .string($0), "quantity": 1] as Fact }
        let started = try await insist("a checkout", with: Self.newKey()) { key in
            try await customer.post(
                "/api/v1/checkouts", ["lines": .list(lines), "address": Fact(address)], key: key,
                expecting: Self.all)
        }
        let id = try started.text("id")
        var checkout = started
        for parcel in started["parcels"].items {
            let options = parcel["options"].items.filter { $0["isPickup"].flag == false }
            guard let number = parcel["number"].integer, let code = options.first?["code"].text
            else { throw WalkProblem(expected: "shipping options", started) }
            checkout = try await insist("a choice of shipping") { _ in
                try await customer.put(
                    "/api/v1/checkouts/\(id)/parcels/\(number)/shipping",
                    ["option": .string(code)], expecting: Self.all)
            }
        }
        return (id, checkout["totals"]["total"])
    }

    /// The purchase; nil when that way to pay is closed by now, and nothing was ordered.
    func place(
        _ checkout: String, _ total: Fact, at provider: String, _ method: String
    ) async throws -> String? {
        let placed = try await until("a purchase") { [key = Self.newKey()] in
            let answer = try await customer.post(
                "/api/v1/purchases",
                [
                    "checkoutId": .string(checkout), "expectedTotal": total,
                    "instanceId": .string(provider), "method": .string(method),
                ], key: key, expecting: Self.all)
            let isClosed = answer["type"].text?.hasSuffix("way-unavailable") == true
            if answer.status < 300 || isClosed { return answer }
            guard answer.status >= 500 || answer.status == 429 else {
                throw OperatorProblem("\(WalkProblem(expected: "a purchase", answer))")
            }
            return nil
        }
        return placed["id"].text
    }
}
