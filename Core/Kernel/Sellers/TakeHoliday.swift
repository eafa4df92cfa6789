import Postgres
import Vocabulary

extension Marketplace {
    /// The present or coming holiday of a shop; nil without one.
    public func holiday(of seller: ID<Seller>) async throws -> Holiday? {
        try await database.holidays.find(seller)
    }

    /// Sets the shop's holiday, in place of one that it has. It begins at once when its start is
    /// over, else by the clock, and ends by the clock.
    /// - Throws: ``SellerRefusal/notAllowed``, ``InputRefusal`` for times that make no sense.
    @discardableResult
    public func setHoliday(
        from start: Instant, until end: Instant, note: String, staysOpen: Bool = false,
        as member: SellerMember
    ) async throws -> Holiday {
        try member.require(.editProfile)
        let holiday = try Holiday.checked(
            from: start, until: end, note: note, staysOpen: staysOpen, at: try await marketNow())
        try await change(member.seller, to: holiday, "holiday.set", by: member.account, .seller)
        return holiday
    }

    /// Ends the holiday now, or calls off one that has not begun; nothing without one.
    /// - Throws: ``SellerRefusal/notAllowed``.
    public func endHoliday(as member: SellerMember) async throws {
        try member.require(.editProfile)
        try await change(member.seller, to: nil, "holiday.ended", by: member.account, .seller)
    }

    /// Begins and ends the holidays whose time has come. Run by the worker.
    /// - Returns: how many there were.
    @discardableResult
    public func turnHolidays(limit: Int = 50) async throws -> Int {
        let now = try await marketNow()
        let due = try await database.holidays.due(at: now, limit: limit)
        for seller in due {
            guard let holiday = try await database.holidays.find(seller) else { continue }
            let isOver = holiday.endsAt <= now
            let begun = Holiday(
                startsAt: holiday.startsAt, endsAt: holiday.endsAt, note: holiday.note, isOn: true,
                staysOpen: holiday.staysOpen)
            try await change(
                seller, to: isOver ? nil : begun, isOver ? "holiday.ended" : "holiday.began",
                by: nil, .system, unless: { $0 != holiday })
        }
        return due.count
    }

    private func change(
        _ seller: ID<Seller>, to next: Holiday?, _ action: String, by actor: ID<Account>?,
        _ kind: ActorKind, unless changed: @Sendable (Holiday?) -> Bool = { _ in false }
    ) async throws {
        try await database.transaction { tx in
            // Whoever publishes meanwhile waits, and then sees whether the shop rests.
            guard try await tx.sellers.lock(seller) != nil else { throw SellerRefusal.unknown }
            let before = try await tx.holidays.find(seller)
            guard before != next, !changed(before) else { return }
            if let next {
                try await tx.holidays.save(next, of: seller)
            } else {
                try await tx.holidays.delete(seller)
            }
            try await tx.audit.record(
                action, on: "seller", seller.description, by: actor, as: kind, for: seller,
                before: before, after: next)
        }
    }
}
