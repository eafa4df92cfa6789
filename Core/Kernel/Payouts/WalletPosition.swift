import Vocabulary

/// Everything that decides what a wallet is paid in one currency.
struct WalletPosition: Sendable {
    let wallet: FundedWallet
    /// What each order made available and nobody claimed.
    var orders: [ClaimableOrder]
    /// What the seller owes, in minor units: zero or more.
    let owed: Int64

    /// The position as if only these orders were there.
    func restricted(to orders: Set<ID<Order>>) -> WalletPosition {
        var position = self
        position.orders.removeAll { !orders.contains($0.item.order) }
        return position
    }

    /// What is paid and what stays: first what is owed is taken, oldest order first, then each
    /// provider instance pays what it holds. Pure: the same position has the same plan.
    func plan(_ terms: PayoutTerms) throws -> WalletPlan {
        var orders = orders
        let recovery = recover(from: &orders)
        let byInstance = Dictionary(grouping: orders) { terms.payer(of: $0.instance) }
            .sorted { ($0.key?.description ?? "") < ($1.key?.description ?? "") }
        var lines: [PlannedPayout] = []
        for (instance, orders) in byInstance {
            let items = orders.map(\.item)
            let amount = try Money.sum(items.map(\.amount), wallet.currency)
            guard amount.isPositive else { continue }
            lines.append(
                PlannedPayout(
                    seller: wallet.seller, wallet: wallet.wallet, instance: instance,
                    amount: amount, items: items, recovery: [],
                    destination: destination(at: instance, terms) ?? wallet.details,
                    outcome: outcome(of: amount, at: instance, terms)))
        }
        // A plan takes what is owed with the first payout of the wallet, or not at all.
        if let first = lines.firstIndex(where: \.isPaid) { lines[first].recovery = recovery }
        return WalletPlan(recovery: recovery, lines: lines)
    }

    /// The seller's account at a provider that pays into such accounts; nil for another one, and
    /// while it is not ready.
    private func destination(
        at instance: ID<ProviderInstance>?, _ terms: PayoutTerms
    ) -> WalletDetails? {
        guard let instance, terms.connecting.contains(instance) else { return nil }
        return wallet.readyAccounts[instance].map { WalletDetails(address: $0) }
    }

    private func outcome(
        of amount: Money, at instance: ID<ProviderInstance>?, _ terms: PayoutTerms
    ) -> PlannedPayout.Outcome {
        if wallet.sellerState != .verified { return .waits(.notVerified) }
        if wallet.isFrozen || wallet.isFrozenAccount { return .waits(.frozen) }
        if wallet.isRestricted { return .waits(.restricted) }
        if let instance, terms.connecting.contains(instance) {
            guard wallet.readyAccounts[instance] != nil else { return .waits(.accountNotReady) }
        } else {
            guard wallet.details.isComplete else { return .waits(.noDestination) }
            if wallet.returnedAt != nil { return .waits(.returned) }
            if let free = wallet.paysFrom, terms.now < free { return .waits(.newAccount) }
        }
        if instance == nil { return .waits(.providerDoesNotPayOut) }
        guard amount.amount >= wallet.minimum else { return .waits(.belowMinimum) }
        return .pays
    }

    private func recover(from orders: inout [ClaimableOrder]) -> [PayoutItem] {
        var owed = owed
        guard owed > 0 else { return [] }
        var taken: [PayoutItem] = []
        for index in orders.indices where owed > 0 {
            let item = orders[index].item
            let part = min(owed, item.amount.amount)
            owed -= part
            taken.append(
                PayoutItem(
                    order: item.order, amount: Money(part, wallet.currency), part: item.part))
            orders[index].item = PayoutItem(
                order: item.order, amount: Money(item.amount.amount - part, wallet.currency),
                part: item.part)
        }
        orders.removeAll { $0.item.amount.isZero }
        return taken
    }
}

/// A wallet with something available, and whether it may be paid.
struct FundedWallet: Sendable {
    let account: Int64
    let wallet: ID<Wallet>
    let seller: ID<Seller>
    let currency: Currency
    /// Minor units; what is less waits.
    let minimum: Int64
    let details: WalletDetails
    let sellerState: Seller.State
    /// The money lies in the wallet's frozen account, and goes nowhere until it is thawed.
    let isFrozenAccount: Bool
    let isFrozen: Bool
    /// A debt outlasted its grace.
    let isRestricted: Bool
    let detailsChangedAt: Instant?
    let returnedAt: Instant?
    /// The seller's accounts at providers that are ready to be paid into, by instance.
    var readyAccounts: [ID<ProviderInstance>: String] = [:]

    var paysFrom: Instant? { detailsChangedAt?.advanced(by: Wallet.newAccountHold) }
}

/// What an order made available, and which instance holds it.
struct ClaimableOrder: Sendable {
    var item: PayoutItem
    let instance: ID<ProviderInstance>?
}

/// What holds for all wallets of a run.
struct PayoutTerms: Sendable {
    /// Who pays out what an instance holds: itself, when its module can, or the one that an
    /// administrator named.
    let payers: [ID<ProviderInstance>: ID<ProviderInstance>]
    /// Who pays into accounts that sellers have there, whatever their wallets say.
    var connecting: Set<ID<ProviderInstance>> = []
    /// Minor units from which a payout needs a second person.
    let approvalLimits: [Currency: Int64]
    let now: Instant

    /// Nil when nobody pays out what it holds.
    func payer(of holder: ID<ProviderInstance>?) -> ID<ProviderInstance>? {
        holder.flatMap { payers[$0] }
    }

    func needsApproval(_ amount: Money) -> Bool {
        approvalLimits[amount.currency].map { amount.amount >= $0 } ?? false
    }
}

/// What becomes of a wallet's money in one currency.
struct WalletPlan: Sendable {
    /// Taken for what the seller owes.
    let recovery: [PayoutItem]
    let lines: [PlannedPayout]
}

/// One payout as it would be made, or money that stays and why.
public struct PlannedPayout: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case pays
        case waits(WaitingWallet.Reason)
    }

    public let seller: ID<Seller>
    public let wallet: ID<Wallet>
    /// Who holds the money and pays it; nil when nobody does.
    public let instance: ID<ProviderInstance>?
    public let amount: Money
    public let items: [PayoutItem]
    /// What is taken from the wallet first, for what the seller owes.
    public internal(set) var recovery: [PayoutItem]
    public let destination: WalletDetails
    public let outcome: Outcome

    public var isPaid: Bool { outcome == .pays }
}
