import Postgres
import Vocabulary

/// What a payout run came to.
public struct PayoutRun: Sendable {
    /// The payouts that were set aside and are on their way.
    public internal(set) var payouts: [Payout] = []
    /// Wallets with money that stays for now, and why.
    public internal(set) var waiting: [WaitingWallet] = []
}

/// A wallet whose money stays for now.
public struct WaitingWallet: Hashable, Sendable {
    public let wallet: ID<Wallet>
    public let amount: Money
    public let reason: Reason

    public enum Reason: String, Sendable {
        case belowMinimum = "below the wallet's minimum"
        case noDestination = "the wallet says nowhere to pay to"
        case providerDoesNotPayOut = "the provider that holds it does not pay out"
    }
}

extension Marketplace {
    /// Releases what is due, then makes one payout for each wallet, currency and provider
    /// instance that holds its money, and queues its sending.
    ///
    /// Each wallet is one transaction: its orders are claimed by a unique key and the money is
    /// set aside in the ledger before anybody is asked to pay. Two runs at once, or a run that
    /// dies, pay nobody twice.
    public func runPayouts() async throws -> PayoutRun {
        while try await releaseHolds() > 0 {}
        var run = PayoutRun()
        var last: FundedWallet?
        while true {
            let wallets = try await database.payouts.walletsWithFunds(after: last, limit: 100)
            for wallet in wallets {
                let part = try await planPayouts(of: wallet)
                if !part.payouts.isEmpty { reach(.payout, .intentCommitted) }
                run.payouts += part.payouts
                run.waiting += part.waiting
            }
            guard let next = wallets.last else { return run }
            last = next
        }
    }

    private func planPayouts(of wallet: FundedWallet) async throws -> PayoutRun {
        let payers = try await payingInstances()
        return try await database.transaction { tx in
            try await tx.ledger.lock(wallet.wallet, wallet.currency)
            var orders = try await tx.payouts.claimable(
                in: wallet.account, limit: Self.ordersPerPayoutMax)
            try await recoverDebt(of: wallet, from: &orders, tx)
            var run = PayoutRun()
            let byInstance = Dictionary(grouping: orders) { $0.instance }
            for (instance, orders) in byInstance {
                let items = orders.map(\.item)
                let amount = try Money.sum(items.map(\.amount), wallet.currency)
                guard amount.isPositive else { continue }
                guard let instance, payers.contains(instance) else {
                    run.waiting.append(wallet.waits(amount, .providerDoesNotPayOut))
                    continue
                }
                guard wallet.details.isComplete else {
                    run.waiting.append(wallet.waits(amount, .noDestination))
                    continue
                }
                guard amount.amount >= wallet.minimum else {
                    run.waiting.append(wallet.waits(amount, .belowMinimum))
                    continue
                }
                run.payouts.append(
                    try await hold(items, amount, of: wallet, at: instance, tx))
            }
            return run
        }
    }

    /// A payout of more orders than this is cut; the rest is the next run's.
    private static let ordersPerPayoutMax = 5000

    /// Instances whose module pays out.
    private func payingInstances() async throws -> Set<ID<ProviderInstance>> {
        var payers: Set<ID<ProviderInstance>> = []
        for instance in try await database.providers.tables().instances
        where instance.kind == .payment && instance.state != .draft {
            do {
                if try await providers.payment(instance.id).paysOut { payers.insert(instance.id) }
            } catch {
                logger.warning(
                    "payouts.instance-unusable",
                    metadata: ["instance": "\(instance.id)", "error": "\(error)"])
            }
        }
        return payers
    }

    /// What was refunded after it had been paid out is taken from what comes next, oldest first.
    private func recoverDebt(
        of wallet: FundedWallet, from orders: inout [ClaimableOrder], _ tx: Transaction
    ) async throws {
        var owed = -(try await tx.payouts.debt(of: wallet.wallet, wallet.currency))
        guard owed > 0 else { return }
        var taken: [PayoutItem] = []
        for index in orders.indices where owed > 0 {
            let item = orders[index].item
            let part = min(owed, item.amount.amount)
            owed -= part
            taken.append(PayoutItem(order: item.order, amount: Money(part, wallet.currency)))
            orders[index].item = PayoutItem(
                order: item.order, amount: Money(item.amount.amount - part, wallet.currency))
        }
        orders.removeAll { $0.item.amount.isZero }
        try await tx.ledger.post([
            .recovery(ID<Payout>(), from: taken, wallet: wallet.wallet, wallet.currency)
        ])
    }

    private func hold(
        _ items: [PayoutItem], _ amount: Money, of wallet: FundedWallet,
        at instance: ID<ProviderInstance>, _ tx: Transaction
    ) async throws -> Payout {
        let payout = Payout(
            id: ID(), seller: wallet.seller, wallet: wallet.wallet, instance: instance,
            amount: amount, state: .held, reference: nil, failure: nil, tries: 0,
            createdAt: try await tx.clock.now(), settledAt: nil, items: items)
        try await tx.payouts.insert(payout)
        try await tx.ledger.post([.payoutHold(payout)])
        try await tx.jobs.enqueue(
            PayoutJobs.send, PayoutJobs.Send(payout: payout.id), uniqueKey: "\(payout.id)")
        return payout
    }
}

extension FundedWallet {
    fileprivate func waits(_ amount: Money, _ reason: WaitingWallet.Reason) -> WaitingWallet {
        WaitingWallet(wallet: wallet, amount: amount, reason: reason)
    }
}
