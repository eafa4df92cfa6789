import ProviderKit
import Synchronization
import Vocabulary

/// What is known, before anybody checks out, of how a thing would be sent to a country.
public enum DeliveryEstimate: Hashable, Sendable {
    /// The cheapest way there; days until it arrives, when known.
    case sent(label: String, price: Money, daysMin: Int?, daysMax: Int?)
    /// Nothing has to be sent.
    case nothingToSend
    /// Its maker does not send it there.
    case notThere
    /// It cannot be had just now.
    case unknown

    /// How long it is believed: prices change seldom, and the checkout asks anew.
    static let lifetime = Duration.seconds(600)
    /// How long nobody asks again who does not answer.
    static let pause = Duration.seconds(30)
    /// A page waits for it no longer than this.
    static let deadline = Duration.milliseconds(600)
}

/// Estimates that were asked for lately, bounded in number.
final class KnownEstimates: Sendable {
    struct Key: Hashable, Sendable {
        let seller: ID<Seller>
        /// What the parcel weighs and is worth: a module knows no more of it.
        let parcel: Parcel
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

    func keep(_ estimate: DeliveryEstimate, for key: Key) {
        let time = estimate == .unknown ? DeliveryEstimate.pause : DeliveryEstimate.lifetime
        known.withLock { known in
            if known.count >= Self.countMax { known.removeAll() }
            known[key] = Known(estimate: estimate, until: .now + time)
        }
    }
}
