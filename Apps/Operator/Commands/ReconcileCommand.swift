import ArgumentParser
import Kernel
import Vocabulary

/// `guildhall reconcile INSTANCE --day 2026-11-21`
struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compares a provider's own books of a day with ours, line by line.")

    @Argument(help: "The provider's name, or its id.")
    var instance: String

    @Option(help: "The day in UTC, such as 2026-11-21; yesterday when it is left out.")
    var day: String?

    func run() async throws {
        try await OneTask.run("reconcile") { wiring in
            let marketplace = wiring.marketplace
            let found = try await marketplace.paymentInstance(named: instance)
            let yesterday = Day(containing: .systemNow).before
            guard let day = day.map({ Day($0) }) ?? yesterday else {
                throw OperatorProblem("--day is a date such as 2026-11-21.")
            }
            let run = try await marketplace.reconcile(found.id, day)
            say("\(run.instanceName) on \(run.day): \(run.matched) lines have their counterpart.")
            for fault in run.faults {
                let reference = fault.reference ?? "without reference"
                say("  \(fault.side.rawValue): \(fault.kind) \(reference)")
                if let ours = fault.ours {
                    say("    ours    \(ours)  \(fault.keys.joined(separator: ", "))")
                }
                if let theirs = fault.theirs {
                    say("    theirs  \(theirs)  line \(fault.entries.joined(separator: ", "))")
                }
                say("    \(fault.cause)")
            }
            if !run.isClean {
                say("\(run.unmatched) without a counterpart.")
                throw ExitCode(1)
            }
        }
    }
}
