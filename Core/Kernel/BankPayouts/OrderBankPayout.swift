import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

/// What payouts to sellers' banks that were asked for need a worker for.
enum BankPayoutJobs {
    struct Send: Codable, Sendable {
        let order: ID<BankPayoutOrder>
    }

    static let send = JobKind<Send>("bank-payouts.send", lane: .payments)
}

/// What the audit trail shows of one.
struct BankPayoutOrderState: Codable, Sendable {
    let amount: Money?
    let order: BankPayoutOrder.State
}

extension Marketplace {
    private static let fundsDeadline: Duration = .seconds(10)

    /// What of a seller's account could be sent to the seller's bank; the provider is asked now.
    /// Nothing is done.
    /// - Throws: ``PayoutRefusal/accountUnknown``.
    public func payableAccount(_ id: ID<PayoutAccount>) async throws -> PayableAccount {
        let account = try await payoutAccount(id)
        let orders = try await database.bankPayoutOrders.list(of: id)
        var funds: AccountFunds?
        var refusal: PayoutRefusal?
        do {
            let found = try await fundsToSend(of: account)
            funds = found
            refusal = found.isManual ? nil : .paidBySchedule
        } catch let found as PayoutRefusal {
            refusal = found
        }
        return PayableAccount(
            account: account, sellerName: try await seller(account.seller).name,
            providerName: try await providerInstance(account.instance).name, funds: funds,
            refusal: refusal, orders: orders)
    }

    /// The accounts of a seller at providers that can be asked to pay them out to a bank.
    public func payableAccounts(of seller: ID<Seller>) async throws -> [PayoutAccount] {
        var found: [PayoutAccount] = []
        for account in try await database.payoutAccounts.list(of: seller)
        where account.reference != nil {
            if await ordersBankPayouts(account.instance) { found.append(account) }
        }
        return found
    }

    private func ordersBankPayouts(_ instance: ID<ProviderInstance>) async -> Bool {
        do { return try await providers.payment(instance).ordersBankPayouts } catch {
            logger.warning(
                "payouts.instance-unusable",
                metadata: ["instance": "\(instance)", "error": "\(error)"])
            return false
        }
    }

    /// Asks for money of a seller's account at a provider to be sent to the seller's bank: written
    /// down, then asked by a worker until the answer is known. What becomes of it at the bank is
    /// told as of every ``BankPayout``.
    /// - Throws: ``PayoutRefusal``: `accountUnknown`, `bankPayoutUnable`, `paidBySchedule`,
    ///   `fundsTooLow`, `bankPayoutUnderWay`, `accountUnavailable`.
    @discardableResult
    public func orderBankPayout(
        of id: ID<PayoutAccount>, _ amount: Money, reason: String, by admin: ID<Account>
    ) async throws -> BankPayoutOrder {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...500)
        let account = try await payoutAccount(id)
        let funds = try await fundsToSend(of: account)
        guard funds.isManual else { throw PayoutRefusal.paidBySchedule }
        let available = funds.available.first { $0.currency == amount.currency }
        guard amount.isPositive, let available, amount.amount <= available.amount else {
            throw PayoutRefusal.fundsTooLow
        }
        let order = ID<BankPayoutOrder>()
        let made = try await refusing(
            "bank_payout_order_once", as: PayoutRefusal.bankPayoutUnderWay
        ) {
            try await database.transaction { tx in
                try await tx.bankPayoutOrders.insert(
                    order, of: id, amount, reason: reason, by: admin)
                try await tx.audit.record(
                    "bank-payout.ordered", on: "seller", account.seller.description, by: admin,
                    for: account.seller, reason: reason, before: BankPayoutOrderState?.none,
                    after: BankPayoutOrderState(amount: amount, order: .intent))
                try await tx.jobs.enqueue(
                    BankPayoutJobs.send, BankPayoutJobs.Send(order: order), uniqueKey: "\(order)")
                guard let made = try await tx.bankPayoutOrders.find(order) else {
                    throw PayoutRefusal.accountUnknown
                }
                return made
            }
        }
        reach(.bankPayout, .intentCommitted)
        return made
    }

    func payoutAccount(_ id: ID<PayoutAccount>) async throws -> PayoutAccount {
        guard let account = try await database.payoutAccounts.find(id) else {
            throw PayoutRefusal.accountUnknown
        }
        return account
    }

    /// - Throws: ``PayoutRefusal``: `bankPayoutUnable`, `accountUnavailable`.
    private func fundsToSend(of account: PayoutAccount) async throws -> AccountFunds {
        guard let reference = account.reference else { throw PayoutRefusal.bankPayoutUnable }
        do {
            let provider = try await providers.payment(account.instance)
            guard provider.ordersBankPayouts else { throw PayoutRefusal.bankPayoutUnable }
            return try await provider.funds(
                of: reference,
                OperationContext(
                    key: "funds:\(account.id):\(ID<BankPayoutOrder>())",
                    within: Self.fundsDeadline))
        } catch is ProviderRefusal {
            throw PayoutRefusal.accountUnavailable
        } catch let error as ProviderError {
            logger.warning(
                "bank-payout.funds-unknown",
                metadata: ["account": "\(reference)", "error": "\(error)"])
            throw PayoutRefusal.accountUnavailable
        }
    }
}
