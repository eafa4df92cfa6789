import Kernel
import Vocabulary
import Web

/// The model of `account.mustache`.
struct AccountPage {
    struct Row {
        let number: String
        let link: String
        let date: String
        let total: String
        let state: String
        let tone: String
        /// `Cup, Bowl and 3 more`
        let things: String
        let pictures: [String]
    }

    let name: String
    let email: String
    let purchases: [Row]
    let hasNone: Bool
    let moreLink: String?

    init(
        _ account: Account, _ page: Kernel.Page<Purchase>,
        _ outcomes: [ID<Purchase>: PurchaseOutcome],
        _ glimpses: [ID<Purchase>: PurchaseGlimpse]
    ) {
        name = account.name
        email = account.email
        purchases = page.items.map { purchase in
            let (state, tone) = purchase.said(outcomes[purchase.id] ?? .stands)
            return Row(
                number: purchase.number, link: Links.purchase(purchase.id),
                date: Format.date(purchase.placedAt), total: Format.money(purchase.total),
                state: state, tone: tone, things: glimpses[purchase.id]?.words ?? "",
                pictures: glimpses[purchase.id]?.pictures.map { ShownPicture.thumb($0) } ?? [])
        }
        hasNone = page.items.isEmpty
        moreLink = page.next.map { "/account?after=\(Cursor.seal($0))" }
    }
}

extension PurchaseGlimpse {
    fileprivate var words: String {
        let named = titles.joined(separator: ", ")
        return more == 0 ? named : localized("\(named) and \(more) more")
    }
}
