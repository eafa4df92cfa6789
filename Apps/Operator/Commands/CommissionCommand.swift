import ArgumentParser
import Kernel
import Vocabulary

/// `guildhall commission simulate RULE`, `guildhall commission invoice MONTH`
struct CommissionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commission", abstract: "What the market keeps of a sale.",
        subcommands: [Simulate.self, Invoice.self])

    struct Simulate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "simulate",
            abstract: "What a drafted rule would have changed for each seller. Writes nothing.")

        @Argument(help: "The rule's id, as the back office shows it.")
        var rule: String

        @Option(help: "Over the orders of so many days back.")
        var days = 90

        func run() async throws {
            guard let id = ID<CommissionRule>(rule) else {
                throw OperatorProblem("\(rule) is not the id of a rule.")
            }
            guard (1...3650).contains(days) else {
                throw OperatorProblem("The days are 1 to 3650.")
            }
            try await OneTask.run("commission") { wiring in
                do {
                    report(try await wiring.marketplace.simulateCommission(id, days: days))
                } catch let refusal as CommissionRefusal {
                    throw OperatorProblem(refusal.explanation)
                }
            }
        }

        private func report(_ simulation: CommissionSimulation) {
            say(
                "\(simulation.changed) of \(orders(simulation.orders)) since \(simulation.since) "
                    + "would have another commission.")
            for delta in simulation.sellers {
                let sign = delta.difference > 0 ? "+" : ""
                say(
                    "  \(sign)\(Money(delta.difference, delta.currency))  \(delta.sellerName): "
                        + "\(Money(delta.charged, delta.currency)) → "
                        + "\(Money(delta.simulated, delta.currency)) in \(orders(delta.orders))")
            }
        }

        private func orders(_ count: Int) -> String { Format.count(count, "order", "orders") }
    }

    struct Invoice: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "invoice",
            abstract: "Writes the invoices of a month that is over; safe to repeat.")

        @Argument(help: "The month, such as 2026-11.")
        var month: String

        func run() async throws {
            try await OneTask.run("commission") { wiring in
                do {
                    let issued = try await wiring.marketplace.invoiceCommission(of: month)
                    for invoice in issued {
                        say("  \(invoice.number)  \(invoice.sellerName): \(invoice.total)")
                    }
                    if issued.isEmpty { say("Nothing is to be invoiced.") }
                } catch let refusal as InvoiceRefusal {
                    throw OperatorProblem(refusal.explanation)
                }
            }
        }
    }
}
