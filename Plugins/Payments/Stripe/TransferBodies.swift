import ProviderKit
import Vocabulary

struct TransferBody: Marked {
    let id: String
    let amount: Int64
    let amountReversed: Int64
    let currency: String
    /// The connected account.
    let destination: String?
    let metadata: StripeMetadata?

    /// A transfer has no status: it is done when it exists. One that was taken back as a whole
    /// never reached the seller; one of which a part was, as in Stripe's dashboard, did, and is a
    /// person's affair. What was taken back only grows, and so does the version.
    func snapshot() throws(ProviderError) -> PayoutSnapshot {
        guard let money = StripeAmount.money(amount, currency) else {
            throw .ambiguous(message: "The transfer's amount is not one of \(currency.prefix(8)).")
        }
        let isReversed = amountReversed >= amount
        return PayoutSnapshot(
            reference: id, payoutID: metadata?.guildhallPayout,
            status: isReversed ? .failed : .succeeded, amount: money,
            version: 1 + min(max(0, amountReversed), Money.amountMax),
            failureCode: isReversed ? "reversed" : amountReversed > 0 ? "reversed_in_part" : nil)
    }
}

struct ReversalBody: Decodable, Sendable {
    struct Marks: Decodable, Sendable {
        let guildhallKey: String?
        let guildhallReversal: String?
    }

    let id: String
    let amount: Int64
    let currency: String
    let metadata: Marks?

    func snapshot(of transfer: String) throws(ProviderError) -> ReversalSnapshot {
        guard let money = StripeAmount.money(amount, currency) else {
            throw .ambiguous(message: "The reversal's amount is not one of \(currency.prefix(8)).")
        }
        return ReversalSnapshot(
            reference: id, transfer: transfer, reversalID: metadata?.guildhallReversal,
            amount: money)
    }
}

struct StripeBalance: Decodable, Sendable {
    struct Part: Decodable, Sendable {
        let amount: Int64
        let currency: String
    }

    let available: [Part]

    /// - Parameter currency: in Stripe's small letters.
    func available(in currency: String) -> Int64 {
        available.first { $0.currency == currency }?.amount ?? 0
    }
}
