import Kernel
import Vocabulary
import Web

struct BalanceAnswer: Codable, Sendable {
    let walletId: ID<Wallet>
    /// Earned, and held until some days after delivery.
    let pending: Money
    /// Kept for some days longer, for refunds of the same orders.
    let reserved: Money
    /// To be paid out next.
    let available: Money
    /// Would be paid out next, but for an administrator who froze it.
    let frozen: Money
    /// In a payout that is under way.
    let paying: Money
    /// Below zero: refunded after it had been paid out, and taken from what comes next.
    let debt: Money
    /// Below zero: commission of sales that were paid to you directly.
    let receivable: Money
    /// Of orders that customers dispute at their banks: in none of the others until it is decided.
    let disputed: Money

    init(_ balance: WalletBalance) {
        walletId = balance.wallet
        pending = balance.pending
        reserved = balance.reserved
        available = balance.available
        frozen = balance.frozen
        paying = balance.paying
        debt = balance.debt
        receivable = balance.receivable
        disputed = balance.disputed
    }
}

struct StatementAnswer: Codable, Sendable {
    struct StatementLineAnswer: Codable, Sendable {
        let at: Instant
        let kind: String
        let orderId: ID<Order>?
        let orderNumber: String?
        let payoutId: ID<Payout>?
        let gross: Money
        let commission: Money
        let taxByPlatform: Money
        /// gross + commission + taxByPlatform, each with its sign.
        let net: Money
    }

    let currency: Currency
    let from: Instant
    let until: Instant
    let opening: Money
    let closing: Money
    let lines: Listed<StatementLineAnswer>

    init(_ statement: Statement) {
        currency = statement.currency
        from = statement.from
        until = statement.until
        opening = statement.opening
        closing = statement.closing
        lines = Listed(statement.lines) { line in
            StatementLineAnswer(
                at: line.at, kind: line.kind.rawValue, orderId: line.order,
                orderNumber: line.orderNumber, payoutId: line.payout, gross: line.gross,
                commission: line.commission, taxByPlatform: line.taxByPlatform, net: line.net)
        }
    }
}

struct PayoutAnswer: Codable, Sendable {
    enum State: String, Codable, Sendable, CaseIterable {
        case held, sent, unknown, paid, failed, returned
    }
    struct PayoutItemAnswer: Codable, Sendable {
        let orderId: ID<Order>
        let orderNumber: String
        let amount: Money
    }

    let id: ID<Payout>
    let walletId: ID<Wallet>
    let amount: Money
    let state: State
    let reference: String?
    let failure: String?
    let createdAt: Instant
    let settledAt: Instant?
    /// Empty in lists.
    let items: [PayoutItemAnswer]

    init(_ payout: Payout, _ lines: [PayoutLine] = []) {
        id = payout.id
        walletId = payout.wallet
        amount = payout.amount
        state = State(rawValue: payout.state.rawValue) ?? .unknown
        reference = payout.reference
        // What keeps it in doubt is the market's business.
        failure = payout.state.isOpen ? nil : payout.failure
        createdAt = payout.createdAt
        settledAt = payout.settledAt
        items = lines.map { line in
            PayoutItemAnswer(
                orderId: line.item.order, orderNumber: line.orderNumber, amount: line.item.amount)
        }
    }
}

struct WalletAnswer: Codable, Sendable {
    let id: ID<Wallet>
    let kind: MoneyAPI.WalletBody.Kind
    let label: String
    let holder: String?
    /// All but its ends hidden.
    let iban: String?
    let chain: String?
    let address: String?
    let isDefault: Bool
    let isComplete: Bool
    let payoutMinimum: Int64
    /// Until when payouts wait because the account was changed; absent when they do not.
    let paysFrom: Instant?
    /// The bank sent the last payout back: payouts wait until the account is saved again.
    let isReturned: Bool

    init(_ wallet: Wallet) {
        id = wallet.id
        kind = wallet.kind == .chainAddress ? .chainAddress : .platformBalance
        label = wallet.label
        holder = wallet.details.holder
        iban = wallet.details.maskedIBAN
        chain = wallet.details.chain
        address = wallet.details.address
        isDefault = wallet.isDefault
        isComplete = wallet.details.isComplete
        payoutMinimum = wallet.payoutMinimum
        paysFrom = wallet.paysFrom
        isReturned = wallet.returnedAt != nil
    }
}
