import ArgumentParser
import Foundation
import Kernel
import Logging

extension DrillCommand {
    struct Swap: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "swap",
            abstract:
                "Swaps the payment provider under continuing checkouts, and looks for losses.",
            discussion: """
                Starts a market of its own with two banks and two providers of different modules. \
                Customers buy all the time; many payments are under way at the first provider when \
                the rules turn to the second; the answers to some are lost as they do. Of what was \
                bought there, one purchase in ten is cancelled whole, one in half, and one is \
                given back in half. Both banks' webhooks come late, twice and in any order, and \
                their answers get lost, cut off, or are 409, 429, 500 and 503: until the host is \
                killed only to calls for which no customer waits, but for those few. The first \
                drains, and its bank is killed and comes back. When nothing of it is open it is \
                retired. Then a new provider host takes the place of the one that runs, and is \
                killed three times. In the end every payment must be settled where it began, \
                nothing lost, nothing doubled, both banks' own books equal to the ledger, and no \
                checkout slower than its budget.
                """)

        @Option(help: "How many payments are under way at the first provider at the swap.")
        var inflight = 200

        @Option(help: "How many checkouts begin in a second, if the machine can.")
        var rate = 50

        @Option(help: "How long customers buy before, and after, the swap, in seconds.")
        var seconds = 10

        @Option(help: "The longest that 99 of 100 orders may take, in milliseconds.")
        var p99 = 500

        @Option(
            help: "How long the first provider may take to drain, in seconds, before it ends.")
        var drainWithin = 600

        @Option(
            help: ArgumentHelp(
                "What goes wrong: which webhooks are late, double and out of order, which calls "
                    + "fail and how, when the bank and the host die.",
                discussion: "A new one each time unless it is given; it is printed."))
        var seed = UInt64.random(in: 1...999_999)

        @Flag(help: "Leave the folder with the logs where it is.")
        var keep = false

        func validate() throws {
            guard (1...5000).contains(inflight), (1...1000).contains(rate),
                (1...600).contains(seconds), (1...60_000).contains(p99),
                (1...7200).contains(drainWithin)
            else {
                throw ValidationError(
                    "--inflight is 1 to 5000, --rate 1 to 1000, --seconds 1 to 600, "
                        + "--drain-within 1 to 7200.")
            }
        }

        func run() async throws {
            let market = try DrillMarket(seconds: 5)
            var isWell = false
            do {
                say("A market for this drill, in \(market.home)")
                try await market.open()
                try await market.openSecondBank()
                let drill = try await SwapDrill(
                    market, inflight: inflight, rate: rate, seconds: seconds, budget: p99,
                    drainSeconds: drainWithin, plan: SwapPlan(seed: seed, seconds: seconds))
                do { isWell = try await drill.run() } catch {
                    await drill.close()
                    throw error
                }
                await drill.close()
            } catch {
                await market.close(keepingFolder: true)
                throw error
            }
            await market.close(keepingFolder: keep || !isWell)
            guard isWell else {
                say("The logs are in \(market.home)/logs.")
                throw ExitCode.failure
            }
            say("Swapped: nothing lost, nothing doubled, every payment settled where it began.")
        }
    }
}
