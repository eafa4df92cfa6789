public import ProviderKit
public import Vocabulary

extension StripePayments {
    /// Connect's events of payouts come with the `account` that was paid out. Those without one are
    /// of the platform's own balance, and no seller's.
    public func bankPayouts(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [BankPayoutSnapshot] {
        guard let event = StripeJSON.decode(EventBody.self, webhook.body) else {
            throw .invalidRequest(code: "webhook.malformed", message: "It is not an event.")
        }
        guard event.livemode == stripe.isLive, event.data.object.object == "payout",
            let account = event.account
        else { return [] }
        let path = "/v1/payouts/\(try Self.path(event.data.object.named))"
        let found: BankPayoutBody?
        do throws(ProviderError) {
            found = try await stripe.find(
                BankPayoutBody.self, path, account: try Self.path(account), context)
        } catch .invalidRequest(StripeProblem.accountGone, _) {
            return []
        } catch {
            throw error
        }
        guard let body = found else { return [] }
        guard let snapshot = body.snapshot(of: account) else {
            throw UnreadableBankPayout(
                account: account, reference: body.id,
                problem: "The payout is \(body.status.prefix(40))."
            ).error
        }
        return [snapshot]
    }

    /// Stripe lists them by when they were made, newest first. One that is made meanwhile stands
    /// before the first page and moves nothing on the pages after it.
    public func bankPayouts(
        of account: String, since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutPage {
        var query = StripeForm()
        query.set("created[gte]", since.secondsSince1970)
        query.set("limit", 100)
        query.set("starting_after", try cursor.map(Self.path))
        let page = try await stripe.get(
            ListBody<BankPayoutBody>.self, "/v1/payouts", by: query,
            account: try Self.path(account), context)
        let read = page.data.map { ($0.id, $0.snapshot(of: account)) }
        return BankPayoutPage(
            payouts: read.compactMap(\.1), unreadable: read.filter { $0.1 == nil }.map(\.0),
            next: page.hasMore ? page.data.last?.id : nil)
    }
}

struct BankPayoutBody: Marked {
    let id: String
    /// Below zero when Stripe took from the bank what the account owed.
    let amount: Int64
    let currency: String
    let status: String
    let created: Int64
    let arrivalDate: Int64?
    let failureCode: String?
    let failureMessage: String?
    let metadata: StripeMetadata?
    /// The payout that this one takes back.
    let originalPayout: Expandable<Named>?

    /// Nil for a state or a currency that this module does not know.
    func snapshot(of account: String) -> BankPayoutSnapshot? {
        guard let (known, step) = step, let money = StripeAmount.money(amount, currency) else {
            return nil
        }
        let isFailed = known == .failed
        return BankPayoutSnapshot(
            reference: id, account: account, status: known, amount: money,
            failureCode: isFailed ? failureCode.map { String($0.prefix(100)) } : nil,
            failure: isFailed ? failureMessage.map { String($0.prefix(300)) } : nil,
            arrivesAt: arrivalDate.map { Instant(secondsSince1970: $0) },
            madeAt: Instant(secondsSince1970: created),
            // Stripe numbers no changes. The status only goes forward, and a payout that was paid
            // may fail within days (docs.stripe.com/payouts, "Payout failures"). Meanwhile the day
            // of its arrival is put off.
            version: step * Self.daysMax + min(max(0, arrivalDate ?? 0), Self.daysMax - 1))
    }

    /// More seconds since 1970 than any arrival has.
    private static let daysMax: Int64 = 1_000_000_000_000

    private var step: (BankPayoutStatus, Int64)? {
        switch status {
        case "pending": (.pending, 1)
        case "in_transit": (.inTransit, 2)
        case "paid": (.paid, 3)
        case "canceled": (.canceled, 4)
        case "failed": (.failed, 5)
        default: nil
        }
    }
}
