import ArgumentParser
import Kernel

/// `guildhall ledger verify`
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "The books.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Recomputes everything from the entries; fails on a single unit.")

        func run() async throws {
            try await OneTask.run("ledger") { wiring in
                let report = try await wiring.marketplace.verifyLedger()
                for check in report.checks {
                    say("  \(check.culprits.isEmpty ? "holds" : "WRONG")  \(check.claim)")
                    for culprit in check.culprits { say("         \(culprit)") }
                }
                say("\(report.transactions) transactions, \(report.entries) entries.")
                if !report.isClean { throw ExitCode(1) }
            }
        }
    }
}
