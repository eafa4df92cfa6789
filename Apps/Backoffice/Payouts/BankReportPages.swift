import Kernel
import Vocabulary
import Web

enum BankReportPages {
    static func list(
        _ page: Kernel.Page<BankReportRun>, _ instances: [ProviderInstance],
        _ admin: Administrator
    ) -> DeskPage {
        let choices = instances.map { (key: $0.id.description, text: Phrase.data($0.name)) }
        let form = DeskForm(
            "Read it", to: "/bank-reports",
            hint: """
                A status report (pain.002), a statement (camt.052, camt.053) or a notification \
                (camt.054). Reading one twice changes nothing.
                """,
            [
                .choice("instance", "About the files of", choices),
                .file("content", "The bank's message", help: "XML, 8 MB at most."),
            ])
        let mayRead = Duty.runPayouts.isAllowed(to: admin.roles) && !choices.isEmpty
        return DeskPage(
            "The bank's messages",
            lead: choices.isEmpty
                ? "No provider of this market pays by files for a bank, so none has an answer."
                : "What the bank says became of the transfers in our files.",
            (mayRead ? [Block("Read a message", forms: [form])] : []) + [
                Block(
                    table: Table(
                        [
                            "Message", "Format", "Provider", "Read", "Settled#",
                            "Not as we have it#",
                            "Not ours#",
                        ],
                        page.items.map { run in
                            [
                                Cell(
                                    run.message.isEmpty ? "without an id" : .data(run.message),
                                    to: "/bank-reports/\(run.id)"),
                                Cell(data: run.format),
                                Cell(data: run.instanceName, to: Links.provider(run.instance)),
                                .time(run.readAt), .number(run.settled), .number(run.wrong),
                                .number(run.unknown),
                            ]
                        }), nothing: "No message was read yet.",
                    more: page.next.map { "/bank-reports?after=\(Cursor.seal($0))" })
            ])
    }

    static func show(_ run: BankReportRun) -> DeskPage {
        DeskPage(
            run.message.isEmpty ? "A bank's message" : .data(run.message),
            lead: run.wrong > 0
                ? "Some lines are not as we have it: look into them." : nil,
            [
                Block(facts: [
                    Fact("Format", data: run.format), Fact("Read", data: Format.time(run.readAt)),
                    Fact("Provider", data: run.instanceName, to: Links.provider(run.instance)),
                    Fact("Payouts settled", data: String(run.settled)),
                    Fact("Not as we have it", data: String(run.wrong)),
                    Fact("Not ours", data: String(run.unknown)),
                ]),
                Block(
                    table: Table(
                        ["Reference", "The bank says", "What we did", "Why", "Amount#"],
                        run.findings.map { line in
                            [
                                Cell(
                                    data: line.reference, to: line.payout.map { "/payouts/\($0)" }),
                                Cell(words(line.outcome)), Cell(words(line.result)),
                                Cell(data: line.reason ?? ""),
                                line.amount.map { .money($0) } ?? Cell(""),
                            ]
                        }), nothing: "It says nothing of any transfer."),
            ])
    }

    private static func words(_ outcome: BankReport.Outcome) -> Phrase {
        switch outcome {
        case .executed: "executed"
        case .returned: "came back"
        case .underWay: "under way"
        }
    }

    private static func words(_ result: BankReportFinding.Result) -> Phrase {
        switch result {
        case .settled: "settled the payout"
        case .known: "knew it already"
        case .underWay: "wait"
        case .unknown: "not ours"
        case .otherAmount: "nothing: the amount is not the payout's"
        case .contradicts: "froze the seller's payouts: it had failed"
        }
    }
}
