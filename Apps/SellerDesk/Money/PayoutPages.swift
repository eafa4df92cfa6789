import Kernel
import Vocabulary
import Web

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
    /// What happened to it since it was paid.
    let since: String?

    init(_ payout: Payout) {
        href = "/money/payouts/\(payout.id)"
        amount = Format.money(payout.amount)
        state =
            switch payout.state {
            case .held: localized("being prepared")
            case .sent: localized("sent to the bank")
            case .unknown: localized("being looked up")
            case .paid: localized("paid")
            case .failed: localized("failed")
            case .returned: localized("sent back by the bank")
            }
        isPaid = payout.state == .paid
        isFailed = payout.state == .failed || payout.state == .returned
        created = Format.date(payout.createdAt)
        settled = payout.settledAt.map { Format.date($0) }
        reference = payout.reference
        let said = payout.state.isOpen ? nil : payout.failure.map { PayoutFailure.said($0) }
        failure = payout.state == .paid ? nil : said
        since = payout.state == .paid ? said : nil
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
