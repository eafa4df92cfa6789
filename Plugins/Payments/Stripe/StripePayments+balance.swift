public import ProviderKit
public import Vocabulary

extension StripePayments {
    /// Stripe lists newest first, and pages backwards in time. So the time itself is walked, in
    /// windows that hold no more than a page: the cursor is where the next one begins, and how
    /// wide it may be, both in seconds.
    public func balance(
        from: Instant, until: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BalancePage {
        let end = Self.seconds(upTo: until)
        var window = try Self.window(cursor, from: Self.seconds(upTo: from), end: end)
        guard window.start < end else { return BalancePage(entries: []) }
        var found = try await movements(window, context, after: nil)
        while found.hasMore, window.width > 1 {
            window.width /= 2
            found = try await movements(window, context, after: nil)
        }
        var movements = found.data
        // So much in one second: all of it is one page.
        while found.hasMore, let last = found.data.last, movements.count < Self.entriesMax {
            found = try await self.movements(window, context, after: last.id)
            movements += found.data
        }
        guard !found.hasMore else {
            throw .unavailable(message: "Stripe's list is too long.", retryAfterSeconds: nil)
        }
        var entries: [BalanceEntry] = []
        for movement in movements.reversed() {
            entries.append(
                try movement.entry(reference: try await reference(of: movement, context)))
        }
        let next = window.start + window.width
        return BalancePage(
            entries: entries.filter { $0.at >= from && $0.at < until },
            next: next < end ? "\(next):\(min(end - next, window.width * 2))" : nil)
    }

    private struct Window {
        var start: Int64
        var width: Int64
    }

    private static let entriesMax = 900

    private static func window(
        _ cursor: String?, from: Int64, end: Int64
    ) throws(ProviderError) -> Window {
        guard let cursor else { return Window(start: from, width: max(1, end - from)) }
        let parts = cursor.split(separator: ":").compactMap { Int64($0) }
        guard parts.count == 2, parts[0] >= from, parts[0] < end, parts[1] > 0,
            parts[1] <= end - parts[0]
        else { throw .invalidRequest(code: "cursor", message: "This is no cursor of ours.") }
        return Window(start: parts[0], width: parts[1])
    }

    /// Whole seconds, of which Stripe's times are.
    private static func seconds(upTo instant: Instant) -> Int64 {
        let seconds = instant.secondsSince1970
        return Instant(secondsSince1970: seconds) < instant ? seconds + 1 : seconds
    }

    private func movements(
        _ window: Window, _ context: OperationContext, after: String?
    ) async throws(ProviderError) -> ListBody<MovementBody> {
        var query = StripeForm()
        query.set("created[gte]", window.start)
        query.set("created[lt]", window.start + window.width)
        query.set("limit", 50)
        query.set("starting_after", after)
        query.set("expand[0]", "data.source")
        return try await stripe.get(
            ListBody<MovementBody>.self, "/v1/balance_transactions", by: query, context)
    }

    /// The reference that the kernel knows the movement's cause by.
    private func reference(
        of movement: MovementBody, _ context: OperationContext
    ) async throws(ProviderError) -> String {
        guard let source = movement.source else { return movement.id }
        guard case .object(let source) = source else {
            guard case .id(let id) = source else { return movement.id }
            return id
        }
        switch source.object {
        case "charge":
            guard let intent = source.paymentIntent?.id else { return source.id }
            guard source.metadata?.guildhallFlow == "checkout" else { return intent }
            return try await sessionID(ofIntent: intent, context) ?? intent
        // What was taken back is written on the transfer that it was taken back of.
        case "transfer_reversal": return source.transfer?.id ?? source.id
        default: return source.id
        }
    }
}

/// A balance transaction, with its cause.
struct MovementBody: Decodable, Sendable {
    struct Cause: Decodable, Sendable {
        let id: String
        let object: String
        let paymentIntent: Expandable<Named>?
        let transfer: Expandable<Named>?
        let metadata: StripeMetadata?
    }

    let id: String
    let amount: Int64
    let fee: Int64
    let net: Int64
    let currency: String
    let created: Int64
    let type: String
    let source: Expandable<Cause>?

    func entry(reference: String) throws(ProviderError) -> BalanceEntry {
        guard let gross = StripeAmount.money(amount, currency),
            let fee = StripeAmount.money(fee, currency),
            let net = StripeAmount.money(net, currency)
        else {
            throw .unavailable(
                message: "A line is in \(currency.prefix(8)).", retryAfterSeconds: nil)
        }
        return BalanceEntry(
            id: id, kind: kind, reference: reference, gross: gross, fee: fee, net: net,
            at: Instant(secondsSince1970: created))
    }

    private var kind: BalanceEntry.Kind {
        switch type {
        case "charge", "payment": .charge
        case "refund", "payment_refund", "refund_failure", "payment_failure_refund": .refund
        case "transfer", "transfer_cancel", "transfer_failure", "transfer_refund": .payout
        case "stripe_fee", "stripe_fx_fee", "tax_fee", "application_fee": .fee
        default: .adjustment
        }
    }
}
