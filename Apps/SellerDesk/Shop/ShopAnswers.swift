import Kernel
import Vocabulary

struct ShopAnswer: Codable, Sendable {
    enum State: String, Codable, Sendable, CaseIterable {
        case applied, submitted, verified, rejected, suspended, closed
    }

    let id: ID<Seller>
    let slug: String
    let name: String
    let about: String
    let country: String
    let legalName: String?
    let vatNumber: String?
    let origin: Address?
    let state: State
    /// Days between delivery and the money becoming available.
    let holdDays: Int
    let ratingSum: Int64
    let ratingCount: Int
    let createdAt: Instant
    /// Since when it owes for refunds of what was paid out.
    let inDebtSince: Instant?
    /// Since when it is paid nothing and publishes nothing new for that.
    let restrictedAt: Instant?

    init(_ seller: Seller) {
        id = seller.id
        slug = seller.slug
        name = seller.name
        about = seller.about
        country = seller.country
        legalName = seller.legalName
        vatNumber = seller.vatNumber
        origin = seller.origin
        state = State(seller.state)
        holdDays = seller.holdDays
        ratingSum = seller.rating.sum
        ratingCount = seller.rating.count
        createdAt = seller.createdAt
        inDebtSince = seller.inDebtSince
        restrictedAt = seller.restrictedAt
    }
}

extension ShopAnswer.State {
    init(_ state: Seller.State) {
        switch state {
        case .applied: self = .applied
        case .submitted: self = .submitted
        case .verified: self = .verified
        case .rejected: self = .rejected
        case .suspended: self = .suspended
        case .closed: self = .closed
        }
    }
}

struct MembershipAnswer: Codable, Sendable {
    let id: ID<Seller>
    let slug: String
    let name: String
    let state: ShopAnswer.State
    let role: TeamAPI.Role

    init(_ membership: SellerMembership) {
        id = membership.seller
        slug = membership.slug
        name = membership.name
        state = ShopAnswer.State(membership.state)
        role = TeamAPI.Role(membership.role)
    }
}

struct TransitionAnswer: Codable, Sendable {
    let from: ShopAnswer.State
    let to: ShopAnswer.State
    let reason: String?
    let at: Instant

    init(_ transition: SellerTransition) {
        from = ShopAnswer.State(transition.from)
        to = ShopAnswer.State(transition.to)
        reason = transition.reason
        at = transition.at
    }
}

struct DocumentAnswer: Codable, Sendable {
    enum State: String, Codable, Sendable, CaseIterable { case pending, accepted, rejected }

    let id: ID<SellerDocument>
    let kind: ShopAPI.NewDocument.Kind
    let fileName: String
    let mediaType: String
    let state: State
    let note: String?
    let createdAt: Instant

    init(_ document: SellerDocument) {
        id = document.id
        kind = ShopAPI.NewDocument.Kind(rawValue: document.kind.rawValue) ?? .other
        fileName = document.fileName
        mediaType = document.mediaType
        state = State(rawValue: document.state.rawValue) ?? .pending
        note = document.note
        createdAt = document.createdAt
    }
}

struct GlanceAnswer: Codable, Sendable {
    struct Day: Codable, Sendable {
        /// Its first moment.
        let day: Instant
        let orders: Int
        /// What customers paid, shipping and tax included.
        let total: Money
    }

    /// Orders that are paid and not wholly sent.
    let toPack: Int
    /// Things for sale of which nothing is left.
    let soldOut: Int
    /// Variants for sale with at most three pieces left.
    let runningOut: Int
    /// Days with sales, oldest first.
    let sales: [Day]

    init(_ glance: ShopGlance) {
        toPack = glance.toPack
        soldOut = glance.soldOut
        runningOut = glance.runningOut
        sales = glance.sales.map { Day(day: $0.day, orders: $0.orders, total: $0.total) }
    }
}
