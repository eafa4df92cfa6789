import ProviderKit
import Vocabulary

extension StripePayments {
    /// A dispute about one of our payments, as it is now; nil when it is about another.
    func dispute(
        _ id: String, _ context: OperationContext
    ) async throws(ProviderError) -> DisputeSnapshot? {
        let body = try await stripe.find(
            DisputeBody.self, "/v1/disputes/\(try Self.path(id))", context)
        guard let body, let intent = body.paymentIntent?.id,
            let payment = try await payment(ofIntent: intent, context)
        else { return nil }
        return try body.snapshot(of: payment.reference)
    }
}

struct DisputeBody: Decodable, Sendable {
    struct Evidence: Decodable, Sendable { let dueBy: Int64? }

    struct Movement: Decodable, Sendable {
        let amount: Int64
        let fee: Int64
        let currency: String
    }

    let id: String
    let amount: Int64
    let currency: String
    let status: String
    let reason: String?
    let paymentIntent: Expandable<Named>?
    let balanceTransactions: [Movement]?
    let evidenceDetails: Evidence?

    /// - Parameter reference: of its payment.
    func snapshot(of reference: String) throws(ProviderError) -> DisputeSnapshot {
        let (known, step) = try step
        let movements = balanceTransactions ?? []
        // What was settled in another currency says nothing of the payment's: the dispute is known
        // all the same, and its money is found when the books are compared.
        let own = movements.allSatisfy { $0.currency == currency } ? movements : []
        let taken = own.reduce(0) { $0 &- $1.amount }
        let fees = own.reduce(0) { $0 &+ $1.fee }
        guard let amount = StripeAmount.money(amount, currency),
            let withdrawn = StripeAmount.money(max(0, taken), currency),
            let fee = StripeAmount.money(max(0, fees), currency)
        else {
            throw .ambiguous(message: "The dispute's amount is not one of \(currency.prefix(8)).")
        }
        return DisputeSnapshot(
            reference: id, paymentReference: reference, status: known, amount: amount,
            withdrawn: withdrawn, fee: fee, reason: String((reason ?? "general").prefix(100)),
            respondBy: evidenceDetails?.dueBy.map { Instant(secondsSince1970: $0) },
            // Movements of money are only ever added, and between two of them the status only
            // goes forward: also when an appeal turns a lost dispute, which moves money.
            version: Int64(movements.count) * 16 + step)
    }

    private var step: (DisputeStatus, Int64) {
        get throws(ProviderError) {
            switch status {
            case "warning_needs_response": (.inquiry, 1)
            case "warning_under_review": (.inquiry, 2)
            case "warning_closed", "prevented": (.closed, 3)
            case "needs_response": (.needsResponse, 4)
            case "under_review": (.underReview, 5)
            case "lost": (.lost, 6)
            case "won": (.won, 7)
            default: throw .ambiguous(message: "The dispute is \(status.prefix(40)).")
            }
        }
    }
}
