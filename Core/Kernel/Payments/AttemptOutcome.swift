import ProviderKit
import Vocabulary

/// What of a payment is booked as captured, and what is being captured.
struct CaptureSums: Sendable, Equatable {
    /// A capture whose outcome is not known.
    struct Open: Sendable, Equatable {
        let id: ID<PaymentAttempt>
        /// Minor units.
        let amount: Int64
        /// Nothing that was sent for it is on its way, and nothing will be sent under its key.
        let isForgotten: Bool
        /// What it takes is in the books: the provider told of the whole payment.
        let isBooked: Bool
    }

    /// Minor units.
    let booked: Int64
    let open: [Open]
}

/// What became of a capture or a void that was sent before, as the payment stands at its provider.
enum AttemptOutcome: Sendable, Equatable {
    case done, notDone
    /// The provider's totals fit both.
    case unclear

    /// A provider tells how much it captured, not for whom. Which of the open captures it made is
    /// known when only one choice of them adds up to that. When several do, those that may still
    /// be sent again are waited for; after that one choice is as good as another, since whatever
    /// is not in it is asked for under another key: the oldest that fit were made.
    static func read(
        _ snapshot: PaymentSnapshot, for attempt: PaymentAttempt, _ sums: CaptureSums
    ) -> AttemptOutcome {
        switch attempt.kind {
        case .void:
            let isOver = [.voided, .failed, .expired].contains(snapshot.status)
            return isOver ? .done : .notDone
        case .capture:
            return read(found: snapshot.captured.amount - sums.booked, for: attempt, sums.open)
        case .start, .refund: return .unclear
        }
    }

    /// - Parameter found: minor units that were captured and are not booked.
    private static func read(
        found: Int64, for attempt: PaymentAttempt, _ open: [CaptureSums.Open]
    ) -> AttemptOutcome {
        let amount = attempt.amount.amount
        if open.contains(where: { $0.id == attempt.id && $0.isBooked }) { return .done }
        let open = open.filter { !$0.isBooked }
        let others = open.filter { $0.id != attempt.id }
        if found < amount { return .notDone }
        if found >= others.reduce(amount, { $0 + $1.amount }) { return .done }
        guard let sums = reachable(others) else { return .unclear }
        switch (sums.contains(found - amount), sums.contains(found)) {
        case (true, false): return .done
        case (false, true): return .notDone
        case (false, false): return .unclear
        case (true, true): break
        }
        guard open.allSatisfy(\.isForgotten) else { return .unclear }
        return oldest(adding: found, attempt, open)
    }

    private static func oldest(
        adding found: Int64, _ attempt: PaymentAttempt, _ open: [CaptureSums.Open]
    ) -> AttemptOutcome {
        let oldestFirst = open.sorted { $0.id < $1.id }
        var left = found
        for (place, capture) in oldestFirst.enumerated() {
            guard let rest = reachable(oldestFirst.dropFirst(place + 1)) else { return .unclear }
            let isMade = rest.contains(left - capture.amount)
            if capture.id == attempt.id { return isMade ? .done : .notDone }
            if isMade { left -= capture.amount }
        }
        return .unclear
    }

    /// Every sum of some of the captures; nil when there are too many to go through.
    private static func reachable(_ captures: some Sequence<CaptureSums.Open>) -> Set<Int64>? {
        var sums: Set<Int64> = [0]
        for capture in captures {
            sums.formUnion(sums.map { $0 + capture.amount })
            if sums.count > sumsMax { return nil }
        }
        return sums
    }

    private static let sumsMax = 4096
}
