import Vocabulary

/// On which days a wallet is paid out by itself, at six in the morning, UTC.
public struct PayoutSchedule: Hashable, Sendable, Codable {
    public enum Every: String, SQLText, Sendable, CaseIterable, Codable {
        case daily, weekly, monthly
        /// Never by itself: an administrator plans it.
        case manual
    }

    public let every: Every
    /// Weekly: 1 is Monday, 7 is Sunday. Monthly: the day of the month, 1 to 28.
    public let day: Int?

    /// What holds for wallets that have no schedule of their own.
    public static let standard = PayoutSchedule(every: .weekly, day: 1)
    static let hour: Int64 = 6

    init(every: Every, day: Int?) {
        self.every = every
        self.day = day
    }

    /// - Throws: `InputRefusal` for a day that the schedule does not have.
    public static func checked(every: Every, day: Int?) throws -> PayoutSchedule {
        let days: ClosedRange<Int>? =
            switch every {
            case .weekly: 1...7
            case .monthly: 1...28
            case .daily, .manual: nil
            }
        guard let days else { return PayoutSchedule(every: every, day: nil) }
        guard let day, days.contains(day) else {
            throw InputRefusal(
                .wrong(
                    every == .weekly
                        ? "The day is 1, Monday, to 7, Sunday." : "The day is 1 to 28."),
                field: "day")
        }
        return PayoutSchedule(every: every, day: day)
    }

    /// The first time after `instant`; nil when it is never paid out by itself.
    public func next(after instant: Instant) -> Instant? {
        if every == .manual { return nil }
        let today = instant.secondsSince1970 - instant.secondsSince1970 % 86_400
        // The longest way is from one 28th to the next.
        for days in 0...32 {
            let morning = Instant(
                secondsSince1970: today + Int64(days) * 86_400 + Self.hour * 3600)
            if morning > instant, falls(on: morning) { return morning }
        }
        return nil
    }

    private func falls(on morning: Instant) -> Bool {
        switch every {
        case .daily: true
        // 1 January 1970 was a Thursday.
        case .weekly: Int((morning.secondsSince1970 / 86_400 + 3) % 7) + 1 == day
        case .monthly: morning.civilDate.day == day
        case .manual: false
        }
    }
}

/// When one wallet is paid out in one currency.
public struct ScheduledWallet: Hashable, Sendable {
    public let wallet: ID<Wallet>
    public let currency: Currency
    public let schedule: PayoutSchedule
    /// Minor units; what is less waits for the next time.
    public let minimum: Int64
    /// Nil when it is never paid out by itself.
    public let nextAt: Instant?
}
