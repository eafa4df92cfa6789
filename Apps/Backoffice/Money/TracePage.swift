import Kernel
import Vocabulary
import Web

/// The money of one order, as a page for whoever explains it to an accountant.
enum TracePage {
    static func show(_ trace: TraceAnswer) -> DeskPage {
        DeskPage(
            "Money of order \(trace.number)",
            lead: trace.unexplained.isZero
                ? "Every unit is accounted for." : "The books are wrong: \(trace.unexplained).",
            [head(trace), places(trace), lines(trace), roundings(trace)] + trace.steps.map(step))
    }

    private static func head(_ trace: TraceAnswer) -> Block {
        Block(facts: [
            Fact("Purchase", "show", to: Links.purchase(trace.purchase)),
            Fact("Seller", trace.sellerName, to: Links.seller(trace.seller)),
            Fact("State", trace.state.stateCell),
            Fact("Asked of the customer", Format.money(trace.total)),
            Fact("of it shipping", Format.money(trace.shipping)),
            Fact("Frozen: commission", Format.money(trace.commission)),
            Fact("Frozen: tax by the market", Format.money(trace.taxByPlatform)),
            Fact("Frozen: to the seller", Format.money(trace.sellerShare)),
            Fact("Paid at", trace.instanceName ?? "—"),
            Fact("Reference", trace.reference ?? "—"),
        ])
    }

    private static func places(_ trace: TraceAnswer) -> Block {
        Block(
            "Where it is now",
            facts: [Fact("The customer paid", Format.money(trace.paid))],
            table: Table(
                ["With", "Amount#"],
                trace.places.map { [Cell($0.name), .money($0.amount)] }),
            nothing: "Nothing was captured yet.")
    }

    private static func lines(_ trace: TraceAnswer) -> Block {
        Block(
            "How it was divided",
            table: Table(
                ["Thing", "Pieces#", "Total#", "Tax#", "Commission#", "How", "Why this rule"],
                trace.lines.map { line in
                    [
                        Cell(line.title), .number(line.quantity), .money(line.total),
                        .money(line.tax), .money(line.commission),
                        Cell(line.commissionExplanation), Cell(line.commissionReasoning),
                    ]
                }))
    }

    private static func roundings(_ trace: TraceAnswer) -> Block {
        Block(
            "Where the last unit went",
            table: Table(
                ["Amount", "Exactly, in minor units#", "Kept#", "Gained", "Lost"],
                trace.lines.flatMap(\.roundings).map { rounding in
                    [
                        Cell(rounding.what), Cell(rounding.exact, isNumber: true),
                        .money(rounding.kept), Cell(rounding.gainer), Cell(rounding.loser),
                    ]
                }), nothing: "Everything came out even.")
    }

    private static func step(_ step: TraceAnswer.Step) -> Block {
        Block(
            "\(step.kind.inWords) #\(step.transaction)",
            text: "\(Format.time(step.bookedAt)) · \(step.key)",
            table: Table(
                ["Account", "Of", "Amount#"],
                step.moves.map {
                    [Cell($0.account.inWords), Cell($0.owner ?? ""), .money($0.amount)]
                }))
    }
}
