import Kernel
import Vocabulary
import Web

struct PlanAnswer: Codable {
    let id: ID<PayoutPlan>
    let state: String
    /// SHA-256 of every line that pays; applying is refused when it would be another.
    let fingerprint: String
    /// A payout in it is so large that a second person must approve it.
    let needsApproval: Bool
    /// It stopped at 500 lines: more waits for the next plan.
    let isCut: Bool
    /// Absent for plans that the market made by its schedules.
    let madeBy: ID<Account>?
    let madeAt: Instant
    let approvedBy: ID<Account>?
    let approvedAt: Instant?
    /// Who applied or dropped it.
    let settledBy: ID<Account>?
    let settledAt: Instant?

    init(_ plan: PayoutPlan) {
        id = plan.id
        state = plan.state.rawValue
        fingerprint = plan.fingerprint
        needsApproval = plan.needsApproval
        isCut = plan.isCut
        madeBy = plan.madeBy
        madeAt = plan.madeAt
        approvedBy = plan.approvedBy
        approvedAt = plan.approvedAt
        settledBy = plan.settledBy
        settledAt = plan.settledAt
    }
}

struct PlanLineAnswer: Codable {
    struct Item: Codable {
        let order: ID<Order>
        let amount: Money

        init(_ item: PayoutItem) {
            order = item.order
            amount = item.amount
        }
    }

    let line: Int
    let seller: ID<Seller>
    let sellerName: String
    let wallet: ID<Wallet>
    let instance: ID<ProviderInstance>?
    let instanceName: String?
    let amount: Money
    /// `pays`, or why the money stays.
    let outcome: String
    /// Where it goes, with all but its ends hidden.
    let destination: String?
    let items: [Item]
    /// What is taken first for what the seller owes.
    let recovery: [Item]
    let payout: ID<Payout>?

    init(_ line: PayoutPlanLine) {
        let planned = line.planned
        self.line = line.line
        seller = planned.seller
        sellerName = line.sellerName
        wallet = planned.wallet
        instance = planned.instance
        instanceName = line.instanceName
        amount = planned.amount
        outcome =
            switch planned.outcome {
            case .pays: "pays"
            case .waits(let reason): reason.rawValue
            }
        destination = planned.destination.maskedPlace
        items = planned.items.map { Item($0) }
        recovery = planned.recovery.map { Item($0) }
        payout = line.payout
    }
}

struct LimitAnswer: Codable {
    let limit: Money
}

/// A higher limit that a second person has to set too before it holds.
struct LimitWishAnswer: Codable {
    let currency: Currency
    /// Absent when the limit is to be taken away.
    let limit: Money?
    let askedBy: ID<Account>
    let askedAt: Instant

    init(_ wish: ApprovalLimitWish) {
        currency = wish.currency
        limit = wish.limit
        askedBy = wish.askedBy
        askedAt = wish.askedAt
    }
}

struct LimitsAnswer: Codable {
    let items: [LimitAnswer]
    /// What waits for a second person.
    let waiting: [LimitWishAnswer]
}

/// Money of an order that becomes available on a known day.
struct UpcomingAnswer: Codable {
    let wallet: ID<Wallet>
    let bucket: String
    let order: ID<Order>
    let orderNumber: String
    let amount: Money
    let at: Instant

    init(_ move: UpcomingMove) {
        wallet = move.wallet
        bucket = move.bucket.rawValue
        order = move.order
        orderNumber = move.orderNumber
        amount = move.amount
        at = move.at
    }
}

/// What decides about a seller's payouts.
struct SellerPayoutsAnswer: Codable {
    struct Schedule: Codable {
        let wallet: ID<Wallet>
        let every: String
        let day: Int?
        let minimum: Money
        let nextAt: Instant?
    }

    let isFrozen: Bool
    let freezeReason: String?
    let frozenAt: Instant?
    let reserveRatePpm: Int64
    let reserveDays: Int
    let schedules: [Schedule]

    init(_ marketplace: Marketplace, _ id: ID<Seller>) async throws {
        let seller = try await marketplace.seller(id)
        let freeze = try await marketplace.payoutFreeze(of: id)
        isFrozen = freeze != nil
        freezeReason = freeze?.reason
        frozenAt = freeze?.frozenAt
        reserveRatePpm = seller.reserve.rate.value
        reserveDays = seller.reserve.days
        schedules = try await marketplace.payoutSchedules(of: id).map {
            Schedule(
                wallet: $0.wallet, every: $0.schedule.every.rawValue, day: $0.schedule.day,
                minimum: Money($0.minimum, $0.currency), nextAt: $0.nextAt)
        }
    }
}
