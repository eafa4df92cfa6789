import Kernel
import Vocabulary
import Web

enum MoneyPages {
    static func payouts(
        _ page: Kernel.Page<Payout>, _ names: WalletNames, _ query: MoneyRoutes.PayoutQuery,
        _ admin: Administrator
    ) -> DeskPage {
        let rows = page.items.map { payout in
            [
                Cell(data: String(payout.id.description.suffix(12)), to: "/payouts/\(payout.id)"),
                .state(payout.state), .money(payout.amount),
                Cell.wallet(payout.wallet, of: payout.seller, names),
                Cell("provider", to: Links.provider(payout.instance)),
                Cell(data: payout.reference ?? ""), .time(payout.createdAt),
                .time(payout.settledAt),
            ]
        }
        let kept = query.state.map { [("state", $0)] } ?? []
        let run = DeskForm.dangerous(
            "Pay out what is available", to: "/payout-runs",
            hint: "Every wallet's available money above its minimum goes out now.")
        return DeskPage(
            "Payouts",
            tabs: DeskPage.Tab.states(
                Payout.State.allCases.map(\.rawValue), of: "/payouts", chosen: query.state),
            [
                Block(
                    table: Table(
                        [
                            "Payout", "State", "Amount#", "To", "By", "Reference", "Begun",
                            "Settled",
                        ], rows), nothing: "There is no such payout.",
                    more: page.next.map {
                        Links.with("/payouts", kept + [("after", Cursor.seal($0))])
                    }),
                Block(forms: Duty.runPayouts.isAllowed(to: admin.roles) ? [run] : []),
            ])
    }

    static func payout(
        _ payout: PayoutAnswer, _ names: WalletNames, _ takeBack: TakeBackAnswer,
        _ verdict: SecondPersonWish?,
        mayRun: Bool
    ) -> DeskPage {
        let said = payout.failure.map { PayoutFailure.said($0) } ?? "—"
        return DeskPage(
            "Payout of \(Format.money(payout.amount))",
            [
                Block(
                    facts: [
                        Fact("State", state: payout.state),
                        Fact("Wallet", .wallet(payout.wallet, of: payout.seller, names)),
                        Fact("Provider", "show", to: Links.provider(payout.instance)),
                        Fact("To", data: payout.destination ?? "—"),
                        Fact(
                            "Plan", payout.plan == nil ? "none" : "show",
                            to: payout.plan.map { "/payout-plans/\($0)" }),
                        Fact("Reference", data: payout.reference ?? "—"),
                        payout.state == Payout.State.paid.rawValue && payout.failure != nil
                            ? Fact("Since then", data: said, .bad) : Fact("Failure", data: said),
                        Fact("Tries", data: String(payout.tries)),
                        Fact("Begun", data: Format.time(payout.createdAt)),
                        Fact("Settled", payout.settledAt.map(Phrase.time) ?? "not yet"),
                    ],
                    table: Table(
                        ["Order", "Amount#"],
                        payout.items.map {
                            [
                                Cell(data: $0.orderNumber, to: "/orders/\($0.order)"),
                                .money($0.amount),
                            ]
                        }))
            ] + PayoutVerdictRoutes.blocks(of: payout, verdict, mayDo: mayRun)
                + TakeBackPages.blocks(of: payout, takeBack, mayDo: mayRun))
    }

    static func ledger(
        _ accounts: [AccountAnswer], _ page: Kernel.Page<LedgerRecord>,
        _ query: MoneyRoutes.RecordQuery
    ) -> DeskPage {
        let own = Table(
            ["Account", "At", "Balance#"],
            accounts.map {
                [
                    Cell(data: $0.kind.inWords),
                    Cell(data: $0.instanceName ?? $0.jurisdiction ?? ""),
                    .money($0.balance),
                ]
            })
        let kept = query.purchase.map { [("purchase", $0.description)] } ?? []
        let records = page.items.map { record in
            Block(
                "\(record.kind.inWords) #\(record.id)",
                text: "\(Format.time(record.bookedAt)) · \(record.key)",
                table: Table(
                    ["Account", "Of", "Order", "Amount#"],
                    record.sides.map { side in
                        [
                            Cell(data: side.account.prefix { $0 != ":" }.description.inWords),
                            Cell(data: side.owner ?? ""), Cell(data: side.orderNumber ?? ""),
                            .money(side.amount),
                        ]
                    }))
        }
        let more = page.next.map {
            Block(more: Links.with("/ledger", kept + [("after", Cursor.seal($0))]))
        }
        return DeskPage(
            "Ledger",
            lead: "Credit is positive: what we owe or earned. Every transaction adds up to zero.",
            tabs: DeskPage.Tab.books("/ledger"),
            [Block("The platform's accounts", table: own, nothing: "Nothing was posted yet.")]
                + records + [more].compactMap { $0 })
    }
}

extension DeskPage.Tab {
    /// The views of the books; the one at `here` is shown.
    static func books(_ here: String) -> [DeskPage.Tab] {
        let views: [(Phrase, String)] = [
            ("transactions", "/ledger"), ("verification", "/ledger/verification"),
            ("seals", "/seals"),
        ]
        return views.map { DeskPage.Tab(label: $0.0, href: $0.1, isHere: $0.1 == here) }
    }
}
