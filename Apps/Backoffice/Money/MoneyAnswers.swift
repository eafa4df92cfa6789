import Kernel
import Vocabulary
import Web

struct PayoutAnswer: Codable {
    struct Item: Codable {
        let order: ID<Order>
        let orderNumber: String
        let amount: Money
    }

    let id: ID<Payout>
    let seller: ID<Seller>
    let wallet: ID<Wallet>
    let instance: ID<ProviderInstance>
    let amount: Money
    let state: String
    let reference: String?
    let failure: String?
    let tries: Int
    /// Whether its provider does not say how it ended, so that a person may.
    let mayBeDecided: Bool
    /// Whether it was paid although it had failed: a person has to book it as paid.
    let isContradicted: Bool
    let createdAt: Instant
    let settledAt: Instant?
    /// The plan that it was made by, when somebody planned it.
    let plan: ID<PayoutPlan>?
    /// Where it goes, with all but its ends hidden.
    let destination: String?
    /// Empty in lists.
    let items: [Item]

    init(_ payout: Payout, _ lines: [PayoutLine]) {
        id = payout.id
        seller = payout.seller
        wallet = payout.wallet
        instance = payout.instance
        amount = payout.amount
        state = payout.state.rawValue
        reference = payout.reference
        failure = payout.failure
        tries = payout.tries
        mayBeDecided = payout.mayBeDecided
        isContradicted = payout.isContradicted
        createdAt = payout.createdAt
        settledAt = payout.settledAt
        plan = payout.plan
        destination = payout.destination?.maskedPlace
        items = lines.map {
            Item(order: $0.item.order, orderNumber: $0.orderNumber, amount: $0.item.amount)
        }
    }
}

struct PayoutRunAnswer: Codable {
    struct Waiting: Codable {
        let wallet: ID<Wallet>
        let amount: Money
        let reason: String
    }

    let payouts: [PayoutAnswer]
    /// Wallets whose money stays for now, and why.
    let waiting: [Waiting]

    init(_ run: PayoutRun) {
        payouts = run.payouts.map { PayoutAnswer($0, []) }
        waiting = run.waiting.map {
            Waiting(wallet: $0.wallet, amount: $0.amount, reason: $0.reason.rawValue)
        }
    }
}

/// One of the platform's own accounts.
struct AccountAnswer: Codable {
    let kind: String
    let instance: ID<ProviderInstance>?
    let instanceName: String?
    /// Where this tax is handed in; null for other accounts, and for tax of old orders.
    let jurisdiction: String?
    /// Positive is credit: what the platform owes or earned.
    let balance: Money

    init(_ account: PlatformBalance) {
        kind = account.kind.rawValue
        instance = account.instance
        instanceName = account.instanceName
        jurisdiction = account.jurisdiction
        balance = account.balance
    }
}

struct AccountsAnswer: Codable { let items: [AccountAnswer] }

struct TransactionAnswer: Codable {
    struct Side: Codable {
        let account: String
        let owner: String?
        let amount: Money
        let orderNumber: String?
    }

    let id: Int64
    let key: String
    let kind: String
    let purchase: ID<Purchase>?
    let bookedAt: Instant
    let sides: [Side]

    init(_ record: LedgerRecord) {
        id = record.id
        key = record.key
        kind = record.kind
        purchase = record.purchase
        bookedAt = record.bookedAt
        sides = record.sides.map {
            Side(
                account: $0.account, owner: $0.owner, amount: $0.amount,
                orderNumber: $0.orderNumber)
        }
    }
}

struct StatementAnswer: Codable {
    struct Line: Codable {
        let id: Int64
        let at: Instant
        let kind: String
        let order: ID<Order>?
        let orderNumber: String?
        let payout: ID<Payout>?
        let gross: Money
        let commission: Money
        let taxByPlatform: Money
        let net: Money

        init(_ line: StatementLine) {
            id = line.id
            at = line.at
            kind = line.kind.rawValue
            order = line.order
            orderNumber = line.orderNumber
            payout = line.payout
            gross = line.gross
            commission = line.commission
            taxByPlatform = line.taxByPlatform
            net = line.net
        }
    }

    let currency: Currency
    let from: Instant
    let until: Instant
    let opening: Money
    let closing: Money
    let lines: Listed<Line>

    init(_ statement: Statement) {
        currency = statement.currency
        from = statement.from
        until = statement.until
        opening = statement.opening
        closing = statement.closing
        lines = Listed(statement.lines) { Line($0) }
    }
}
