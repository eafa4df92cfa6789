import Kernel
import Vocabulary
import Web

/// What the shop has earned and not received yet, in one currency: one bar whose parts are the
/// buckets, and the same as a table.
struct BalanceChart {
    struct Part {
        let label: String
        let amount: String
        let words: String
        /// `goes out on 23 November 2026, from € 10.00`
        let note: String?
        /// The class of its colour.
        let kind: String
        // In the units of the drawing.
        let x: Int64
        let width: Int64
    }

    let total: String
    /// What the drawing shows, for those who cannot see it.
    let summary: String
    let parts: [Part]

    /// The drawing is so wide, with so much between two parts; no part is too narrow to be seen.
    static let width: Int64 = 600
    static let gap: Int64 = 2
    static let least: Int64 = 6

    /// One chart for each currency in which the shop has something.
    static func all(_ balances: [WalletBalance], _ schedules: [ScheduledWallet]) -> [BalanceChart] {
        Dictionary(grouping: balances, by: \.available.currency)
            .sorted { $0.key.code < $1.key.code }
            .compactMap { BalanceChart($0.value, $0.key, schedules) }
    }

    private init?(
        _ balances: [WalletBalance], _ currency: Currency, _ schedules: [ScheduledWallet]
    ) {
        let buckets: [(kind: String, label: String, bucket: KeyPath<WalletBalance, Money>)] = [
            ("held", localized("Held"), \.pending),
            ("available", localized("Available"), \.available),
            ("frozen", localized("Frozen"), \.frozen),
            ("reserved", localized("In reserve"), \.reserved),
            ("paying", localized("On its way"), \.paying),
            ("disputed", localized("Disputed"), \.disputed),
        ]
        let filled = buckets.compactMap { kind, label, bucket -> (String, String, Int64)? in
            let sum = balances.reduce(Int64(0)) { $0 &+ max(0, $1[keyPath: bucket].amount) }
            return sum > 0 ? (kind, label, sum) : nil
        }
        let whole = filled.reduce(Int64(0)) { $0 &+ $1.2 }
        guard whole > 0 else { return nil }
        let count = Int64(filled.count)
        // Every part has its least; the rest of the width is shared by amount.
        let shared = Self.width - count * Self.least - (count - 1) * Self.gap
        var x: Int64 = 0
        // The wallet that is paid first says when.
        let next = balances.filter { $0.available.isPositive }
            .compactMap { balance in
                schedules.first { $0.wallet == balance.wallet && $0.currency == currency }
            }
            .min { first, second in
                guard let one = first.nextAt else { return false }
                return second.nextAt.map { one < $0 } ?? true
            }
            .map { MoneyPage.Balance.words($0, currency) }
        parts = filled.map { kind, label, amount in
            // An amount times the width may be more than its integer holds.
            let share = whole.dividingFullWidth(amount.multipliedFullWidth(by: shared)).quotient
            defer { x += Self.least + share + Self.gap }
            let money = Format.money(Money(amount, currency))
            return Part(
                label: label, amount: money, words: "\(label): \(money)",
                note: kind == "available" ? next : nil, kind: kind, x: x,
                width: Self.least + share)
        }
        total = Format.money(Money(whole, currency))
        summary = parts.map(\.words).joined(separator: ", ")
    }
}
