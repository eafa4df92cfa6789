import Kernel
import Vocabulary
import Web

/// Sending what lies in a seller's account at a provider to the seller's bank.
struct BankPayoutOrderRoutes {
    struct AccountPath: Described { let account: ID<PayoutAccount> }

    struct Order: Described {
        let amount: Money
        let reason: String
        static let rules: [String: [Rule]] = ["reason": [.length(3...500)]]
    }

    let desk: Desk

    func mount() {
        desk.page(
            "/payout-accounts/{account}", .readMoney, path: AccountPath.self, query: Nothing.self
        ) { call, admin in
            BankPayoutOrderPages.show(
                try await call.marketplace.payableAccount(call.path.account),
                mayDo: Duty.runPayouts.isAllowed(to: admin.roles))
        }
        desk.read(
            "/payout-accounts/{account}",
            "What a seller's account at a provider could send to the bank, and what was asked for",
            tag: "Payouts", .readMoney, path: AccountPath.self
        ) { call, _ in
            PayableAccountAnswer(try await call.marketplace.payableAccount(call.path.account))
        }
        var act = Act<AccountPath>(
            "/payout-accounts/{account}/bank-payouts",
            "Have money of a seller's account sent to the seller's bank", tag: "Payouts",
            .runPayouts, done: "The provider is asked to send it.",
            back: { "/payout-accounts/\($0.account)" })
        act.refusals.append(.unavailable)
        desk.act(act, input: Order.self) { marketplace, path, input, admin in
            BankPayoutOrderAnswer(
                try await marketplace.orderBankPayout(
                    of: path.account, input.amount, reason: input.reason, by: admin.account.id))
        }
    }
}

struct BankPayoutOrderAnswer: Codable, Sendable {
    let id: ID<BankPayoutOrder>
    let amount: Money
    let reason: String
    /// `done` when the provider has it: what becomes of it at the bank is told with the reference.
    let state: String
    /// The provider's own id of the payout.
    let reference: String?
    /// Why the provider refused.
    let failure: String?
    let requestedAt: Instant
    let settledAt: Instant?

    init(_ order: BankPayoutOrder) {
        id = order.id
        amount = order.amount
        reason = order.reason
        state = order.state.rawValue
        reference = order.reference
        failure = order.failure
        requestedAt = order.requestedAt
        settledAt = order.settledAt
    }
}

struct PayableAccountAnswer: Codable, Sendable {
    let id: ID<PayoutAccount>
    let sellerId: ID<Seller>
    let sellerName: String
    let provider: ID<ProviderInstance>
    let providerName: String
    /// The provider's id of the account.
    let reference: String?
    /// Whether it pays out only when that is asked for; absent when the provider cannot be asked.
    let isManual: Bool?
    /// What could be sent to the bank now, one amount for each currency.
    let available: [Money]
    /// Why nothing can be asked for; absent when it can.
    let refusal: String?
    /// What was asked for before, the newest first.
    let orders: [BankPayoutOrderAnswer]

    init(_ payable: PayableAccount) {
        id = payable.account.id
        sellerId = payable.account.seller
        sellerName = payable.sellerName
        provider = payable.account.instance
        providerName = payable.providerName
        reference = payable.account.reference
        isManual = payable.funds?.isManual
        available = payable.funds?.available ?? []
        refusal = payable.refusal?.explanation
        orders = payable.orders.map { BankPayoutOrderAnswer($0) }
    }
}
