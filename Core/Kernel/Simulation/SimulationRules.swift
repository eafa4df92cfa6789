import ProviderKit
import Vocabulary

/// The decisions that a simulation puts to the test: those that the market ships with. Tests put
/// a wrong one in the place of each and see that it is found; nothing in the shipped program can.
struct SimulationRules: Sendable {
    typealias Needed = (order: ID<Order>, isNeeded: Bool)

    var plan: @Sendable (Checkout, CommissionTerms) throws -> PurchasePlan = {
        try PurchasePlan($0, by: $1)
    }
    var read: @Sendable (PaymentSnapshot, Payment, Purchase) -> Settlement.Reading = {
        Settlement.read($0, for: $1, of: $2)
    }
    var consequences: @Sendable (Settlement, LockedPayment) throws -> [PaymentConsequence] = {
        try $0.consequences(for: $1)
    }
    var captured: @Sendable (SettledAttempt, LockedPayment) throws -> [PaymentConsequence] = {
        try $0.consequences(for: $1)
    }
    /// What became of something that was asked before, from the bank's totals.
    var outcome: @Sendable (PaymentSnapshot, PaymentAttempt, CaptureSums) -> AttemptOutcome = {
        AttemptOutcome.read($0, for: $1, $2)
    }
    var startFails: @Sendable (ProviderError) -> Bool = { $0.isDefinite }
    var verdict: @Sendable (ProviderError) -> CallVerdict = { $0.verdict }
    var moneyBack: @Sendable (LockedShare, LockedPayment) -> MoneyBack = {
        MoneyBack.of($0, in: $1)
    }
    var orderMay: @Sendable (Order.State, Order.State) -> Bool = { $0.next.contains($1) }
    var refundNews: @Sendable (RefundSnapshot, Refund.State, _ version: Int64) -> RefundNews = {
        RefundNews.read($0, for: $1, version: $2)
    }
    var payoutMay: @Sendable (Payout.State, Payout.State) -> Bool = { $0.next.contains($1) }
    /// Whether nothing of the authorization will be asked for after this capture.
    var isLast: @Sendable (PaymentAttempt, [Needed]) -> Bool = { attempt, shares in
        attempt.order == nil || !shares.contains { $0.isNeeded && $0.order != attempt.order }
    }
    /// The key under which a provider does something once.
    var key: @Sendable (PaymentAttempt) -> String = { $0.idempotencyKey }
    var payoutKey: @Sendable (Payout, _ tries: Int) -> String = { payout, _ in
        payout.id.description
    }
    var refundPlan: @Sendable (RefundWish, RefundBasis) throws -> RefundPlan = {
        try RefundPlan.make($0, from: $1)
    }
    var refund:
        @Sendable (
            Refund, ID<Wallet>, ID<ProviderInstance>, OrderHoldings, _ isWholeSale: Bool
        ) throws -> Posting = {
            try Posting.refund(
                $0, wallet: $1, at: $2, taxJurisdiction: nil, held: $3, isWholeSale: $4)
        }
    var refundReturn:
        @Sendable (Refund, ID<Wallet>, ID<ProviderInstance>, _ isReleased: Bool) throws -> Posting =
            {
                try Posting.refundReturn(
                    $0, wallet: $1, at: $2, taxJurisdiction: nil, isReleased: $3)
            }
    var directRefund: @Sendable (Refund, ID<Wallet>) throws -> Posting = {
        try .directRefund($0, wallet: $1, taxJurisdiction: nil)
    }
    /// What is available of these orders pays what their seller owes for direct sales.
    var netting: @Sendable ([PayoutItem], ID<Wallet>, Currency) throws -> Posting = {
        try .recovery(ID(), from: $0, wallet: $1, to: .sellerReceivable($1), $2)
    }
    /// What a booking changes of what a seller is to be invoiced, and what becomes of such charges.
    var invoiceCharge: @Sendable (ID<Order>, Posting) -> UnbilledCharge = {
        UnbilledCharge($0, of: $1)
    }
    var invoice: @Sendable ([UnbilledCharge], _ ownLines: Set<ID<Order>>) -> InvoicePlan = {
        InvoicePlan.make(of: $0, hasLine: $1.contains)
    }
    var dispute: @Sendable (_ before: Dispute?, _ after: Dispute) throws -> Posting = {
        try .dispute(from: $0, to: $1)
    }
    var disputeIsNewer: @Sendable (DisputeSnapshot, _ known: Dispute) -> Bool = {
        $0.version > $1.version
    }
    var disputeCharge:
        @Sendable (
            DisputeChange, LockedShare, OrderHoldings, _ isReleased: Bool
        ) throws -> Posting = {
            try .disputeCharge(
                $0.dispute, from: $0.before, to: $0.after, move: $0.move, of: $1, held: $2,
                isReleased: $3)
        }
    var release: @Sendable (ID<Order>, Money, _ kept: Money, ID<Wallet>) throws -> Posting = {
        try Posting.release($0, $1, kept: $2, wallet: $3)
    }
    var reserveRelease: @Sendable (ID<Order>, Money, ID<Wallet>) throws -> Posting = {
        try Posting.reserveRelease($0, $1, wallet: $2)
    }
    var payoutPlan: @Sendable (WalletPosition, PayoutTerms) throws -> WalletPlan = {
        try $0.plan($1)
    }
    var payoutHold: @Sendable (Payout) throws -> Posting = { try .payoutHold($0) }
    var payoutPost: @Sendable (Payout) throws -> Posting = { try .payoutPost($0) }
    var payoutVoid: @Sendable (Payout) throws -> Posting = { try .payoutVoid($0) }
    var payoutReturn: @Sendable (Payout) throws -> Posting = { try .payoutReturn($0) }
    var payoutNews: @Sendable (PayoutSnapshot, Payout.State, _ version: Int64) -> PayoutNews = {
        PayoutNews.read($0, for: $1, version: $2)
    }
    var payoutAfter: @Sendable (ProviderError, _ wasAsked: Bool) -> Payout.State = {
        Payout.State.after($0, wasAsked: $1)
    }
}
