import AsyncHTTPClient
import Foundation
import Kernel
import Logging
import NIOCore
import ProviderHost
import Vocabulary

/// One swap of the payment provider, from the first customer to the last comparison.
struct SwapDrill: Sendable {
    private let market: DrillMarket
    private let wiring: Wiring
    private let trade: DrillTrade
    let providers: SwapProviders
    let plan: SwapPlan
    let happened = SwapFaults()
    private let traffic: SwapTraffic
    private let inflight: Int
    private let rate: Int
    private let seconds: Int
    /// Milliseconds that 99 of 100 orders may take.
    private let budget: Int
    /// How long the old provider may drain, in seconds.
    private let drainSeconds: Int

    /// So many orders are placed at the old provider just before it drains, to whose calls it never
    /// answers. Fewer in a row than a circuit breaker takes.
    private static let lostStarts = 3

    init(
        _ market: DrillMarket, inflight: Int, rate: Int, seconds: Int, budget: Int,
        drainSeconds: Int, plan: SwapPlan
    ) async throws {
        self.market = market
        self.plan = plan
        self.drainSeconds = drainSeconds
        (self.inflight, self.rate, self.seconds, self.budget) = (inflight, rate, seconds, budget)
        var settings = market.settings
        settings.running.logFormat = .text
        settings.running.logLevel = .critical
        settings.running.drillFolder = nil
        Observing.begin(settings, process: "drill")
        guard let folder = settings.running.demoFolder else {
            throw OperatorProblem("A drill needs a demo market.")
        }
        trade = try await DrillTrade(
            try DemoMarket.read(folder: folder), settings.network,
            payingAt: .sandbox(url: settings.network.bankURL))
        providers = try await SwapProviders(
            trade.admin, oldBank: settings.network.bankURL, newBank: market.secondBankURL)
        traffic = SwapTraffic(trade)
        try await trade.holdNothing()
        // Last: what was opened has to be closed.
        wiring = try Wiring(settings, process: "drill")
    }

    func close() async { await wiring.close() }

    /// - Returns: whether nothing was lost, doubled or too slow.
    func run() async throws -> Bool {
        say(plan.description)
        let known = try await inspection(of: providers.old).purchases()
        try await providers.turn(to: providers.old)
        // Every process hears of it within a second.
        try await Task.sleep(for: .seconds(1))
        await traffic.leaveUnderWay(inflight)
        say("\(traffic.sold.count) payments are under way at \(providers.old.name)")
        for side in [providers.old, providers.new] { try await spoil(side) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await traffic.run(rate: rate) }
            do { try await swap() } catch {
                traffic.stop()
                throw error
            }
            traffic.stop()
            try await group.waitForAll()
        }
        for side in [providers.old, providers.new] { try await endFaults(of: side) }
        return try await report(known)
    }

    private func swap() async throws {
        let work = SwapFulfilment(trade, traffic, at: providers.old, plan)
        async let worked: Void = work.run()
        try await Task.sleep(for: .seconds(seconds))
        let unlucky = try await traffic.choose(Self.lostStarts, at: providers.old)
        async let ordered: Void = traffic.orderUnanswered(unlucky)
        // Their money is reserved by then, and nobody here knows.
        try await Task.sleep(for: .milliseconds(500))
        let began = ContinuousClock.now
        traffic.enter(.during)
        try await providers.turn(to: providers.new)
        try await SwapProviders.move(providers.old.id, "drain", trade.admin)
        say("The rules turn to \(providers.new.name); \(providers.old.name) drains")
        // Whoever had chosen the old one has ordered by then.
        try await Task.sleep(for: .seconds(3))
        await ordered
        try await settleLate()
        work.welcomeLate()
        work.close()
        let drain = SwapDrain(
            trade, providers, work, until: began + .seconds(drainSeconds), seconds: drainSeconds)
        try await drain.run()
        try await worked
        try await SwapProviders.move(providers.old.id, "retirement", trade.admin)
        let took = (ContinuousClock.now - began).components.seconds
        say("\(providers.old.name) is drained and retired after \(took) s")
        traffic.enter(.after)
        try await Task.sleep(for: .seconds(seconds))
        try await renewHost()
        try await strikeHost()
    }

    /// As a new version of a module's file needs it: another host takes the address over, and
    /// nobody's checkout fails.
    private func renewHost() async throws {
        guard let host = wiring.host else { return }
        let old = try await host.status(within: .seconds(20)).pid
        traffic.enter(.renewed)
        guard await market.replaceHost() else {
            throw OperatorProblem("There is no provider host to replace.")
        }
        let new = try await pid(of: host, otherThan: old)
        say("Provider host \(new) has taken over from \(old)")
        try await Task.sleep(for: .seconds(seconds))
    }

    /// Calls under way become ambiguous and are settled by look-up.
    private func strikeHost() async throws {
        guard let host = wiring.host else { return }
        traffic.enter(.struck)
        try await spoil(providers.new, sparingCustomers: false)
        for pause in plan.strikes {
            try await Task.sleep(for: .milliseconds(pause))
            let old = try await host.status(within: .seconds(20)).pid
            let began = ContinuousClock.now
            await market.kill(DrillMarket.host)
            let new = try await pid(of: host, otherThan: old)
            let took = (ContinuousClock.now - began) / .milliseconds(1)
            say("Provider host \(old) was killed; \(new) serves after \(Int(took)) ms")
        }
        // Whoever was struck has paid by then.
        try await Task.sleep(for: .seconds(1))
    }

    private func pid(of host: HostConnection, otherThan old: Int32) async throws -> Int32 {
        let limit = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < limit {
            // One that takes longer than callers have patience is waited for here.
            let found = try? await host.status(within: .seconds(20)).pid
            if let found, found != old { return found }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw OperatorProblem("No new provider host came in half a minute; see its log.")
    }

    /// The results come late, all at once; the bank dies among them and comes back; then every
    /// webhook comes once more.
    private func settleLate() async throws {
        async let released = ask("/control/release")
        try await Task.sleep(for: .milliseconds(plan.bankDiesAfterMilliseconds))
        try await note(providers.old)
        await market.kill("bank")
        _ = await released
        say("The bank of \(providers.old.name) was killed while it sent its webhooks")
        for _ in 0..<100 {
            if (try? await note(providers.old)) != nil { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        try await spoil(providers.old)
        await ask("/control/release")
        let order = plan.isReversed ? "&order=reverse" : ""
        await ask("/control/redeliver?account=South" + order)
        say(
            "It is back, and has sent every webhook again"
                + (plan.isReversed ? ", in reverse" : ""))
    }

    /// - Returns: whether the bank answered.
    @discardableResult
    private func ask(_ path: String) async -> Bool {
        do {
            _ = try await WalkClient("sandbox bank", providers.old.bankURL).post(path)
            return true
        } catch {
            return false
        }
    }

    private func inspection(of side: SwapProviders.Side) throws -> DrillInspection {
        guard let id = ID<ProviderInstance>(side.id) else {
            throw OperatorProblem("The provider's id cannot be read.")
        }
        return DrillInspection(
            marketplace: wiring.marketplace, bankURL: side.bankURL, instance: id)
    }

    /// What was undone at the old provider, and what of it did not happen.
    private func undone(_ sold: [SwapTraffic.Sold]) async throws -> [String] {
        guard let id = ID<ProviderInstance>(providers.old.id) else { return [] }
        let store = DrillStore(db: wiring.marketplace.database)
        let (released, refunded, cancelled) = try await store.undone(at: id)
        let lost = sold.count { $0.phase == .lost && $0.provider == providers.old.id }
        let counts = [
            (released, "reservations released"), (cancelled, "orders cancelled"),
            (refunded, "refunds"), (lost, "starts whose answer was lost"),
        ]
        say(
            "At \(providers.old.name): "
                + counts.map { "\($0) \($1)" }.joined(separator: ", "))
        return counts.filter { $0.0 == 0 }.map { "no \($0.1), so nothing is proved of them" }
    }

    private func report(_ known: Int) async throws -> Bool {
        let sold = traffic.sold
        var problems = traffic.failed.prefix(5).map { "a customer gave up: \($0)" }
        for side in [providers.old, providers.new] {
            problems += try await inspection(of: side).problems(purchases: known + sold.count)
                .map { "\(side.name): \($0)" }
            let mine = sold.filter { $0.provider == side.id }.count
            say("\(side.name) (\(side.module)): \(mine) purchases")
        }
        let paid = try await DrillStore(db: wiring.marketplace.database).paidAt()
        let strayed = sold.filter { paid[$0.purchase] != $0.provider }
        problems += strayed.prefix(5).map {
            "purchase \($0.purchase) began at \($0.provider) and is paid at "
                + (paid[$0.purchase] ?? "nowhere")
        }
        if Set(sold.map(\.purchase)).count != sold.count { problems.append("one was sold twice") }
        problems += try await undone(sold)
        say("What went wrong: \(happened)")
        problems += happened.missing.map { "nothing was \($0), so nothing is proved of it" }
        for phase in SwapPhase.allCases {
            let times = sold.filter { $0.phase == phase }.map(\.took).sorted()
            guard !times.isEmpty else { continue }
            let (half, most) = (times[times.count / 2], times[(times.count - 1) * 99 / 100])
            let reached = traffic.rate(of: phase).map { Int($0.rounded()) }
            say(
                "\(phase.rawValue): \(times.count) orders, "
                    + (reached.map { "\($0) of \(rate) wanted a second, " } ?? "")
                    + "p50 \(half) ms, p99 \(most) ms, slowest \(times[times.count - 1]) ms")
            if phase.hasBudget, let reached, reached * 2 < rate {
                problems.append("not half of the load came: \(reached) of \(rate) a second")
            }
            if phase.hasBudget, most > Int64(budget) {
                problems.append("99 of 100 orders took up to \(most) ms, above \(budget) ms")
            }
        }
        say(
            "\(sold.count) purchases, \(traffic.failed.count) given up, "
                + "\(traffic.askedAgain) customers chose another way to pay")
        for problem in problems { say("  WRONG  \(problem)") }
        return problems.isEmpty
    }
}

extension DrillTrade {
    /// What the two sellers earn is theirs as soon as it arrives.
    func holdNothing() async throws {
        for seller in sellers {
            let shop = try await seller.get("/api/v1/shop")
            _ = try await admin.post(
                "/api/v1/sellers/\(try shop.text("id"))/hold", ["days": 0, "reason": "a drill"],
                key: Self.newKey())
        }
    }
}
