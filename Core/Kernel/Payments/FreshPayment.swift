import ProviderKit
import Vocabulary

extension LockedPayment {
    /// A payment as its plan has just written it, which need not be read again to be settled.
    init(_ plan: PurchasePlan, _ payment: PaymentPlan, _ times: PlacedTimes) {
        let checkout = plan.checkout
        let zero = Money.zero(payment.amount.currency)
        self.init(
            purchase: Purchase(
                id: plan.id, number: plan.number, checkout: checkout.id,
                account: checkout.account, email: checkout.email, address: checkout.address,
                state: .awaitingPayment, total: payment.amount, placedAt: times.placedAt,
                paidAt: nil, expiresAt: times.expiresAt, language: plan.language),
            payment: Payment(
                id: payment.payment, purchase: plan.id, instance: payment.instance,
                method: payment.method, amount: payment.amount, state: .created,
                authorized: zero, captured: zero, refunded: zero, received: zero, excess: zero,
                reference: nil, next: .none, failureCode: nil, failureMessage: nil,
                capture: payment.capture,
                isDirect: payment.isDirect, createdAt: times.writtenAt, version: 0),
            shares: plan.orders.map { order in
                LockedShare(
                    order: order.id, number: order.number, seller: order.parcel.seller,
                    wallet: order.parcel.wallet, state: .awaitingPayment,
                    amount: order.amounts.total, captured: zero, refunded: zero, claimed: zero,
                    calledOff: zero, commission: order.amounts.commission,
                    commissionVAT: order.amounts.commissionVAT,
                    taxByPlatform: order.amounts.taxByPlatform,
                    taxJurisdiction: order.taxJurisdiction,
                    sellerShare: order.amounts.sellerShare)
            })
    }
}
