import Postgres
import ProviderKit
import Vocabulary

/// What sellers read of a payout that their bank did not take, or of what it did not give.
struct BankPayoutNotice: Codable, Sendable {
    /// Above zero for both.
    let amount: Money
    let failure: String?
    /// The same for the list of notices.
    let note: String?
}

extension BankPayout {
    /// The first time that an account is asked about, all that ever failed is heard of at once: who
    /// has long put it right need not be told. None fails so late (``Marketplace/readAgainDays``).
    fileprivate var isNews: Bool {
        madeAt > Instant.systemNow.advanced(days: -Marketplace.readAgainDays)
    }
}

/// A provider says of a payout what cannot be, such as another amount than before.
struct BankPayoutContradicted: Error {
    let reference: String
}

extension Marketplace {
    /// Applies what a provider says of a payout from a seller's account to a bank. Whoever brings
    /// it, and however often, it is written and told once; what is older than what is known changes
    /// nothing. Nothing is booked: the market's debt to the seller ended with the transfer into the
    /// account, and whether its bank takes the money moves nothing of the market's.
    /// - Returns: false when it is of no account that the market opened at that instance.
    @discardableResult
    public func applyBankPayout(
        _ snapshot: BankPayoutSnapshot, at instance: ID<ProviderInstance>
    ) async throws -> Bool {
        guard
            let account = try await database.payoutAccounts.find(
                reference: snapshot.account, at: instance)
        else { return false }
        try await database.transaction { tx in
            try await tx.bankPayouts.lock(account.id)
            try await tx.bankPayouts.takeBack(snapshot.reference, of: account.id)
            let before = try await tx.bankPayouts.find(
                reference: snapshot.reference, of: account.id)
            if let before {
                guard before.amount == snapshot.amount else {
                    throw BankPayoutContradicted(reference: snapshot.reference)
                }
                if before.version >= snapshot.version { return }
            }
            let after = BankPayout(snapshot, id: before?.id ?? ID(), from: account)
            if before == nil {
                try await tx.bankPayouts.insert(after)
            } else {
                try await tx.bankPayouts.save(after)
            }
            guard after.status == .failed, before?.status != .failed, after.isNews else { return }
            let topic = after.isDebit ? "bank-debit.failed" : "bank-payout.failed"
            let amount = Money(abs(after.amount.amount), after.amount.currency)
            try await tx.outbox.record(
                OutboxEvent(
                    topic, about: "seller", after.seller,
                    BankPayoutNotice(amount: amount, failure: after.why, note: after.why)
                ).telling(team: after.seller))
        }
        return true
    }

    /// What went from a seller's accounts at providers to the seller's bank, newest first.
    /// - Throws: ``SellerRefusal`` without the permission to see money.
    public func bankPayouts(
        as member: SellerMember, _ page: PageRequest
    ) async throws -> Page<BankPayout> {
        try member.require(.readMoney)
        return try await database.bankPayouts.list(of: member.seller, page)
    }

    /// The same of every seller or of one, for administrators; those alone that failed, or all.
    public func bankPayouts(
        of seller: ID<Seller>?, isFailed: Bool, _ page: PageRequest
    ) async throws -> Page<ListedBankPayout> {
        try await database.bankPayouts.list(of: seller, isFailed: isFailed, page)
    }
}
