import ArgumentParser
import Vocabulary

/// A part of the main job that a drill goes through.
enum DrillFlow: String, CaseIterable, Sendable, ExpressibleByArgument {
    case checkout, capture, refund, payout
    /// Instead of what comes after the checkout: all of it is called off while its money is only
    /// reserved.
    case cancel
    /// Instead of it, too: a piece of the first order is called off before it is shipped.
    case part
    /// Instead of it, too: what was paid out is taken back out of the seller's account, and given
    /// back to the customer. Only where sellers have accounts at the provider.
    case reversal
    /// Instead of it, too: an administrator has some of what was paid out sent on to the seller's
    /// bank. Only where sellers have accounts at the provider.
    case bankPayout = "bank-payout"

    /// Whether sellers have accounts at the provider where it is gone through.
    var needsAccounts: Bool { self == .reversal || self == .bankPayout }
}

/// One death in one round: at an exact step, or after so many milliseconds.
enum DrillDeath: Sendable, CustomStringConvertible {
    /// Whoever reaches the step dies, or the named server does when they reach it.
    case step(String, server: String?)
    case moment(milliseconds: Int, victim: String)

    var description: String {
        switch self {
        case .step(let step, nil): step
        case .step(let step, let server?): "\(step), \(server)"
        case .moment(let milliseconds, let victim): "\(victim) after \(milliseconds) ms"
        }
    }
}

/// Which death each round of a drill brings. The same seed plans the same deaths.
struct DrillPlan: Sendable {
    let deaths: [DrillDeath]

    /// Every step of the flows once for its own process, once for PostgreSQL and, where it may be
    /// in the middle of a call, once for the provider host; each in a shuffled order, own processes
    /// and the bank first, whose steps come only where it is one of those that die, and of them
    /// first what nobody goes through but sellers' accounts. Every fifth round dies at no step but
    /// by the clock. With a `victim`, that one dies each time, at the steps of all the others.
    init(
        _ flows: [DrillFlow], rounds: Int, seed: UInt64,
        among victims: [String] = DrillMarket.victims, victim: String? = nil
    ) {
        var random = SplitMix64(seed: seed)
        let isBank = victims.contains(DrillMarket.bank)
        let isHost = victims.contains(DrillMarket.host)
        // Whatever stands last has its turn first.
        func turns(_ server: String?, _ steps: (DrillFlow) -> [String]) -> [DrillDeath] {
            [false, true].flatMap { needsAccounts in
                flows.filter { $0.needsAccounts == needsAccounts }.flatMap(steps)
                    .map { DrillDeath.step($0, server: server) }.shuffled(using: &random)
            }
        }
        var queue: [DrillDeath] = []
        var deaths: [DrillDeath] = []
        while deaths.count < rounds {
            if deaths.count % 5 == 4 {
                let dying =
                    victim ?? victims.randomElement(using: &random) ?? "worker"
                deaths.append(
                    .moment(milliseconds: .random(in: 0...1500, using: &random), victim: dying))
                continue
            }
            if queue.isEmpty {
                queue =
                    victim == nil
                    ? turns("postgres", \.marketSteps)
                        + turns(DrillMarket.host) { isHost ? $0.hostSteps(isBank) : [] }
                        + turns(nil) { $0.steps(isBank) }
                    : turns(victim) { $0.steps(isBank) }
            }
            deaths.append(queue.removeLast())
        }
        self.deaths = deaths
    }
}

extension DrillFlow {
    /// Steps that the market's own processes reach.
    fileprivate var marketSteps: [String] {
        let moments = [
            "intent-committed", "before-call", "after-call", "before-record", "recorded",
        ]
        switch self {
        case .checkout:
            return moments.map { "start.\($0)" }
                + ["webhook.intent-committed", "webhook.recorded"]
        case .capture: return moments.map { "capture.\($0)" }
        case .refund: return moments.map { "refund.\($0)" }
        case .payout: return moments.map { "payout.\($0)" }
        case .cancel: return moments.map { "void.\($0)" }
        case .part: return ["call-off.before-record", "call-off.recorded"]
        case .reversal, .bankPayout: return moments.map { "\(rawValue).\($0)" }
        }
    }

    /// Whether somebody who goes through it comes by this step.
    func reaches(_ step: String) -> Bool { steps(true).contains(step) }

    /// These, and those that the bank reaches, if it is one that dies.
    fileprivate func steps(_ isBank: Bool) -> [String] {
        marketSteps + (isBank ? bankSteps : [])
    }

    /// Steps at which the provider host has a call before it, or is in the middle of one.
    fileprivate func hostSteps(_ isBank: Bool) -> [String] {
        guard let call else { return [] }
        return ["\(call).before-call"] + (isBank ? bankSteps : [])
    }

    private var bankSteps: [String] {
        guard let call, !needsAccounts else { return [] }
        return ["bank.\(call).before-journal", "bank.\(call).journaled"]
    }

    /// What the provider is asked in it; nil when it is not asked anything of its own.
    private var call: String? {
        switch self {
        case .checkout: "start"
        case .cancel: "void"
        case .capture, .refund, .payout, .reversal, .bankPayout: rawValue
        case .part: nil
        }
    }
}
