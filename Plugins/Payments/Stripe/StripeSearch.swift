import ProviderKit
import Vocabulary

/// A page of one of Stripe's lists, newest first.
struct ListBody<Item: Decodable & Sendable>: Decodable, Sendable {
    let data: [Item]
    let hasMore: Bool
}

/// What is in a list and carries the key of the call that made it.
protocol Marked: Decodable, Sendable {
    var id: String { get }
    var metadata: StripeMetadata? { get }
}

/// The marks that we put on objects of Stripe's.
struct StripeMetadata: Decodable, Sendable, Hashable {
    var guildhallKey: String?
    var guildhallPayment: String?
    var guildhallRefund: String?
    var guildhallPayout: String?
    var guildhallSeller: String?
    /// `checkout` on what a Checkout Session made.
    var guildhallFlow: String?
    /// The payment's reference, on its refunds.
    var guildhallReference: String?
}

extension StripeClient {
    /// How far Stripe's clock may be from ours.
    static let clockDifference: Duration = .seconds(600)
    /// Stripe forgets keys after a day, and the kernel asks no later.
    static let keyAge: Duration = .seconds(24 * 3600)
    /// Ten thousand objects. More cannot be looked through in time, and nothing is promised then.
    static let pagesMax = 100

    /// The object in the list at `path` that the call with `key` made; nil when there is none.
    ///
    /// Nil is a promise. Stripe's search lags behind by up to a minute, so it cannot be asked;
    /// its lists do not (docs.stripe.com/search: "use list for read-after-write flows"). So the
    /// list is read from before the call was first made, to the end.
    /// - Throws: `unavailable` when the list is too long to be read.
    func made<Item: Marked>(
        _ type: Item.Type, _ path: String, by key: String, now: Instant,
        account: String? = nil, _ context: OperationContext
    ) async throws(ProviderError) -> Item? {
        let mark = StripeMark.key(key)
        let since =
            context.firstMadeAt?.advanced(by: .zero - Self.clockDifference)
            ?? now.advanced(by: .zero - Self.keyAge)
        var last: String?
        for _ in 0..<Self.pagesMax {
            var query = StripeForm()
            query.set("created[gte]", since.secondsSince1970)
            query.set("limit", 100)
            query.set("starting_after", last)
            let page = try await get(
                ListBody<Item>.self, path, by: query, account: account, context)
            if let found = page.data.first(where: { $0.metadata?.guildhallKey == mark }) {
                return found
            }
            guard page.hasMore, let end = page.data.last else { return nil }
            last = end.id
        }
        throw .unavailable(
            message: "Stripe's list is too long to be looked through.", retryAfterSeconds: 60)
    }
}
