import Kernel
import Vocabulary
import Web

/// The model of `money.mustache`: what each wallet holds, and the newest payouts.
struct MoneyPage {
    struct Balance {
        let wallet: String
        let pending: String
        let available: String
        let paying: String
        let debt: String?
    }

    let balances: [Balance]
    let hasBalances: Bool
    let payouts: [PayoutRow]
    let hasPayouts: Bool
    let next: String?

    init(_ balances: [WalletBalance], _ wallets: [Wallet], _ page: Page<Payout>, next: String?) {
        self.balances = balances.map { balance in
            Balance(
                wallet: wallets.first { $0.id == balance.wallet }?.label ?? "Wallet",
                pending: Format.money(balance.pending),
                available: Format.money(balance.available),
                paying: Format.money(balance.paying),
                debt: balance.debt.isZero ? nil : Format.money(balance.debt))
        }
        hasBalances = !self.balances.isEmpty
        payouts = page.items.map { PayoutRow($0) }
        hasPayouts = !payouts.isEmpty
        self.next = next.map { "/money?after=\($0)" }
    }
}

struct PayoutRow {
    let href: String
    let amount: String
    let state: String
    let isPaid: Bool
    let isFailed: Bool
    let created: String
    let settled: String?
    let reference: String?
    let failure: String?

    init(_ payout: Payout) {
        href = "/money/payouts/\(payout.id)"
        amount = Format.money(payout.amount)
        state =
            switch payout.state {
            case .held: "being prepared"
            case .sent: "sent to the bank"
            case .unknown: "being looked up"
            case .paid: "paid"
            case .failed: "failed"
            }
        isPaid = payout.state == .paid
        isFailed = payout.state == .failed
        created = Format.date(payout.createdAt)
        settled = payout.settledAt.map { Format.date($0) }
        reference = payout.reference
        failure = payout.failure
    }
}

/// The model of `payout.mustache`.
struct PayoutPage {
    struct Item {
        let number: String
        let href: String
        let amount: String
    }

    let payout: PayoutRow
    let items: [Item]

    init(_ payout: Payout, _ lines: [PayoutLine]) {
        self.payout = PayoutRow(payout)
        items = lines.map { line in
            Item(
                number: line.orderNumber, href: "/orders/\(line.item.order)",
                amount: Format.money(line.item.amount))
        }
    }
}

/// The model of `statement.mustache`.
struct StatementPage {
    struct Line {
        let at: String
        let what: String
        let href: String?
        let gross: String
        let commission: String
        let tax: String
        let net: String
    }

    let from: String
    let until: String
    let currency: String
    let opening: String
    let closing: String
    let lines: [Line]
    let hasLines: Bool
    let next: String?

    init(_ statement: Statement, from: String, until: String, next: String?) {
        self.from = from
        self.until = until
        currency = statement.currency.code
        opening = Format.money(statement.opening)
        closing = Format.money(statement.closing)
        lines = statement.lines.items.map { line in
            let place =
                line.order.map { "/orders/\($0)" } ?? line.payout.map { "/money/payouts/\($0)" }
            return Line(
                at: Format.date(line.at), what: Self.words(line), href: place,
                gross: Format.money(line.gross), commission: Format.money(line.commission),
                tax: Format.money(line.taxByPlatform), net: Format.money(line.net))
        }
        hasLines = !lines.isEmpty
        self.next = next.map {
            "/money/statement?from=\(from)&until=\(until)"
                + "&currency=\(statement.currency)&after=\($0)"
        }
    }

    private static func words(_ line: StatementLine) -> String {
        let kind = String(line.kind.rawValue.map { $0 == "_" ? " " : $0 })
        let name = kind.prefix(1).uppercased() + kind.dropFirst()
        return line.orderNumber.map { "\(name), order \($0)" } ?? name
    }
}

/// The model of `wallets.mustache`, with what was typed when it was refused.
struct WalletsPage {
    struct Row {
        let id: String
        let label: String
        let kind: String
        let place: String
        let isDefault: Bool
        let isIncomplete: Bool
        let minimum: String
    }

    let rows: [Row]
    let mayEdit: Bool
    let trouble: String?
    let label: String
    let holder: String
    let iban: String
    let bic: String
    let address: String
    let isChain: Bool

    init(
        _ wallets: [Wallet], mayEdit: Bool, trouble: String? = nil, typed: [String: String] = [:]
    ) {
        rows = wallets.map { wallet in
            let details = wallet.details
            return Row(
                id: wallet.id.description, label: wallet.label,
                kind: wallet.kind == .platformBalance ? "Bank account" : "Chain address",
                place: details.maskedIBAN ?? details.address ?? "no account yet",
                isDefault: wallet.isDefault, isIncomplete: !details.isComplete,
                minimum: Money(wallet.payoutMinimum, .eur).decimalText)
        }
        self.mayEdit = mayEdit
        self.trouble = trouble
        label = typed["label"] ?? ""
        holder = typed["details.holder"] ?? ""
        iban = typed["details.iban"] ?? ""
        bic = typed["details.bic"] ?? ""
        address = typed["details.address"] ?? ""
        isChain = typed["kind"] == "chainAddress"
    }
}
