import Foundation
import Kernel

/// What a simulation has to say: sentences for a person, or JSON lines for a program. Progress
/// goes to standard error.
struct SimReport: Sendable {
    let isJSON: Bool

    private struct Told: Encodable {
        let seed: UInt64
        let events, purchases, payouts: Int
        let fault: String?
        let story: [String]
    }

    private struct Tried: Encodable {
        let property: String
        let cases: Int
        let seed: UInt64
        let fault: String?
        let seconds: Int64
    }

    private struct Sum: Encodable {
        let seeds: UInt64
        let events: Int
        let seconds: Int64
    }

    /// One line a month of the market.
    func progress(_ simulation: Simulation, _ progress: Simulation.Progress) {
        let isOver = progress.day == simulation.days
        guard progress.day.isMultiple(of: Self.daysBetween) || isOver else { return }
        let line =
            "seed \(simulation.seed): day \(progress.day) of \(simulation.days), "
            + "\(progress.events) events\(progress.isShortening ? ", shortening the story" : "")\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    private static let daysBetween = 30

    func tell(_ seed: UInt64, _ outcome: Simulation.Outcome, days: Int, sellers: Int) throws {
        if isJSON {
            return try print(
                Told(
                    seed: seed, events: outcome.events, purchases: outcome.purchases,
                    payouts: outcome.payouts, fault: outcome.fault, story: outcome.story))
        }
        guard let fault = outcome.fault else {
            say(
                "seed \(seed): \(outcome.events) events, \(outcome.purchases) purchases, "
                    + "\(outcome.payouts) payouts: all held")
            return
        }
        say("seed \(seed): after \(outcome.events) events: \(fault)")
        say("The shortest story that still fails:")
        for (number, line) in outcome.story.enumerated() { say("  \(number + 1). \(line)") }
        say("again: guildhall sim --seed \(seed) --days \(days) --sellers \(sellers)")
    }

    func tell(
        _ claim: String, cases: Int, from seed: UInt64, _ fault: (seed: UInt64, fault: String)?,
        in duration: Duration
    ) throws {
        let seconds = duration.components.seconds
        if isJSON {
            return try print(
                Tried(
                    property: claim, cases: cases, seed: fault?.seed ?? seed, fault: fault?.fault,
                    seconds: seconds))
        }
        let outcome = fault.map { "WRONG with seed \($0.seed): \($0.fault)" } ?? "all held"
        say("\(claim): \(cases) cases from seed \(seed) in \(seconds) s, \(outcome)")
    }

    func sum(seeds: UInt64, events: Int, in duration: Duration) throws {
        let seconds = duration.components.seconds
        if isJSON { return try print(Sum(seeds: seeds, events: events, seconds: seconds)) }
        say("\(seeds) seeds, \(events) events in \(seconds) s.")
    }

    private func print(_ line: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        say(String(decoding: try encoder.encode(line), as: UTF8.self))
    }
}
