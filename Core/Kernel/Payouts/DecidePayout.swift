import Postgres
import ProviderKit
import Vocabulary

/// How a person says that a payout in doubt ended.
public enum PayoutVerdict: Hashable, Sendable {
    /// The provider has paid it; the reference is the provider's own id of it, where it is known.
    case paid(reference: String?)
    /// The provider has not paid it and will not: its money is available again.
    case notPaid
}

extension Payout {
    /// So often a provider is asked about a payout in doubt before a person may say how it ended:
    /// most doubts end by themselves.
    static let triesBeforeVerdict = 3

    /// Whether nobody knows what became of it, though the provider was asked again and again. One
    /// that is `sent` may be asked for at this moment.
    public var mayBeDecided: Bool { state == .unknown && tries >= Self.triesBeforeVerdict }

    /// From when on nothing of it can be on its way any more; nil when nothing is in doubt.
    public var arrivesUntil: Instant? {
        inDoubtAt?.advanced(by: Marketplace.lateArrivalAgeMax)
    }
}

extension Marketplace {
    /// Ends a payout whose provider does not say whether it paid, as somebody read it in the
    /// provider's own list. The provider is looked up once more: what it knows of the payout
    /// counts, not what the person says. One that was paid although it had failed is booked as
    /// paid, and the freeze that it brought is lifted.
    ///
    /// Of a payout so large that two people have to agree to it, the first word is only written
    /// down (``payoutVerdictWish(of:)``): it ends when a second person says the same.
    /// - Parameter reason: 3 to 500 characters, for the audit trail.
    /// - Throws: ``PayoutRefusal``: `unknown`, `notInDoubt` when it ended, was not asked about
    ///   often enough or is paid by a file; `providerKnows` when the provider says how it stands,
    ///   `providerAway` when it cannot be asked now; of one that is said not to be paid
    ///   `mayStillArrive`, half an hour long after the last call without an answer;
    ///   `askedMeanwhile` when it was tried again while this was decided.
    @discardableResult
    public func decidePayout(
        _ id: ID<Payout>, _ verdict: PayoutVerdict, reason: String, by admin: ID<Account>
    ) async throws -> Payout {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...500)
        let (seen, _) = try await payout(id, of: nil)
        if seen.isContradicted, case .paid(let reference) = verdict {
            return try await bookContradicted(seen, reference: reference, reason, by: admin)
        }
        guard seen.mayBeDecided else { throw PayoutRefusal.notInDoubt }
        if let known = try await lookUp(seen) {
            let settled = try await settlePayout(id, known)
            throw settled.state.isOpen
                ? PayoutRefusal.providerStillAtIt : PayoutRefusal.providerKnows
        }
        return try await database.transaction { tx in
            guard let payout = try await tx.payouts.lock(id) else { throw PayoutRefusal.unknown }
            guard payout.mayBeDecided else { throw PayoutRefusal.notInDoubt }
            guard payout.tries == seen.tries else { throw PayoutRefusal.askedMeanwhile }
            if verdict == .notPaid, let until = payout.arrivesUntil, until > .systemNow {
                throw PayoutRefusal.mayStillArrive
            }
            guard try await tx.isDecided(payout, as: verdict, reason, by: admin) else {
                return payout
            }
            let ended =
                switch verdict {
                case .paid(let reference):
                    try await tx.end(payout, .paid, reference: reference)
                case .notPaid:
                    try await tx.end(payout, .failed, failure: "The provider has not paid it.")
                }
            try await tx.audit.record(
                "payout.decided", on: "payout", id.description, by: admin, for: payout.seller,
                reason: reason, before: PayoutState(payout), after: PayoutState(ended))
            return ended
        }
    }

    /// Books what was paid although it had failed; the seller owes it, and pays it from what is
    /// there.
    private func bookContradicted(
        _ seen: Payout, reference: String?, _ reason: String, by admin: ID<Account>
    ) async throws -> Payout {
        let booked = try await database.transaction { tx in
            guard let payout = try await tx.payouts.lock(seen.id), payout.isContradicted else {
                throw PayoutRefusal.notInDoubt
            }
            let verdict = PayoutVerdict.paid(reference: reference)
            guard try await tx.isDecided(payout, as: verdict, reason, by: admin) else {
                return payout
            }
            let paid = try await tx.bookContradicted(payout, reference: reference)
            try await tx.audit.record(
                "payout.decided", on: "payout", payout.id.description, by: admin,
                for: payout.seller, reason: reason, before: PayoutState(payout),
                after: PayoutState(paid))
            try await tx.liftContradictionFreeze(of: payout.seller, reason: reason, by: admin)
            return paid
        }
        if booked.state == .paid { await followFreeze(of: seen.seller) }
        return booked
    }

    /// The word of one person about a payout that needs a second one's; nil when none waits.
    public func payoutVerdictWish(of id: ID<Payout>) async throws -> SecondPersonWish? {
        try await database.secondPersons.find([PayoutVerdict.subject(id)]).first
    }

    /// What the provider knows of it; nil when it has never heard of it, or will never say.
    private func lookUp(_ payout: Payout) async throws -> PayoutSnapshot? {
        do {
            let provider = try await providers.payment(payout.instance)
            guard !provider.writesFiles else { throw PayoutRefusal.notInDoubt }
            return try await provider.lookupPayout(
                .idempotencyKey("\(payout.id)"),
                OperationContext(
                    idempotencyKey: "\(payout.id)", attempt: payout.tries + 1,
                    deadline: Instant.systemNow.advanced(by: settings.callDeadline),
                    requestID: "\(payout.id)", firstMadeAt: payout.id.madeAt))
        } catch let error as ProviderError {
            switch error {
            // Asked again in an hour, it says the same.
            case .invalidRequest, .unsupported, .misconfigured, .signatureInvalid, .declined:
                return nil
            case .unavailable, .ambiguous: throw PayoutRefusal.providerAway
            }
        } catch ProviderRefusal.hostUnreachable {
            throw PayoutRefusal.providerAway
        } catch is ProviderRefusal {
            return nil
        }
    }
}

extension PayoutVerdict {
    fileprivate static func subject(_ payout: ID<Payout>) -> String { "payout:\(payout)" }

    /// The same for two people who found different references of the same payment.
    fileprivate var wish: String {
        switch self {
        case .paid: "paid"
        case .notPaid: "not paid"
        }
    }
}

extension SecondPersonWish {
    /// Whether the first person says that a payout was paid.
    public var saysPaid: Bool { wish == PayoutVerdict.paid(reference: nil).wish }
}

extension Transaction {
    /// Whether enough people say so: two, of a payout as large as a plan needs two for.
    fileprivate func isDecided(
        _ payout: Payout, as verdict: PayoutVerdict, _ reason: String, by admin: ID<Account>
    ) async throws -> Bool {
        let limit = try await payoutPlans.approvalLimits()[payout.amount.currency]
        guard let limit, payout.amount.amount >= limit else { return true }
        let isWanted = try await isWantedByTwo(
            verdict.wish, of: PayoutVerdict.subject(payout.id), reason: reason, by: admin)
        if !isWanted {
            try await audit.record(
                "payout.verdict-asked", on: "payout", payout.id.description, by: admin,
                for: payout.seller, reason: reason, before: String?.none, after: verdict.wish)
        }
        return isWanted
    }
}

/// What the trail keeps of a payout that a person decided.
private struct PayoutState: Codable, Sendable {
    let state: String
    let amount: Money
    let reference: String?
    let failure: String?
    let tries: Int

    init(_ payout: Payout) {
        (state, amount) = (payout.state.rawValue, payout.amount)
        (reference, failure, tries) = (payout.reference, payout.failure, payout.tries)
    }
}
