import ArgumentParser
import Kernel

/// `guildhall audit verify`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit trail.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Compares trail and books with their seals; names what was touched by hand.")

        @Option(help: "A head's hash that was noted before: it must still be in its chain.")
        var head: String?

        func run() async throws {
            try await OneTask.run("audit") { wiring in
                var isClean = true
                var known = head == nil
                for chain in SealedChain.allCases {
                    let report = try await wiring.marketplace.verifySeals(chain)
                    isClean = isClean && report.isClean
                    say(
                        "\(chain.rawValue): \(report.rows) rows in \(report.seals) seals, "
                            + "\(report.unsealed) not sealed yet")
                    for fault in report.faults { say("  WRONG  \(fault)") }
                    if let head = report.head { say("  head \(head.number) \(head.hash)") }
                    if let head, let found = try await wiring.marketplace.seal(chain, hash: head) {
                        known = true
                        say("  seal \(found.number) of \(found.at) is the one that was noted")
                    }
                }
                if !known { say("WRONG: no chain has the head that was noted.") }
                if !isClean || !known { throw ExitCode(1) }
            }
        }
    }
}
