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

    public enum Reason: String, Sendable, CaseIterable {
        case notVerified = "the seller is not verified"
        case frozen = "an administrator froze the seller's payouts"
        case restricted = "the seller owes money for refunds"
        case noDestination = "the wallet says nowhere to pay to"
        case returned = "the bank sent the last payout back; the account must be looked at"
        case newAccount = "the account was changed less than 72 hours ago"
        case accountNotReady = "the seller's account at the provider is not ready"
        case providerDoesNotPayOut = "the provider that holds it does not pay out"
        case disputed = "a customer disputes one of its orders"
        case belowMinimum = "below the wallet's minimum"
        case needsApproval = "so much needs a plan that a second person approves"
    }
}

extension Marketplace {
    /// Releases what is due, then makes one payout for each wallet, currency and provider
    /// instance that holds its money, and queues its sending, whatever the wallets' schedules.
    ///
    /// Each wallet is one transaction: its orders are claimed by a unique key and the money is
    /// set aside in the ledger before anybody is asked to pay. Two runs at once, or a run that
    /// dies, pay nobody twice.
    public func runPayouts() async throws -> PayoutRun {
        try await releaseAllDue()
        let terms = try await payoutTerms()
        var run = PayoutRun()
        var last: Int64 = 0
        while true {
            let accounts = try await database.payouts.fundedAccounts(after: last, limit: 100)
            for account in accounts {
                let part = try await payOut(account, terms)
                run.payouts += part.payouts
                run.waiting += part.waiting
            }
            guard let next = accounts.last else { return run }
            last = next
        }
    }

    /// Plans one account's payouts and makes them, unless they need a second person. An account
    /// whose books are at fault is left alone and told of; the others go on.
    func payOut(_ account: Int64, _ terms: PayoutTerms) async throws -> PayoutRun {
        try await unlessAtFault("account \(account)") { try await makePayouts(of: account, terms) }
            ?? PayoutRun()
    }

    /// What `work` answers; nil when the books of what it is about are at fault, which is reported.
    func unlessAtFault<Answer: Sendable>(
        _ subject: String, _ work: () async throws -> Answer
    ) async throws -> Answer? {
        let fault: any Error
        do {
            return try await work()
        } catch let error as PostgresError where error.constraint != nil {
            fault = error
        } catch let error as LedgerError {
            fault = error
        } catch let error as MoneyError {
            fault = error
        }
        logger.error(
            "payouts.account-at-fault", metadata: ["account": "\(subject)", "error": "\(fault)"])
        return nil
    }

    private func makePayouts(
        of account: Int64, _ terms: PayoutTerms
    ) async throws -> PayoutRun {
        let run = try await database.transaction { tx in
            var run = PayoutRun()
            guard let position = try await tx.payoutPosition(of: account) else { return run }
            let plan = try position.plan(terms)
            if !plan.recovery.isEmpty {
                try await tx.ledger.post([
                    .recovery(
                        ID<Payout>(), from: plan.recovery, wallet: position.wallet.wallet,
                        isFrozen: position.wallet.isFrozenAccount, position.wallet.currency)
                ])
            }
            for line in plan.lines {
                switch line.outcome {
                case .waits(let reason): run.waiting.append(line.waits(reason))
                case .pays where terms.needsApproval(line.amount):
                    run.waiting.append(line.waits(.needsApproval))
                case .pays: run.payouts.append(try await tx.hold(line, plan: nil))
                }
            }
            return run
        }
        if !run.payouts.isEmpty { reach(.payout, .intentCommitted) }
        return run
    }

    func payoutTerms() async throws -> PayoutTerms {
        let (payers, connecting) = try await payingInstances()
        return PayoutTerms(
            payers: payers, connecting: connecting,
            approvalLimits: try await database.payoutPlans.approvalLimits(),
            now: try await marketNow())
    }

    /// Each instance that holds money, with the one that pays it out; and those that pay into
    /// sellers' accounts there.
    private func payingInstances() async throws -> (
        payers: [ID<ProviderInstance>: ID<ProviderInstance>], connecting: Set<ID<ProviderInstance>>
    ) {
        var payers: [ID<ProviderInstance>: ID<ProviderInstance>] = [:]
        var connecting: Set<ID<ProviderInstance>> = []
        for instance in try await database.providers.tables().instances
        where instance.kind == .payment && instance.state != .draft {
            do {
                let provider = try await providers.payment(instance.id)
                if provider.paysOut { payers[instance.id] = instance.id }
                if provider.connectsAccounts { connecting.insert(instance.id) }
            } catch {
                logger.warning(
                    "payouts.instance-unusable",
                    metadata: ["instance": "\(instance.id)", "error": "\(error)"])
            }
        }
        for route in try await database.payoutFiles.routes() {
            // Never back to the holder: its money may be on the way to the other already.
            payers[route.holder] = payers[route.payer] == nil ? nil : route.payer
        }
        return (payers, connecting)
    }
}

extension Queryable {
    /// What decides about a wallet's payouts by what is known now.
    func payoutPosition(of funded: FundedWallet) async throws -> WalletPosition {
        let orders = try await payouts.claimable(in: funded.account, limit: Payout.ordersMax)
        let debt = try await payouts.debt(of: funded.wallet, funded.currency)
        return WalletPosition(wallet: funded, orders: orders, owed: -debt)
    }
}

extension Transaction {
    /// What decides about an account's payouts, with its wallet's balances locked; nil when there
    /// is no such account.
    func payoutPosition(of account: Int64) async throws -> WalletPosition? {
        guard let funded = try await payouts.fundedWallet(account) else { return nil }
        try await ledger.lock(funded.wallet, funded.currency)
        return try await payoutPosition(of: funded)
    }

    /// Claims a payout's orders, sets its money aside and queues its sending.
    func hold(_ line: PlannedPayout, plan: ID<PayoutPlan>?) async throws -> Payout {
        guard let instance = line.instance else {
            throw LedgerError.inconsistent("a payout that nobody pays")
        }
        let payout = Payout(
            id: ID(), seller: line.seller, wallet: line.wallet, instance: instance,
            amount: line.amount, state: .held, reference: nil, failure: nil, tries: 0,
            createdAt: try await clock.now(), settledAt: nil, destination: line.destination,
            plan: plan, version: 0, inDoubtAt: nil, items: line.items)
        try await payouts.insert(payout)
        try await ledger.post([.payoutHold(payout)])
        try await jobs.enqueue(
            PayoutJobs.send, PayoutJobs.Send(payout: payout.id), uniqueKey: "\(payout.id)")
        return payout
    }
}

extension PlannedPayout {
    func waits(_ reason: WaitingWallet.Reason) -> WaitingWallet {
        WaitingWallet(wallet: wallet, amount: amount, reason: reason)
    }
}
