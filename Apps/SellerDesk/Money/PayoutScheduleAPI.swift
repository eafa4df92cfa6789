import Kernel
import Vocabulary
import Web

/// When wallets are paid out, and what becomes available on which day, for programs.
struct PayoutScheduleAPI {
    struct SchedulePath: Described {
        let wallet: ID<Wallet>
        let currency: Currency
    }

    struct ScheduleBody: Described {
        enum Every: String, Codable, Sendable, CaseIterable { case daily, weekly, monthly, manual }
        let every: Every
        /// Weekly: 1 is Monday, 7 is Sunday. Monthly: the day of the month, 1 to 28.
        let day: Int?
        /// Minor units; what is less waits for the next time. The wallet's own when left out.
        let minimum: Int64?

        static let rules: [String: [Rule]] = [
            "day": [.range(1...28)], "minimum": [.range(0...Money.amountMax)],
        ]
    }

    func mount(on api: API) {
        api.get(
            "/balances/upcoming", "What becomes available on which day, the nearest first",
            tag: "Money"
        )
        .about("Orders that are not delivered have no day yet and are not listed.")
        .query(ListQuery.self)
        .handle(as: Member.self, needing: [.readMoney]) { call, member in
            let moves = try await call.marketplace.upcomingMoves(
                of: member.seller, call.query.page())
            return Listed(moves) { UpcomingMoveAnswer($0) }
        }
        api.get("/payout-schedules", "When each wallet is paid out next", tag: "Wallets")
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                try await PayoutSchedulesAnswer(call.marketplace, member.seller)
            }
        api.put(
            "/wallets/{wallet}/payout-schedules/{currency}",
            "Change when a wallet is paid out in a currency", tag: "Wallets"
        )
        .path(SchedulePath.self).body(ScheduleBody.self)
        .handle(as: Member.self, needing: [.editWallets]) { call, member in
            try await call.marketplace.setPayoutSchedule(
                of: call.path.wallet, call.path.currency, every: call.body.every.kernel,
                day: call.body.day, minimum: call.body.minimum, as: member.membership)
            return try await PayoutSchedulesAnswer(call.marketplace, member.seller)
        }
    }
}

struct UpcomingMoveAnswer: Codable, Sendable {
    enum Bucket: String, Codable, Sendable, CaseIterable { case pending, reserved }

    let walletId: ID<Wallet>
    let bucket: Bucket
    let orderId: ID<Order>
    let orderNumber: String
    let amount: Money
    /// When it becomes available, but for what the reserve keeps of it.
    let at: Instant

    init(_ move: UpcomingMove) {
        walletId = move.wallet
        bucket = move.bucket == .pending ? .pending : .reserved
        orderId = move.order
        orderNumber = move.orderNumber
        amount = move.amount
        at = move.at
    }
}

struct PayoutSchedulesAnswer: Codable, Sendable {
    struct WalletScheduleAnswer: Codable, Sendable {
        let walletId: ID<Wallet>
        let every: PayoutScheduleAPI.ScheduleBody.Every
        let day: Int?
        let minimum: Money
        /// Absent when it is never paid out by itself.
        let nextAt: Instant?
    }

    let items: [WalletScheduleAnswer]
    /// Why nothing is paid out at present; absent when nothing was frozen.
    let frozenBecause: String?
    /// Parts per million of what becomes available that are kept for longer.
    let reserveRatePpm: Int64
    let reserveDays: Int

    init(_ marketplace: Marketplace, _ id: ID<Seller>) async throws {
        let seller = try await marketplace.seller(id)
        items = try await marketplace.payoutSchedules(of: id).map { wallet in
            WalletScheduleAnswer(
                walletId: wallet.wallet,
                every: PayoutScheduleAPI.ScheduleBody.Every(wallet.schedule.every),
                day: wallet.schedule.day, minimum: Money(wallet.minimum, wallet.currency),
                nextAt: wallet.nextAt)
        }
        frozenBecause = try await marketplace.payoutFreeze(of: id)?.reason
        reserveRatePpm = seller.reserve.rate.value
        reserveDays = seller.reserve.days
    }
}

extension PayoutScheduleAPI.ScheduleBody.Every {
    var kernel: PayoutSchedule.Every {
        switch self {
        case .daily: .daily
        case .weekly: .weekly
        case .monthly: .monthly
        case .manual: .manual
        }
    }

    init(_ every: PayoutSchedule.Every) {
        switch every {
        case .daily: self = .daily
        case .weekly: self = .weekly
        case .monthly: self = .monthly
        case .manual: self = .manual
        }
    }
}
