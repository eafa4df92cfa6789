public import ProviderKit
public import Vocabulary

extension StripePayments {
    public func lookupDispute(
        _ reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> DisputeSnapshot? {
        var query = StripeForm()
        query.set("expand[0]", "payment_intent")
        let body = try await stripe.find(
            DisputeBody.self, "/v1/disputes/\(try Self.path(reference))", by: query, context)
        guard let body, let payment = try await payment(of: body, context) else { return nil }
        switch body.reading(of: payment) {
        case .success(let snapshot): return snapshot
        case .failure(let nonsense):
            throw .invalidRequest(code: UnreadableDispute.code, message: nonsense.problem)
        }
    }

    /// Stripe lists them by when they were made, newest first. One that is made meanwhile stands
    /// before the first page and moves nothing on the pages after it.
    public func disputes(
        since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> DisputePage {
        var query = StripeForm()
        query.set("created[gte]", since.secondsSince1970)
        query.set("limit", Self.disputesMax)
        query.set("starting_after", try cursor.map(Self.path))
        query.set("expand[0]", "data.payment_intent")
        let page = try await stripe.get(
            ListBody<DisputeBody>.self, "/v1/disputes", by: query, context)
        var disputes: [DisputeSnapshot] = []
        var unreadable: [UnreadableDispute] = []
        for body in page.data {
            guard let reference = try await payment(of: body, context) else { continue }
            switch body.reading(of: reference) {
            case .success(let snapshot): disputes.append(snapshot)
            case .failure(let nonsense):
                unreadable.append(
                    UnreadableDispute(reference: body.id, problem: nonsense.problem))
            }
        }
        return DisputePage(
            disputes: disputes, unreadable: unreadable,
            next: page.hasMore ? page.data.last?.id : nil)
    }

    /// Of each that was paid on Stripe's page, the page is asked for.
    private static let disputesMax: Int64 = 20

    /// The reference of the payment that it is about; nil when that is none of ours.
    private func payment(
        of body: DisputeBody, _ context: OperationContext
    ) async throws(ProviderError) -> String? {
        guard let intent = body.paymentIntent?.object,
            intent.metadata?.guildhallPayment != nil
        else { return nil }
        guard intent.metadata?.guildhallFlow == "checkout" else { return intent.id }
        return try await sessionID(ofIntent: intent.id, context)
    }
}

struct DisputeBody: Decodable, Sendable {
    struct Intent: Decodable, Sendable {
        let id: String
        let metadata: StripeMetadata?
    }

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
    /// The object, because every call asks for it.
    let paymentIntent: Expandable<Intent>?
    let balanceTransactions: [Movement]?
    let evidenceDetails: Evidence?

    /// What Stripe may say one day, and this module cannot: new states come without a new version
    /// of the API (docs.stripe.com/upgrades lists new values of an enumeration as compatible).
    struct Nonsense: Error { let problem: String }

    /// - Parameter reference: of its payment.
    func snapshot(of reference: String) throws(ProviderError) -> DisputeSnapshot {
        switch reading(of: reference) {
        case .success(let snapshot): return snapshot
        case .failure(let nonsense): throw .ambiguous(message: nonsense.problem)
        }
    }

    /// - Parameter reference: of its payment.
    func reading(of reference: String) -> Result<DisputeSnapshot, Nonsense> {
        Result { () throws(Nonsense) in try read(reference) }
    }

    private func read(_ reference: String) throws(Nonsense) -> DisputeSnapshot {
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
            throw Nonsense(problem: "The dispute's amount is not one of \(currency.prefix(8)).")
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
        get throws(Nonsense) {
            switch status {
            case "warning_needs_response": (.inquiry, 1)
            case "warning_under_review": (.inquiry, 2)
            case "warning_closed", "prevented": (.closed, 3)
            case "needs_response": (.needsResponse, 4)
            case "under_review": (.underReview, 5)
            case "lost": (.lost, 6)
            case "won": (.won, 7)
            default: throw Nonsense(problem: "The dispute is \(status.prefix(40)).")
            }
        }
    }
}
