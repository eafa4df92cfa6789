import ArgumentParser
import Kernel
import Vocabulary

/// `guildhall ledger verify`, `guildhall ledger trace ORDER`
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "The books.", subcommands: [Verify.self, Trace.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Recomputes everything from the entries; fails on a single unit.")

        func run() async throws {
            try await OneTask.run("ledger") { wiring in
                let report = try await wiring.marketplace.recordVerification()
                for check in report.checks {
                    say("  \(check.culprits.isEmpty ? "holds" : "WRONG")  \(check.claim)")
                    for culprit in check.culprits { say("         \(culprit)") }
                }
                say("\(report.transactions) transactions, \(report.entries) entries.")
                if !report.isClean { throw ExitCode(1) }
            }
        }
    }

    struct Trace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "trace",
            abstract: "Shows where each minor unit of an order came from and went.")

        @Argument(help: "The order's number, such as K7M49XQ2-1, or its id.")
        var order: String

        func run() async throws {
            try await OneTask.run("ledger") { wiring in
                let trace = try await wiring.marketplace.traceMoney(ofOrder: order)
                TraceText.lines(trace).forEach(say)
                if !trace.unexplained.isZero { throw ExitCode(1) }
            }
        }
    }
}

/// A trace as a person reads it in a terminal.
enum TraceText {
    static func lines(_ trace: MoneyTrace) -> [String] {
        let head = trace.head
        var lines = [
            "Order \(head.number) of \(head.sellerName), \(head.state.rawValue)",
            "  the customer paid \(trace.paid) of \(head.total)"
                + (head.instanceName.map { " at \($0)" } ?? "")
                + (head.reference.map { ", reference \($0)" } ?? ""),
            "  frozen: \(head.sellerShare) for the seller, \(head.commission) commission, "
                + "\(head.taxByPlatform) tax handed on by the market",
            "", "How it was divided",
        ]
        for line in trace.lines {
            lines.append(
                "  \(line.quantity) × \(line.title): \(line.total), tax \(line.tax) "
                    + (line.taxIncluded ? "in it" : "on top"))
            lines.append("    commission: \(line.explanation)")
            if !line.reasoning.isEmpty { lines.append("    why: \(line.reasoning)") }
            for rounding in line.roundings {
                lines.append(
                    "    rounded: \(rounding.what) is exactly \(rounding.exact) units, kept "
                        + "\(rounding.kept.amount); \(rounding.gainer) gained, \(rounding.loser) "
                        + "lost")
            }
        }
        lines += ["", "What happened"]
        for step in trace.steps {
            lines.append("  #\(step.transaction) \(step.kind.rawValue)  \(step.key)")
            for move in step.moves {
                lines.append(
                    "    \(padded(move.amount.description))  \(move.account.rawValue)"
                        + (move.owner.map { " of \($0)" } ?? ""))
            }
        }
        lines += ["", "Where it is now"]
        lines += trace.places.map { "    \(padded($0.amount.description))  \($0.name)" }
        lines.append(
            trace.unexplained.isZero
                ? "Every unit is accounted for." : "UNEXPLAINED: \(trace.unexplained)")
        return lines
    }

    private static func padded(_ text: String) -> String {
        String(repeating: " ", count: max(0, 16 - text.count)) + text
    }
}
