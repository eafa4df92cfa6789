import Synchronization
import Vocabulary

/// Checkouts that this process has just written, so that whoever orders at once need not have them
/// read again. They may be out of date, which does no harm: the statement that places a purchase
/// takes nothing but the newest version of an open checkout whose things are for sale.
final class RecentCheckouts: Sendable {
    /// The oldest goes when there are more; each is some kilobytes.
    static let countMax = 512

    private struct Kept {
        let checkout: Checkout
        let buyer: Buyer
        let at: ContinuousClock.Instant
    }

    private struct State {
        var kept: [ID<Checkout>: Kept] = [:]
        /// In the order in which they came; those that were taken stay until their turn.
        var ids: [ID<Checkout>] = []
        var oldest = 0
    }

    private let state = Mutex(State())

    func keep(_ checkout: Checkout, of buyer: Buyer) {
        let kept = Kept(checkout: checkout, buyer: buyer, at: .now)
        state.withLock { state in
            let isKnown = state.kept.updateValue(kept, forKey: checkout.id) != nil
            guard !isKnown else { return }
            guard state.ids.count == Self.countMax else { return state.ids.append(checkout.id) }
            state.kept[state.ids[state.oldest]] = nil
            state.ids[state.oldest] = checkout.id
            state.oldest = (state.oldest + 1) % Self.countMax
        }
    }

    /// Hands a checkout out, once, as if it had been read now; nil when it is not here or belongs
    /// to somebody else.
    func take(_ id: ID<Checkout>, of buyer: Buyer) -> Checkout? {
        let found = state.withLock { state -> Kept? in
            guard let found = state.kept[id], found.buyer.opens(to: buyer) else { return nil }
            state.kept[id] = nil
            return found
        }
        guard let found else { return nil }
        var checkout = found.checkout
        checkout.readAt = checkout.readAt.advanced(by: ContinuousClock.now - found.at)
        return checkout
    }
}

extension Buyer {
    /// Whether what this buyer has begun opens to `other`: what an account began, to that account
    /// alone; what a guest began, to whoever holds the guest's token.
    fileprivate func opens(to other: Buyer) -> Bool {
        if let account { return account == other.account }
        return guestTokenHash != nil && guestTokenHash == other.guestTokenHash
    }
}
