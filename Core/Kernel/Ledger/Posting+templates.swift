import Vocabulary

// The shape of each business event in the books. Pure: facts in, a balanced posting out.

/// An order's frozen amounts, as far as the books go by them.
public struct SoldOrder: Hashable, Sendable {
    public let order: ID<Order>
    public let purchase: ID<Purchase>
    public let wallet: ID<Wallet>
    /// What the customer paid for it.
    public let total: Money
    public let commission: Money
    /// On top of the commission, for the state.
    public let commissionVAT: Money
    /// Of its tax, what the platform itself hands to the state.
    public let taxByPlatform: Money
    /// Where that is handed in; nil for none, and for orders from before it was kept.
    public let taxJurisdiction: String?

    /// - Parameter commissionVAT: nil for none.
    public init(
        order: ID<Order>, purchase: ID<Purchase>, wallet: ID<Wallet>, total: Money,
        commission: Money, commissionVAT: Money? = nil, taxByPlatform: Money,
        taxJurisdiction: String? = nil
    ) {
        self.order = order
        self.purchase = purchase
        self.wallet = wallet
        self.total = total
        self.commission = commission
        self.commissionVAT = commissionVAT ?? .zero(commission.currency)
        self.taxByPlatform = taxByPlatform
        self.taxJurisdiction = taxJurisdiction
    }
}

extension SoldOrder {
    /// What is left for the seller, by subtraction, in minor units.
    fileprivate func sellerShare() throws(LedgerError) -> Int64 {
        var share = total.amount
        for part in [commission, commissionVAT, taxByPlatform] {
            guard part.currency == total.currency else { throw .currencyMismatch }
            let (rest, overflow) = share.subtractingReportingOverflow(part.amount)
            guard !overflow else { throw .overflow }
            share = rest
        }
        return share
    }
}

extension Posting {
    /// The key under which an order's sale is kept, once for all time.
    public static func saleKey(_ order: ID<Order>) -> String { "sale:\(order)" }

    /// An order's share was captured: the provider instance owes us its total, of which the
    /// seller has a share, the market its commission, and the state the platform's tax and the
    /// commission's VAT.
    public static func sale(
        of sold: SoldOrder, at instance: ID<ProviderInstance>
    ) throws(LedgerError) -> Posting {
        let share = try sold.sellerShare()
        let total = sold.total
        return try Posting(
            key: saleKey(sold.order), kind: .sale, currency: total.currency,
            purchase: sold.purchase,
            entries: [
                LedgerEntry(.providerClearing(instance), -total.amount, order: sold.order),
                LedgerEntry(.sellerPending(sold.wallet), share, order: sold.order),
                LedgerEntry(.commission, sold.commission.amount, order: sold.order),
                LedgerEntry(.commissionVAT, sold.commissionVAT.amount, order: sold.order),
                LedgerEntry(
                    .taxPayable(sold.taxJurisdiction), sold.taxByPlatform.amount,
                    order: sold.order),
            ])
    }

    /// The customer paid the seller directly: the seller owes us the commission, its VAT and the
    /// tax that the platform hands on. Empty when there is nothing of these.
    public static func directSale(of sold: SoldOrder) throws(LedgerError) -> Posting {
        _ = try sold.sellerShare()
        let parts = [sold.commission.amount, sold.commissionVAT.amount, sold.taxByPlatform.amount]
        return try Posting(
            key: saleKey(sold.order), kind: .sale, currency: sold.total.currency,
            purchase: sold.purchase,
            entries: [
                LedgerEntry(
                    .sellerReceivable(sold.wallet), -parts.reduce(0, +), order: sold.order),
                LedgerEntry(.commission, parts[0], order: sold.order),
                LedgerEntry(.commissionVAT, parts[1], order: sold.order),
                LedgerEntry(.taxPayable(sold.taxJurisdiction), parts[2], order: sold.order),
            ])
    }

    /// The seller gave the customer of a direct sale money back: it owes us that much less.
    static func directRefund(
        _ refund: Refund, wallet: ID<Wallet>, taxJurisdiction: String?
    ) throws(LedgerError) -> Posting {
        let (order, shares) = (refund.order, refund.shares)
        return try Posting(
            key: "refund:\(refund.id)", kind: .refund, currency: refund.amount.currency,
            entries: [
                LedgerEntry(
                    .sellerReceivable(wallet), shares.total - shares.seller, order: order),
                LedgerEntry(.commission, -shares.commission, order: order),
                LedgerEntry(.commissionVAT, -shares.commissionVAT, order: order),
                LedgerEntry(
                    .taxPayable(taxJurisdiction), -shares.taxByPlatform, order: order),
            ])
    }

    /// Money was captured for a purchase that is over; it waits in suspense to go back.
    /// - Parameter known: what had come of the payment before it, and is in the books.
    public static func strayCapture(
        payment: ID<Payment>, purchase: ID<Purchase>, _ amount: Money, after known: Money,
        at instance: ID<ProviderInstance>
    ) throws(LedgerError) -> Posting {
        try Posting(
            key: "stray:\(payment)" + (known.isZero ? "" : ":\(known.amount)"),
            kind: .adjustment, currency: amount.currency,
            purchase: purchase,
            entries: [
                LedgerEntry(.providerClearing(instance), -amount.amount),
                LedgerEntry(.suspense, amount.amount),
            ])
    }

    /// So much of the stray money went back to the customer.
    public static func strayReturn(
        _ refund: ID<Refund>, purchase: ID<Purchase>, _ amount: Money,
        at instance: ID<ProviderInstance>
    ) throws(LedgerError) -> Posting {
        try Posting(
            key: "stray-return:\(refund)", kind: .adjustment, currency: amount.currency,
            purchase: purchase,
            entries: [
                LedgerEntry(.suspense, -amount.amount),
                LedgerEntry(.providerClearing(instance), amount.amount),
            ])
    }

    /// Money of an order went back to the customer. Commission, tax and goodwill are returned as
    /// the refund's parts say; the seller's part is taken from where the order's money is now, and
    /// what was paid out already becomes the seller's debt.
    /// - Parameter isWholeSale: it takes back everything that the sale brought, at once.
    static func refund(
        _ refund: Refund, wallet: ID<Wallet>, at instance: ID<ProviderInstance>,
        taxJurisdiction: String?, held: OrderHoldings, isWholeSale: Bool
    ) throws(LedgerError) -> Posting {
        let (order, shares) = (refund.order, refund.shares)
        let fromPending = min(shares.seller, held.pending)
        let fromAvailable = min(shares.seller - fromPending, held.available)
        let fromFrozen = min(shares.seller - fromPending - fromAvailable, held.frozen)
        let fromReserve = min(
            shares.seller - fromPending - fromAvailable - fromFrozen, held.reserved)
        let owed = shares.seller - fromPending - fromAvailable - fromFrozen - fromReserve
        return try Posting(
            key: "refund:\(refund.id)", kind: .refund, currency: refund.amount.currency,
            reverses: isWholeSale ? saleKey(order) : nil,
            entries: [
                LedgerEntry(.providerClearing(instance), refund.amount.amount, order: order),
                LedgerEntry(.sellerPending(wallet), -fromPending, order: order),
                LedgerEntry(.sellerAvailable(wallet), -fromAvailable, order: order),
                LedgerEntry(.sellerFrozen(wallet), -fromFrozen, order: order),
                LedgerEntry(.sellerReserve(wallet), -fromReserve, order: order),
                LedgerEntry(.sellerDebt(wallet), -owed, order: order),
                LedgerEntry(.commission, -shares.commission, order: order),
                LedgerEntry(.commissionVAT, -shares.commissionVAT, order: order),
                LedgerEntry(
                    .taxPayable(taxJurisdiction), -shares.taxByPlatform, order: order),
                LedgerEntry(.goodwill, -refund.goodwill, order: order),
            ])
    }

    /// The key under which it is kept that a refund came back.
    static func refundReturnKey(_ refund: ID<Refund>) -> String { "refund-return:\(refund)" }

    /// The customer's bank sent a refund back: everybody has again what it had taken of them. The
    /// seller's part waits with the order's other money, or is available when the hold is over;
    /// what had become a debt pays that from there.
    static func refundReturn(
        _ refund: Refund, wallet: ID<Wallet>, at instance: ID<ProviderInstance>,
        taxJurisdiction: String?, isReleased: Bool
    ) throws(LedgerError) -> Posting {
        let (order, shares) = (refund.order, refund.shares)
        let seller: LedgerAccount =
            isReleased ? .sellerAvailable(wallet) : .sellerPending(wallet)
        return try Posting(
            key: refundReturnKey(refund.id), kind: .refund, currency: refund.amount.currency,
            reverses: "refund:\(refund.id)",
            entries: [
                LedgerEntry(.providerClearing(instance), -refund.amount.amount, order: order),
                LedgerEntry(seller, shares.seller, order: order),
                LedgerEntry(.commission, shares.commission, order: order),
                LedgerEntry(.commissionVAT, shares.commissionVAT, order: order),
                LedgerEntry(
                    .taxPayable(taxJurisdiction), shares.taxByPlatform, order: order),
                LedgerEntry(.goodwill, refund.goodwill, order: order),
            ])
    }

    /// Stray money that had gone back came back once more, and waits again.
    static func strayCameBack(
        _ refund: ID<Refund>, purchase: ID<Purchase>, _ amount: Money,
        at instance: ID<ProviderInstance>
    ) throws(LedgerError) -> Posting {
        try Posting(
            key: refundReturnKey(refund), kind: .adjustment, currency: amount.currency,
            purchase: purchase, reverses: "stray-return:\(refund)",
            entries: [
                LedgerEntry(.providerClearing(instance), -amount.amount),
                LedgerEntry(.suspense, amount.amount),
            ])
    }

    /// The hold is over: what an order earned may be paid out, but for what is kept in reserve.
    static func release(
        _ order: ID<Order>, _ amount: Money, kept: Money, wallet: ID<Wallet>
    ) throws(LedgerError) -> Posting {
        try Posting(
            key: "release:\(order)", kind: .release, currency: amount.currency,
            entries: [
                LedgerEntry(.sellerPending(wallet), -amount.amount, order: order),
                LedgerEntry(.sellerAvailable(wallet), amount.amount - kept.amount, order: order),
                LedgerEntry(.sellerReserve(wallet), kept.amount, order: order),
            ])
    }

    /// The time of the reserve is over: what is left of it may be paid out.
    static func reserveRelease(
        _ order: ID<Order>, _ amount: Money, wallet: ID<Wallet>
    ) throws(LedgerError) -> Posting {
        try Posting(
            key: "reserve:\(order)", kind: .reserveRelease, currency: amount.currency,
            entries: [
                LedgerEntry(.sellerReserve(wallet), -amount.amount, order: order),
                LedgerEntry(.sellerAvailable(wallet), amount.amount, order: order),
            ])
    }

    /// What is available of these orders is kept from being paid out.
    /// - Parameter number: how often this freeze moved money, with this time.
    static func freeze(
        _ id: ID<PayoutFreeze>, _ number: Int, of items: [PayoutItem], wallet: ID<Wallet>,
        _ currency: Currency
    ) throws(LedgerError) -> Posting {
        try Posting(
            key: "freeze:\(id):\(number)", kind: .freeze, currency: currency,
            entries: moves(items, from: .sellerAvailable(wallet), to: .sellerFrozen(wallet)))
    }

    /// The freeze was lifted: what it kept of these orders may be paid out.
    static func thaw(
        _ id: ID<PayoutFreeze>, _ number: Int, of items: [PayoutItem], wallet: ID<Wallet>,
        _ currency: Currency
    ) throws(LedgerError) -> Posting {
        try Posting(
            key: "thaw:\(id):\(number)", kind: .thaw, currency: currency,
            entries: moves(items, from: .sellerFrozen(wallet), to: .sellerAvailable(wallet)))
    }

    private static func moves(
        _ items: [PayoutItem], from: LedgerAccount, to: LedgerAccount
    ) -> [LedgerEntry] {
        items.flatMap {
            [
                LedgerEntry(from, -$0.amount.amount, order: $0.order),
                LedgerEntry(to, $0.amount.amount, order: $0.order),
            ]
        }
    }

    /// A debt is settled from what other orders made available.
    /// - Parameters:
    ///   - isFrozen: their money lies in the wallet's frozen account.
    ///   - owed: the account that it is owed in; nil for the wallet's own debt.
    static func recovery(
        _ payoutRun: ID<Payout>, from items: [PayoutItem], wallet: ID<Wallet>,
        isFrozen: Bool = false, to owed: LedgerAccount? = nil, _ currency: Currency
    ) throws(LedgerError) -> Posting {
        let source: LedgerAccount = isFrozen ? .sellerFrozen(wallet) : .sellerAvailable(wallet)
        let total = try sum(items)
        return try Posting(
            key: "recovery:\(payoutRun)", kind: .recovery, currency: currency,
            entries: items.map {
                LedgerEntry(source, -$0.amount.amount, order: $0.order)
            } + [LedgerEntry(owed ?? .sellerDebt(wallet), total)])
    }

    /// A payout sets its money aside, before anybody is asked to pay it.
    static func payoutHold(_ payout: Payout) throws(LedgerError) -> Posting {
        try Posting(
            key: "payout:\(payout.id):hold", kind: .payoutHold, currency: payout.amount.currency,
            entries: payout.items.map {
                LedgerEntry(
                    .sellerAvailable(payout.wallet), -$0.amount.amount, order: $0.order)
            } + [LedgerEntry(.sellerPaying(payout.wallet), payout.amount.amount)])
    }

    /// The provider paid it.
    static func payoutPost(_ payout: Payout) throws(LedgerError) -> Posting {
        try Posting(
            key: "payout:\(payout.id):post", kind: .payoutPost, currency: payout.amount.currency,
            entries: [
                LedgerEntry(.sellerPaying(payout.wallet), -payout.amount.amount),
                LedgerEntry(.providerClearing(payout.instance), payout.amount.amount),
            ])
    }

    /// The provider paid it after all, when its money was available again: the seller owes it.
    static func payoutLate(_ payout: Payout) throws(LedgerError) -> Posting {
        try Posting(
            key: "payout:\(payout.id):post", kind: .payoutPost, currency: payout.amount.currency,
            entries: [
                LedgerEntry(.sellerDebt(payout.wallet), -payout.amount.amount),
                LedgerEntry(.providerClearing(payout.instance), payout.amount.amount),
            ])
    }

    /// The provider did not: the money is available again.
    static func payoutVoid(_ payout: Payout) throws(LedgerError) -> Posting {
        try Posting(
            key: "payout:\(payout.id):void", kind: .payoutVoid, currency: payout.amount.currency,
            reverses: "payout:\(payout.id):hold",
            entries: payout.items.map {
                LedgerEntry(.sellerAvailable(payout.wallet), $0.amount.amount, order: $0.order)
            } + [LedgerEntry(.sellerPaying(payout.wallet), -payout.amount.amount)])
    }

    /// The bank sent it back: the provider holds the money again, and it is available again.
    static func payoutReturn(_ payout: Payout) throws(LedgerError) -> Posting {
        try Posting(
            key: "payout:\(payout.id):return", kind: .payoutReturn,
            currency: payout.amount.currency, reverses: "payout:\(payout.id):post",
            entries: payout.items.map {
                LedgerEntry(.sellerAvailable(payout.wallet), $0.amount.amount, order: $0.order)
            } + [LedgerEntry(.providerClearing(payout.instance), -payout.amount.amount)])
    }

    /// An instance handed money to another, once for each reference of the bank.
    static func settlement(
        _ reference: String, of amount: Money, from holder: ID<ProviderInstance>,
        to receiver: ID<ProviderInstance>
    ) throws(LedgerError) -> Posting {
        try Posting(
            key: "settlement:\(holder):\(reference)", kind: .settlement,
            currency: amount.currency,
            entries: [
                LedgerEntry(.providerClearing(holder), amount.amount),
                LedgerEntry(.providerClearing(receiver), -amount.amount),
            ])
    }

    /// A seller paid what it owed for direct sales to the account of an instance.
    static func invoicePayment(
        _ id: ID<InvoicePayment>, _ parts: [(wallet: ID<Wallet>, amount: Int64)],
        _ currency: Currency, at instance: ID<ProviderInstance>
    ) throws(LedgerError) -> Posting {
        let total = parts.reduce(0) { $0 + $1.amount }
        return try Posting(
            key: "invoice-payment:\(id)", kind: .adjustment, currency: currency,
            entries: [LedgerEntry(.providerClearing(instance), -total)]
                + parts.map { LedgerEntry(.sellerReceivable($0.wallet), $0.amount) })
    }

    private static func sum(_ items: [PayoutItem]) throws(LedgerError) -> Int64 {
        var total: Int64 = 0
        for item in items {
            let (next, overflow) = total.addingReportingOverflow(item.amount.amount)
            guard !overflow else { throw .overflow }
            total = next
        }
        return total
    }
}

/// Where an order's money in its wallet is, in minor units.
struct OrderHoldings: Hashable, Sendable {
    let pending: Int64
    let available: Int64
    let frozen: Int64
    let reserved: Int64
}
