import Foundation
import Kernel
import Logging
import Vocabulary

/// The rounds of a drill, one after the other on the same market.
struct CrashDrill: Sendable {
    private let market: DrillMarket
    private let flows: [DrillFlow]
    private let wiring: Wiring
    private let trade: DrillTrade
    private let inspection: DrillInspection
    /// Whose money goes on to a bank, where sellers have accounts.
    private let account: ID<PayoutAccount>?

    init(
        _ market: DrillMarket, _ flows: [DrillFlow], payingAt bank: DrillProvider
    ) async throws {
        self.market = market
        self.flows = flows
        var settings = market.settings
        settings.running.logFormat = .text
        settings.running.logLevel = .critical
        settings.running.drillFolder = nil
        Observing.begin(settings, process: "drill")
        wiring = try Wiring(settings, process: "drill")
        guard let folder = settings.running.demoFolder else {
            throw OperatorProblem("A drill needs a demo market.")
        }
        trade = try await DrillTrade(
            try DemoMarket.read(folder: folder), settings.network, payingAt: bank)
        guard let instance = ID<ProviderInstance>(trade.provider) else {
            throw OperatorProblem("The provider's id cannot be read.")
        }
        let stripe = bank.isStripe ? WalkClient("Stripe", bank.url) : nil
        var account: ID<PayoutAccount>?
        if let stripe {
            let opened = try await trade.openAccounts(
                at: stripe, storefront: settings.network.storefrontURL)
            account = try await DrillStore(db: wiring.marketplace.database)
                .payoutAccount(opened.first ?? "", at: instance)
        }
        self.account = account
        inspection = DrillInspection(
            marketplace: wiring.marketplace, bankURL: bank.url, instance: instance,
            stripe: stripe)
    }

    func close() async { await wiring.close() }

    /// - Returns: whether every round ended well; stops at the first that does not.
    func run(
        _ plan: DrillPlan, only: Int?, repeating: (Int) -> String
    ) async throws -> Bool {
        var made = try await inspection.purchases()
        for (index, death) in plan.deaths.enumerated() where only == nil || only == index + 1 {
            let number = index + 1
            let began = ContinuousClock.now
            made += 1
            let problems = try await round(death, purchases: made)
            let died = await market.takeDeaths()
            let took = ContinuousClock.now - began
            let seconds =
                Double(took.components.seconds)
                + Double(took.components.attoseconds) / 1e18
            let line = [
                "round \(number)", "\(death)",
                "died: \(died.isEmpty ? "nobody" : died.joined(separator: ", "))",
                String(format: "%.1f s", seconds), problems.isEmpty ? "exact" : "WRONG",
            ]
            say(line.joined(separator: " · "))
            guard problems.isEmpty else {
                for problem in problems { say("  \(problem)") }
                say("  again: \(repeating(number))")
                return false
            }
        }
        return true
    }

    private func round(_ death: DrillDeath, purchases: Int) async throws -> [String] {
        market.orders.clear()
        let killer = try await order(death)
        do {
            try await goThrough(death)
        } catch let problem as WalkProblem {
            killer?.cancel()
            return ["\(problem)"]
        } catch let stuck as DrillStuck {
            killer?.cancel()
            return ["\(stuck)"]
        }
        await killer?.value
        var problems = try await inspection.problems(purchases: purchases)
        if case .step(let step, _) = death, !market.orders.wasReached(step) {
            problems.append("nobody reached \(step)")
        }
        return problems
    }

    /// Whoever dies in one of the flows that are instead of others goes that way alone.
    private func goThrough(_ death: DrillDeath) async throws {
        if isOf(.cancel, death) {
            // What is cancelled is neither shipped nor paid out.
            for order in try await trade.checkOut().orders { try await trade.cancel(order) }
        } else if isOf(.part, death) {
            let bought = try await trade.checkOut(pieces: 2)
            try await trade.callOff(bought)
            try await trade.ship(bought)
            try await trade.payOut(bought)
        } else if isOf(.reversal, death) {
            let bought = try await trade.checkOut()
            try await trade.ship(bought)
            try await trade.payOut(bought)
            try await trade.takeBack()
            try await trade.refund(bought)
        } else if isOf(.bankPayout, death), let account, let stripe = inspection.stripe {
            let bought = try await trade.checkOut()
            try await trade.ship(bought)
            try await trade.payOut(bought)
            try await trade.sendToBank(from: account, at: stripe)
        } else {
            let bought = try await trade.checkOut()
            if flows.contains(.capture) { try await trade.ship(bought) }
            // Where one order is all there is, nothing of it would be left to pay out.
            if flows.contains(.refund), bought.orders.count > 1 || !isOf(.payout, death) {
                try await trade.refund(bought)
            }
            if flows.contains(.payout) { try await trade.payOut(bought) }
        }
    }

    private func isOf(_ flow: DrillFlow, _ death: DrillDeath) -> Bool {
        guard case .step(let step, _) = death else { return false }
        return flow.reaches(step)
    }

    /// Leaves the order to die, or sends somebody who kills at his time.
    private func order(_ death: DrillDeath) async throws -> Task<Void, Never>? {
        switch death {
        case .step(let step, let server):
            var victim: pid_t?
            if let server { victim = await market.pid(of: server) }
            try market.orders.give(step, victim: victim)
            return nil
        case .moment(let milliseconds, let victim):
            return Task { [market] in
                _ = try? await Task.sleep(for: .milliseconds(milliseconds))
                if !Task.isCancelled { await market.kill(victim) }
            }
        }
    }
}
