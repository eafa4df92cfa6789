import ArgumentParser
import Foundation
import Kernel
import Logging
import Vocabulary

/// `guildhall drill crash`
struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Breaks a market of its own on purpose.",
        subcommands: [Crash.self, Swap.self])

    struct Crash: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "crash",
            abstract: "Kills processes at every persisted step, and looks whether money is exact.",
            discussion: """
                Starts PostgreSQL, Redis, the sandbox bank, the apps, the worker and the provider \
                host (unless GUILDHALL_PROVIDER_SOCKET is none) in a folder of its own, all real. \
                In each round a customer buys from two artisans, or calls it all off again, while \
                one process dies by kill -9 at an exact step or at a random moment; everybody asks \
                again until it is done. Then the ledger is verified, nothing may be stuck or \
                doubled, and the bank's own books must agree to the unit.

                With --stripe the money is at Stripe's module and a fake Stripe, and artisans have \
                accounts there, out of which payouts are taken back and sent on to their banks.
                """)

        @Option(
            help: """
                What rounds go through: checkout,capture,refund,payout,cancel,part and, with \
                --stripe, reversal,bank-payout. All of it when it is not said.
                """)
        var flow: String?

        @Option(help: "The program that speaks Stripe's API: Tests/Stripe/server.py.")
        var stripe: String?

        @Option(help: "How many rounds.")
        var rounds = 50

        @Option(help: "Plans the deaths. The same seed plans the same ones.")
        var seed: UInt64 = 1

        @Option(help: "Only this round of the plan, to repeat one that failed.")
        var only: Int?

        @Option(help: "How long a provider may take to answer, in seconds.")
        var providerSeconds = 1

        @Option(help: "Only this process dies, by the clock or as somebody reaches a step.")
        var victim: String?

        @Flag(help: "Leave the folder with the logs where it is.")
        var keep = false

        func validate() throws {
            guard (1...10_000).contains(rounds) else {
                throw ValidationError("--rounds must be between 1 and 10000.")
            }
            guard (1...20).contains(providerSeconds) else {
                throw ValidationError("--provider-seconds must be between 1 and 20.")
            }
            if let victim, !DrillMarket.victims.contains(victim) {
                let known = DrillMarket.victims.joined(separator: ", ")
                throw ValidationError("There is no \(victim) to kill; there are \(known).")
            }
            if let only, !(1...rounds).contains(only) {
                throw ValidationError("--only must be one of the \(rounds) rounds.")
            }
            if let stripe, !FileManager.default.isReadableFile(atPath: stripe) {
                throw ValidationError("There is no program \(stripe).")
            }
            _ = try flows()
        }

        private var flowText: String {
            let all = DrillFlow.allCases.filter { stripe != nil || !$0.needsAccounts }
            return flow ?? all.map(\.rawValue).joined(separator: ",")
        }

        private func flows() throws -> [DrillFlow] {
            let names = flowText.split(separator: ",").map(String.init)
            let flows = try names.map { name in
                guard let flow = DrillFlow(rawValue: name) else {
                    let known = DrillFlow.allCases.map(\.rawValue).joined(separator: ",")
                    throw ValidationError("There is no flow \(name); there are \(known).")
                }
                return flow
            }
            // Each begins where the one before ends, but for calling off.
            guard !flows.isEmpty, flows == Array(DrillFlow.allCases.prefix(flows.count)) else {
                throw ValidationError("--flow begins with checkout and leaves nothing out.")
            }
            guard stripe != nil || !flows.contains(where: \.needsAccounts) else {
                throw ValidationError("Only with --stripe do sellers have accounts.")
            }
            return flows
        }

        func run() async throws {
            let began = ContinuousClock.now
            let market = try DrillMarket(seconds: providerSeconds, stripe: stripe)
            if let victim, !market.victims.contains(victim) {
                throw ValidationError("There is no \(victim) to kill in this market.")
            }
            var isWell = false
            do {
                say("A market for this drill, in \(market.home)")
                try await market.open()
                let plan = DrillPlan(
                    try flows(), rounds: rounds, seed: seed, among: market.victims,
                    victim: victim)
                let drill = try await CrashDrill(
                    market, try flows(), payingAt: try await market.openProvider())
                isWell = try await drill.run(plan, only: only, repeating: repetition)
                await drill.close()
            } catch {
                await market.close(keepingFolder: true)
                throw error
            }
            await market.close(keepingFolder: keep || !isWell)
            let seconds = (ContinuousClock.now - began).components.seconds
            guard isWell else {
                say("The logs are in \(market.home)/logs.")
                throw ExitCode.failure
            }
            say(
                "\(only == nil ? rounds : 1) rounds in \(seconds) s: nothing lost, nothing doubled."
            )
        }

        private func repetition(_ round: Int) -> String {
            "guildhall drill crash --flow \(flowText) --rounds \(rounds) --seed \(seed)"
                + " --only \(round)"
                + (victim.map { " --victim \($0)" } ?? "")
                + (stripe.map { " --stripe \($0)" } ?? "")
        }
    }
}
