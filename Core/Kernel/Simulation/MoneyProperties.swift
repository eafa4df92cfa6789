import Vocabulary

/// What holds of money for whatever chance brings, said once for tests and for
/// `guildhall sim --properties`.
public struct MoneyProperties: Sendable {
    /// One thing that always holds.
    public struct Property: Sendable {
        public let claim: String
        let check: @Sendable (inout SplitMix64) throws -> Void
    }

    public static let all: [Property] = [
        Property(claim: "Any cart divided by wallet adds up to the last unit") {
            try Self.divides(&$0)
        },
        Property(claim: "Any amount split by any weights adds up to the last unit") {
            try Self.splits(&$0)
        },
        Property(
            claim: "Any refunds of an order, in any order, give back exactly what everybody got"
        ) { try Self.givesBack(&$0) },
        Property(
            claim: """
                Any sequence of captures, refunds, failures and payouts, in any order and twice, \
                balances, and nobody holds more than was captured
                """
        ) { try Self.keepsBooks(&$0) },
    ]

    /// Tries a property with that many cases.
    /// - Returns: the seed of the first case in which it does not hold, and why; nil when it held.
    public static func firstFault(
        of property: Property, cases: Int, seed: UInt64
    ) -> (seed: UInt64, fault: String)? {
        for number in 0..<UInt64(cases) {
            // Neighbouring seeds of one generator would tell neighbouring cases.
            let own = seed &+ number &* 0x9e37_79b9_7f4a_7c15
            var random = SplitMix64(seed: own)
            do {
                try property.check(&random)
            } catch {
                return (own, "\(error)")
            }
        }
        return nil
    }

    private static func require(_ holds: Bool, _ what: @autoclosure () -> String) throws {
        if !holds { throw SimFault(what()) }
    }

    // MARK: - The whole and its parts

    private static func divides(_ random: inout SplitMix64) throws {
        let sellers: [ID<Seller>] = (0..<4).map { _ in ID() }
        let wallets: [ID<Wallet>] = (0..<4).map { _ in ID() }
        let cart = SimCart(
            sellers: sellers, wallets: wallets, at: Instant(secondsSince1970: 1_750_000_000),
            &random)
        let totals = cart.checkout.totals
        let plan = try PurchasePlan(cart.checkout, by: cart.terms)
        let orders = plan.orders.map(\.amounts)
        func sum(_ part: KeyPath<OrderAmounts, Money>) -> Int64 {
            orders.reduce(0) { $0 + $1[keyPath: part].amount }
        }
        try require(sum(\.total) == totals.total.amount, "orders are not the total")
        try require(sum(\.items) == totals.items.amount, "items are not the items")
        try require(sum(\.shipping) == totals.shipping.amount, "shipping is not the shipping")
        try require(sum(\.tax) == totals.tax.amount, "taxes are not the taxes")
        try require(
            sum(\.taxIncluded) == totals.taxIncluded.amount, "included taxes are not the taxes")
        try require(
            plan.shares.reduce(0) { $0 + $1.amount.amount } == totals.total.amount,
            "the payment's shares are not the total")
        for order in plan.orders {
            let amounts = order.amounts
            try require(
                amounts.items.amount + amounts.shipping.amount + amounts.tax.amount
                    == amounts.total.amount, "an order's parts are not its total")
            try require(
                amounts.sellerShare.amount + amounts.commission.amount
                    + amounts.commissionVAT.amount + amounts.taxByPlatform.amount
                    == amounts.total.amount,
                "what seller, market and state get is not an order's total")
            let shares = RefundShares.sum(order.parts.map(\.shares))
            try require(
                shares.total == amounts.total.amount
                    && shares.commission == amounts.commission.amount
                    && shares.seller == amounts.sellerShare.amount,
                "the lines and the shipping are not the order")
            try require(
                order.parts.allSatisfy { part in
                    [
                        part.shares.seller, part.shares.commission, part.shares.commissionVAT,
                        part.shares.taxByPlatform,
                    ].allSatisfy { $0 >= 0 }
                }, "somebody gets less than nothing of a line")
            for line in order.lines {
                try require(
                    (0...line.line.total.amount).contains(line.commission.amount.amount),
                    "a commission of \(line.commission.amount) on \(line.line.total)")
            }
        }
    }

    private static func splits(_ random: inout SplitMix64) throws {
        let currency = SimCart.currencies.randomElement(using: &random) ?? .eur
        let digits = Int.random(in: 0...15, using: &random)
        let most = (0..<digits).reduce(Int64(1)) { most, _ in most * 10 }
        let amount = Money(Int64.random(in: -most...most, using: &random), currency)
        let weights = (0..<Int.random(in: 1...40, using: &random)).map { _ in
            UInt64.random(in: 0...1_000_000_000, using: &random)
        }
        guard weights.contains(where: { $0 > 0 }) else { return }
        let parts = try amount.allocated(by: weights)
        try require(parts.reduce(0) { $0 + $1.amount } == amount.amount, "parts of \(amount)")
        for (part, weight) in zip(parts, weights) {
            try require(part.isZero || part.isNegative == amount.isNegative, "a part's sign")
            try require(weight > 0 || part.isZero, "a part without a weight")
        }
    }

    // MARK: - The books

    /// One seller's orders at one bank, with everything that may become of their money.
    private struct Account {
        let wallet: ID<Wallet> = ID()
        let bank: ID<ProviderInstance> = ID()
        let currency: Currency
        var ledger = SimLedger()
        var sold: [SoldOrder] = []
        var refunded: Set<ID<Order>> = []
        /// What the bank holds, by its own count.
        var held: Int64 = 0
        var payouts: [Payout] = []

        /// Every event is told twice; the second changes nothing.
        mutating func post(_ posting: Posting) throws {
            try ledger.post(posting)
            let before = ledger.balances
            try ledger.post(posting)
            guard before == ledger.balances else { throw SimFault("twice was not once") }
        }
    }

    private static func keepsBooks(_ random: inout SplitMix64) throws {
        var account = Account(currency: SimCart.currencies.randomElement(using: &random) ?? .eur)
        for _ in 0..<Int.random(in: 4...24, using: &random) {
            try happen(&account, &random)
            try check(account)
        }
    }

    private static func happen(_ account: inout Account, _ random: inout SplitMix64) throws {
        let (wallet, currency) = (account.wallet, account.currency)
        let order = account.sold.randomElement(using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0, 1:
            let total = Int64.random(in: 1...1_000_000, using: &random)
            let commission = Int64.random(in: 0...total, using: &random)
            let tax = Int64.random(in: 0...(total - commission), using: &random)
            let sold = SoldOrder(
                order: ID(), purchase: ID(), wallet: wallet, total: Money(total, currency),
                commission: Money(commission, currency), taxByPlatform: Money(tax, currency))
            try account.post(.sale(of: sold, at: account.bank))
            account.sold.append(sold)
            account.held += total
        case 2:
            guard let order, account.refunded.insert(order.order).inserted else { return }
            try account.post(
                .refund(
                    wholeRefund(of: order), wallet: wallet, at: account.bank, taxJurisdiction: nil,
                    held: account.ledger.holdings(of: order.order), isWholeSale: true))
            account.held -= order.total.amount
        case 3:
            guard let order else { return }
            let pending = account.ledger.sum(.sellerPending, of: order.order)
            guard pending > 0 else { return }
            let kept = Int64.random(in: 0...pending, using: &random)
            try account.post(
                .release(
                    order.order, Money(pending, currency), kept: Money(kept, currency),
                    wallet: wallet))
        case 4:
            guard let order else { return }
            let kept = account.ledger.sum(.sellerReserve, of: order.order)
            guard kept > 0 else { return }
            try account.post(.reserveRelease(order.order, Money(kept, currency), wallet: wallet))
        case 5: try pay(&account)
        default: try endPayout(&account, &random)
        }
    }

    private static func wholeRefund(of order: SoldOrder) -> Refund {
        let (commission, tax) = (order.commission.amount, order.taxByPlatform.amount)
        let shares = RefundShares(
            seller: order.total.amount - commission - tax, commission: commission,
            taxByPlatform: tax)
        return Refund(
            id: ID(), payment: ID(), order: order.order, kind: .whole, fundedBy: nil,
            amount: order.total, goodwill: 0, reason: "chance", state: .pending, failure: nil,
            retries: nil, requestedAt: Instant(secondsSince1970: 1_750_000_000), settledAt: nil,
            version: 0, parts: [RefundPart(number: 0, line: nil, quantity: 0, shares: shares)])
    }

    private static func pay(_ account: inout Account) throws {
        let (wallet, currency) = (account.wallet, account.currency)
        let orders = account.sold
            .map { ($0.order, account.ledger.sum(.sellerAvailable, of: $0.order)) }
            .filter { $0.1 > 0 }
        let seller = ID<Seller>()
        let position = WalletPosition(
            wallet: FundedWallet(
                account: 0, wallet: wallet, seller: seller, currency: currency, minimum: 1,
                details: WalletDetails(holder: "Seller", iban: "DE89370400440532013000"),
                sellerState: .verified, isFrozenAccount: false, isFrozen: false,
                isRestricted: false,
                detailsChangedAt: nil, returnedAt: nil),
            orders: orders.map {
                ClaimableOrder(
                    item: PayoutItem(order: $0.0, amount: Money($0.1, currency)),
                    instance: account.bank)
            }, owed: -account.ledger.balance(.sellerDebt(wallet), currency))
        let now = Instant(secondsSince1970: 1_750_000_000)
        let plan = try position.plan(
            PayoutTerms(payers: [account.bank: account.bank], approvalLimits: [:], now: now))
        if !plan.recovery.isEmpty {
            try account.post(.recovery(ID(), from: plan.recovery, wallet: wallet, currency))
        }
        for line in plan.lines where line.isPaid {
            let payout = Payout(line, at: account.bank, seller: seller, createdAt: now)
            try account.post(.payoutHold(payout))
            account.payouts.append(payout)
        }
    }

    private static func endPayout(
        _ account: inout Account, _ random: inout SplitMix64
    ) throws {
        guard !account.payouts.isEmpty else { return }
        let payout = account.payouts.remove(
            at: Int.random(in: 0..<account.payouts.count, using: &random))
        guard Bool.random(using: &random) else { return try account.post(.payoutVoid(payout)) }
        try account.post(.payoutPost(payout))
        account.held -= payout.amount.amount
        if Bool.random(using: &random) {
            // The bank sends it back.
            try account.post(.payoutReturn(payout))
            account.held += payout.amount.amount
        }
    }

    private static func check(_ account: Account) throws {
        let ledger = account.ledger
        try require(
            ledger.balances.values.reduce(0, +) == 0, "the books do not add up to nothing")
        try require(
            -ledger.balance(.providerClearing(account.bank), account.currency) == account.held,
            "the bank holds something else")
        let kept = account.sold.filter { !account.refunded.contains($0.order) }
        let earned = kept.reduce(Int64(0)) {
            $0 + $1.total.amount - $1.commission.amount - $1.taxByPlatform.amount
        }
        let held =
            ledger.balance(.sellerPending(account.wallet), account.currency)
            + ledger.balance(.sellerAvailable(account.wallet), account.currency)
            + ledger.balance(.sellerReserve(account.wallet), account.currency)
            + ledger.balance(.sellerPaying(account.wallet), account.currency)
            + ledger.balance(.sellerDebt(account.wallet), account.currency)
        try require(held <= earned, "the seller holds \(held) and earned \(earned)")
        try require(
            ledger.balance(.commission, account.currency)
                == kept.reduce(0) { $0 + $1.commission.amount }, "commission was kept of refunds")
    }
}
