import Kernel
import Vocabulary
import Web

enum SellerPayoutPages {
    static func show(
        _ seller: Seller, _ policy: SellerPayoutsAnswer, _ balances: [WalletBalance],
        _ names: WalletNames, _ moves: Kernel.Page<UpcomingMove>, _ accounts: [Block],
        _ admin: Administrator
    ) -> DeskPage {
        let mayDo = Duty.runPayouts.isAllowed(to: admin.roles)
        return DeskPage(
            "Payouts of \(seller.name)",
            [
                Block(
                    facts: [
                        Fact("Seller", data: seller.name, to: Links.seller(seller.id)),
                        Fact("Frozen", frozen(policy), policy.isFrozen ? .bad : .good),
                        Fact(
                            "Held after delivery",
                            data: Format.count(seller.holdDays, "day", "days")),
                        Fact(
                            "Reserve",
                            policy.reserveRatePpm == 0
                                ? "none"
                                : """
                                \(Format.decimal(seller.reserve.rate.percentText)) for \
                                \(Format.count(policy.reserveDays, "day", "days"))
                                """),
                    ], forms: mayDo ? forms(seller, policy) : []),
                Block(
                    "Buckets",
                    table: Table(
                        [
                            "Wallet", "Held#", "Reserve#", "Available#", "Frozen#", "Disputed#",
                            "Paying#", "Owed to us#",
                        ],
                        balances.map {
                            [
                                Cell.wallet($0.wallet, names),
                                .money($0.pending), .money($0.reserved), .money($0.available),
                                .money($0.frozen), .money($0.disputed), .money($0.paying),
                                .money($0.debt),
                            ]
                        }), nothing: "No money has come in yet."),
                Block(
                    "Schedules",
                    table: Table(
                        ["Wallet", "Every", "From#", "Next"],
                        policy.schedules.map {
                            [
                                Cell.wallet($0.wallet, names),
                                Cell(data: $0.every.inWords + ($0.day.map { " (\($0))" } ?? "")),
                                .money($0.minimum), .time($0.nextAt),
                            ]
                        }), nothing: "Nothing was earned yet."),
                Block(
                    "What moves when",
                    text: "Orders that are not delivered have no day yet.",
                    table: Table(
                        ["On", "Out of", "Order", "Amount#"],
                        moves.items.map {
                            [
                                .time($0.at), Cell($0.bucket == .pending ? "hold" : "reserve"),
                                Cell(data: $0.orderNumber, to: "/orders/\($0.order)"),
                                .money($0.amount),
                            ]
                        }), nothing: "Nothing is held.",
                    more: moves.next.map {
                        "/sellers/\(seller.id)/payouts?after=\(Cursor.seal($0))"
                    }),
            ] + accounts)
    }

    private static func frozen(_ policy: SellerPayoutsAnswer) -> Phrase {
        policy.freezeReason.map { .data(FreezeReason.said($0)) } ?? "no"
    }

    private static func forms(_ seller: Seller, _ policy: SellerPayoutsAnswer) -> [DeskForm] {
        let path = "/sellers/\(seller.id)"
        let freeze =
            policy.isFrozen
            ? DeskForm.dangerous(
                "Let the payouts go on", to: path + "/payout-freeze/lift",
                hint: "What is available goes out with the next payout; the seller is told.")
            : DeskForm.dangerous(
                "Freeze the payouts", to: path + "/payout-freeze",
                hint: "Nothing more is paid out; the seller reads the reason.")
        let reserve = DeskForm.dangerous(
            "Change the reserve", to: path + "/reserve",
            hint: """
                For orders whose hold ends from now on. What is in reserve already stays for its \
                time.
                """,
            [
                .percent(
                    "ratePpm", "Rate", PartsPerMillion(policy.reserveRatePpm),
                    help: "In percent, such as 12.5. 0 keeps nothing."),
                .line("days", "Days", String(policy.reserveDays), type: "number"),
            ])
        return [freeze, reserve]
    }
}
