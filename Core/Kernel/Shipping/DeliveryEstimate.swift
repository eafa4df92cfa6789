import ProviderKit
import Synchronization
import Vocabulary

/// What is known, before anybody checks out, of how a thing would be sent to a country.
public enum DeliveryEstimate: Hashable, Sendable {
    /// The cheapest way there, what can be chosen instead, in order, and the place that it leaves,
    /// when known.
    case sent(DeliveryWay, others: [DeliveryWay] = [], from: String? = nil)
    /// Nothing has to be sent.
    case nothingToSend
    /// Its maker does not send it there.
    case notThere
    /// It cannot be had just now.
    case unknown

    /// How long it is believed: prices change seldom, and the checkout asks anew.
    static let lifetime = Duration.seconds(300)
    /// How long nobody asks again who does not answer.
    static let pause = Duration.seconds(30)
    /// A page waits for it no longer than this.
    static let deadline = Duration.milliseconds(600)
    /// So many are asked for at once for one page.
    static let atOnce = 4
}

/// Estimates that were asked for lately, bounded in number.
final class KnownEstimates: Sendable {
    struct Key: Hashable, Sendable {
        /// Of one seller.
        let items: [CheckoutItem]
        let country: String
    }

    private struct Known: Sendable {
        let estimate: DeliveryEstimate
        let until: ContinuousClock.Instant
    }

    private static let countMax = 20_000
    private let known = Mutex<[Key: Known]>([:])

    func find(_ key: Key) -> DeliveryEstimate? {
        known.withLock { $0[key] }.flatMap { $0.until > .now ? $0.estimate : nil }
    }

    /// Whether the caller is the one who asks: for a moment everybody else reads that it is
    /// unknown, instead of asking the same.
    func claim(_ key: Key) -> Bool {
        known.withLock { known in
            if let one = known[key], one.until > .now { return false }
            if known.count >= Self.countMax { known.removeAll() }
            known[key] = Known(estimate: .unknown, until: .now + DeliveryEstimate.deadline)
            return true
        }
    }

    func keep(_ estimate: DeliveryEstimate, for key: Key) {
        let time = estimate == .unknown ? DeliveryEstimate.pause : DeliveryEstimate.lifetime
        known.withLock { $0[key] = Known(estimate: estimate, until: .now + time) }
    }

    func forget(_ key: Key) { known.withLock { $0[key] = nil } }
}
