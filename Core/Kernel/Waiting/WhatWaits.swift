import Vocabulary

/// How much of each kind waits for somebody of the back office, counted up to ``countMax``.
public struct WhatWaits: Sendable, Codable {
    public let sellersSubmitted: Int
    public let paymentsUnknown: Int
    public let refundsOpen: Int
    /// Failed, not tried again, and their money is still here.
    public let refundsFailed: Int
    public let payoutsOpen: Int
    /// From sellers' accounts at providers to their banks, or back, where none came through since.
    public internal(set) var bankPayoutsFailed = 0
    /// Payouts to sellers' banks that their modules can make nothing of.
    public internal(set) var bankPayoutsUnread = 0
    public let webhooksFailed: Int
    public let jobsDead: Int
    public let listingsBlocked: Int
    public let providersDraining: Int
    /// Orders whose money a provider refused to take.
    public let capturesRefused: Int
    /// Captures, releases and refunds that were asked for over an hour ago and are not settled.
    public let callsUnanswered: Int
    /// Payments of which more came than was asked for, or after they were over.
    public let moneyToLookAt: Int
    /// Delivered, to be paid at the door, and nobody said that it was: the commission is not owed.
    public let cashUnconfirmed: Int
    /// Disputes that nobody here can make sense of, and that have to be answered at the provider.
    public let disputesUnreadable: Int

    /// Counting stops here: whether it is a hundred or a million, somebody has to look.
    public static let countMax = 100
}

extension Marketplace {
    /// What waits for somebody, for the back office's first page.
    public func whatWaits() async throws -> WhatWaits {
        var waits = try await database.waiting.find()
        waits.bankPayoutsFailed = try await database.bankPayouts.countWaiting()
        waits.bankPayoutsUnread = try await database.bankPayouts.countUnread()
        return waits
    }
}
