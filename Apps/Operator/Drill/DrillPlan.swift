import ArgumentParser
import Vocabulary

/// A part of the main job that a drill goes through.
enum DrillFlow: String, CaseIterable, Sendable, ExpressibleByArgument {
    case checkout, capture, refund, payout
    /// Instead of what comes after the checkout: all of it is called off while its money is only
    /// reserved.
    case cancel
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
    /// and the bank first. Every fifth round dies at no step but by the clock. With a `victim`,
    /// that one dies each time, at the steps of all the others.
    init(
        _ flows: [DrillFlow], rounds: Int, seed: UInt64,
        among victims: [String] = DrillMarket.victims, victim: String? = nil
    ) {
        var random = SplitMix64(seed: seed)
        let others = flows.flatMap(\.steps).map { DrillDeath.step($0, server: victim) }
        let own = flows.flatMap(\.steps).map { DrillDeath.step($0, server: nil) }
        let hosts =
            victims.contains(DrillMarket.host)
            ? flows.flatMap(\.hostSteps).map { DrillDeath.step($0, server: DrillMarket.host) } : []
        let servers = flows.flatMap(\.marketSteps).map { DrillDeath.step($0, server: "postgres") }
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
                    ? servers.shuffled(using: &random) + hosts.shuffled(using: &random)
                        + own.shuffled(using: &random)
                    : others.shuffled(using: &random)
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
        }
    }

    /// Whether somebody who goes through it comes by this step.
    func reaches(_ step: String) -> Bool { steps.contains(step) }

    /// These, and those that the bank reaches.
    fileprivate var steps: [String] { marketSteps + bankSteps }

    /// Steps at which the provider host has a call before it, or is in the middle of one.
    fileprivate var hostSteps: [String] { ["\(call).before-call"] + bankSteps }

    private var bankSteps: [String] { ["bank.\(call).before-journal", "bank.\(call).journaled"] }

    private var call: String {
        switch self {
        case .checkout: "start"
        case .cancel: "void"
        case .capture, .refund, .payout: rawValue
        }
    }
}
