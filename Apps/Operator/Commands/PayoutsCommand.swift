import ArgumentParser
import Kernel
import Vocabulary

/// `guildhall payouts run`
struct PayoutsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payouts", abstract: "Sellers' money on its way out.",
        subcommands: [Run.self])

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: "Releases what is no longer held, and pays out what is available.")

        func run() async throws {
            try await OneTask.run("payouts") { wiring in
                let run = try await wiring.marketplace.runPayouts()
                for payout in run.payouts {
                    say("  \(payout.amount) to wallet \(payout.wallet): \(payout.state.rawValue)")
                }
                for waiting in run.waiting {
                    say(
                        "  \(waiting.amount) in wallet \(waiting.wallet) stays: "
                            + waiting.reason.rawValue)
                }
                if run.payouts.isEmpty, run.waiting.isEmpty { say("Nothing is available.") }
            }
        }
    }
}
