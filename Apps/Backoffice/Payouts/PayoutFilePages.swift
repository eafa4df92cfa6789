import Kernel
import Vocabulary
import Web

enum PayoutFilePages {
    static func list(
        _ page: Kernel.Page<PayoutFileBatch>, _ facts: PayoutRoutesAnswer,
        _ instances: [ProviderInstance], _ admin: Administrator
    ) -> DeskPage {
        let mayRun = Duty.runPayouts.isAllowed(to: admin.roles)
        let rows = page.items.map { file in
            [
                Cell(
                    file.name.map(Phrase.data) ?? "not written yet",
                    to: "/payout-files/\(file.id)"),
                .number(file.transfers), .money(file.total), .time(file.madeAt),
            ]
        }
        let waiting = facts.waiting.map { group in
            DeskForm(
                """
                Make a file of \(Format.count(group.payouts, "payout", "payouts")), \
                \(Format.money(group.total)), for \(group.instanceName)
                """,
                to: "/payout-files",
                hint: """
                    It tells the bank to pay all of them, once you hand it in. Hand it in once, \
                    and write down here what the bank made of it.
                    """,
                [
                    .hidden("instance", group.instance.description),
                    .hidden("currency", group.total.currency.code),
                ])
        }
        return DeskPage(
            "Payouts by file",
            lead: "What a person hands to the bank, and what the bank made of it.",
            [
                Block(
                    "Waiting for a file",
                    text: facts.waiting.isEmpty ? "Nothing waits." : nil,
                    forms: mayRun ? waiting : []),
                Block(
                    "Files", table: Table(["File", "Transfers#", "Total#", "Made"], rows),
                    nothing: "There is no file yet.",
                    more: page.next.map { "/payout-files?after=\(Cursor.seal($0))" }),
                routes(facts, instances, admin), settlement(instances, admin),
            ])
    }

    static func show(_ file: PayoutFileAnswer, _ admin: Administrator) -> DeskPage {
        let mayRun = Duty.runPayouts.isAllowed(to: admin.roles)
        let open = file.payouts.filter { $0.state == "sent" || $0.state == "unknown" }
        let typed = open.map { "\($0.reference ?? $0.id.description),executed" }
        let confirm = DeskForm.dangerous(
            "Write down what the bank did", to: "/payout-files/\(file.id)/results",
            hint: "One transfer a line: its reference, executed or returned, and why.",
            [.area("results", "Results", typed.joined(separator: "\n"))])
        return DeskPage(
            file.name.map(Phrase.data) ?? "Payout file",
            [
                Block(facts: [
                    Fact("Transfers", data: String(file.transfers)),
                    Fact("Total", data: Format.money(file.total)),
                    Fact("Made", data: Format.time(file.madeAt)),
                    Fact("Provider", "show", to: Links.provider(file.instance)),
                    Fact(
                        "File", mayRun ? "download" : "for whoever may pay out",
                        to: mayRun ? "/api/v1/payout-files/\(file.id)/content" : nil),
                ]),
                Block(
                    table: Table(
                        ["Reference", "To", "State", "Why", "Amount#"],
                        file.payouts.map {
                            [
                                Cell(data: $0.reference ?? "", to: "/payouts/\($0.id)"),
                                Cell(data: $0.destination ?? ""), $0.state.stateCell,
                                Cell(data: $0.failure.map { PayoutFailure.said($0) } ?? ""),
                                .money($0.amount),
                            ]
                        }), forms: mayRun ? [confirm] : []),
            ])
    }

    private static func routes(
        _ facts: PayoutRoutesAnswer, _ instances: [ProviderInstance], _ admin: Administrator
    ) -> Block {
        let names = Dictionary(instances.map { ($0.id, $0.name) }) { first, _ in first }
        let choices = instances.map { (key: $0.id.description, text: Phrase.data($0.name)) }
        let form = DeskForm.dangerous(
            "Change who pays out", to: "/payout-routes",
            hint: "For payouts from now on; those that are made stay where they are.",
            [
                .choice("holder", "Money that is held by", choices),
                .choice("payer", "is paid out by", [(key: "", text: "itself")] + choices),
            ])
        return Block(
            "Who pays out what others hold",
            table: Table(
                ["Held by", "Paid out by"],
                facts.routes.map {
                    [Cell(data: names[$0.holder] ?? ""), Cell(data: names[$0.payer] ?? "")]
                }),
            forms: Duty.setPayoutLimits.isAllowed(to: admin.roles) ? [form] : [],
            nothing: "Every provider pays out what it holds.")
    }

    private static func settlement(
        _ instances: [ProviderInstance], _ admin: Administrator
    ) -> Block {
        let choices = instances.map { (key: $0.id.description, text: Phrase.data($0.name)) }
        let form = DeskForm.dangerous(
            "Write down a settlement", to: "/settlements",
            hint: "A provider paid what it held to the account that the files are paid from.",
            [
                .choice("from", "From", choices), .choice("to", "To", choices),
                .amount("amount", "Amount", in: "currency"),
                .line("currency", "Currency", "EUR"), .line("reference", "The bank's reference"),
            ])
        return Block(
            "Settlements", forms: Duty.runPayouts.isAllowed(to: admin.roles) ? [form] : [])
    }
}
