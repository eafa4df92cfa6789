import Kernel
import Vocabulary
import Web

/// The money of one order, as a page for whoever explains it to an accountant.
enum TracePage {
    static func show(_ trace: TraceAnswer) -> DeskPage {
        DeskPage(
            "Money of order \(trace.number)",
            lead: trace.unexplained.isZero
                ? "Every unit is accounted for."
                : "The books are wrong: \(Format.money(trace.unexplained)).",
            [head(trace), places(trace), lines(trace), roundings(trace)] + trace.steps.map(step))
    }

    private static func head(_ trace: TraceAnswer) -> Block {
        Block(facts: [
            Fact("Purchase", "show", to: Links.purchase(trace.purchase)),
            Fact("Seller", data: trace.sellerName, to: Links.seller(trace.seller)),
            Fact("State", trace.state.stateCell),
            Fact("Asked of the customer", data: Format.money(trace.total)),
            Fact("of it shipping", data: Format.money(trace.shipping)),
            Fact("Frozen: commission", data: Format.money(trace.commission)),
            Fact("Frozen: tax by the market", data: Format.money(trace.taxByPlatform)),
            Fact("Frozen: to the seller", data: Format.money(trace.sellerShare)),
            Fact("Paid at", data: trace.instanceName ?? "—"),
            Fact("Reference", data: trace.reference ?? "—"),
        ])
    }

    private static func places(_ trace: TraceAnswer) -> Block {
        Block(
            "Where it is now",
            facts: [Fact("The customer paid", data: Format.money(trace.paid))],
            table: Table(
                ["With", "Amount#"],
                trace.places.map { [Cell(data: place($0.name)), .money($0.amount)] }),
            nothing: "Nothing was captured yet.")
    }

    /// `Clay: seller available`, where one of the books' accounts has it.
    private static func place(_ name: String) -> String {
        guard let colon = name.ranges(of: ": ").last else { return localized(sentence: name) }
        let account = String(name[colon.upperBound...])
        return name[..<colon.upperBound] + localized(name: account)
    }

    /// A seller's name stays as it is; the others are `the market`, `the customer` and the state.
    private static func whose(_ name: String) -> String {
        name.hasPrefix("the ") ? localized(sentence: name) : name
    }

    private static func lines(_ trace: TraceAnswer) -> Block {
        Block(
            "How it was divided",
            table: Table(
                ["Thing", "Pieces#", "Total#", "Tax#", "Commission#", "How", "Why this rule"],
                trace.lines.map { line in
                    [
                        Cell(data: line.title), .number(line.quantity), .money(line.total),
                        .money(line.tax), .money(line.commission),

                        Cell(data: line.commissionExplanation.workedOut),
                        Cell(data: line.commissionReasoning.reasoned),
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

                        Cell(data: localized(sentence: rounding.what)),
                        Cell(data: Format.decimal(rounding.exact), isNumber: true),
                        .money(rounding.kept),
                        Cell(data: whose(rounding.gainer)),
                        Cell(data: whose(rounding.loser)),
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
                    [Cell(data: $0.account.inWords), Cell(data: $0.owner ?? ""), .money($0.amount)]
                }))
    }
}
