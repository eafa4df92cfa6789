import Vocabulary

/// Somebody who acts for a seller: every verb of a seller takes one, so that none can be called
/// without saying who acts and as what.
public struct SellerMember: Hashable, Sendable, Codable {
    public let seller: ID<Seller>
    public let account: ID<Account>
    public let role: SellerRole
    /// What a token may do at most with which the person acts; nil without one.
    public let limits: Set<SellerPermission>?

    public init(
        seller: ID<Seller>, account: ID<Account>, role: SellerRole,
        limits: Set<SellerPermission>? = nil
    ) {
        self.seller = seller
        self.account = account
        self.role = role
        self.limits = limits
    }

    /// - Throws: ``SellerRefusal/notAllowed`` when the role does not include it.
    public func require(_ permission: SellerPermission) throws(SellerRefusal) {
        guard may(permission) else { throw .notAllowed }
    }

    public func may(_ permission: SellerPermission) -> Bool {
        role.permissions.contains(permission) && (limits?.contains(permission) ?? true)
    }
}

/// What somebody is in a shop.
public enum SellerRole: String, SQLText, Sendable, CaseIterable, Codable {
    case owner, catalogue, orders, finance, support

    /// Who may do what. Nothing else decides.
    ///
    /// | | owner | catalogue | orders | finance | support |
    /// |---|---|---|---|---|---|
    /// | read listings | yes | yes | yes | yes | yes |
    /// | edit listings, stock, pictures; import | yes | yes | | | |
    /// | read orders | yes | | yes | yes | yes |
    /// | ship and cancel orders | yes | | yes | | |
    /// | refund orders | yes | | yes | yes | |
    /// | read money | yes | | | yes | |
    /// | edit wallets | yes | | | yes | |
    /// | read reviews | yes | yes | yes | yes | yes |
    /// | reply to reviews | yes | | | | yes |
    /// | edit profile, documents, application | yes | | | | |
    /// | manage the team | yes | | | | |
    public var permissions: Set<SellerPermission> {
        switch self {
        case .owner: Set(SellerPermission.allCases)
        case .catalogue: [.readListings, .editListings, .readReviews]
        case .orders: [.readListings, .readOrders, .shipOrders, .refundOrders, .readReviews]
        case .finance:
            [
                .readListings, .readOrders, .refundOrders, .readMoney, .editWallets,
                .readReviews,
            ]
        case .support: [.readListings, .readOrders, .readReviews, .replyToReviews]
        }
    }
}

/// One thing that a member may be allowed to do.
public enum SellerPermission: String, Sendable, CaseIterable, Codable {
    case readListings, editListings
    case readOrders, shipOrders, refundOrders
    case readMoney, editWallets
    case readReviews, replyToReviews
    case editProfile, manageTeam
}

/// A member with a name, for the team's page.
public struct TeamMember: Hashable, Sendable, Codable {
    public let account: ID<Account>
    public let name: String
    public let email: String
    public let role: SellerRole
    public let joinedAt: Instant
}

/// One of the shops that an account works for.
public struct SellerMembership: Hashable, Sendable, Codable {
    public let seller: ID<Seller>
    public let slug: String
    public let name: String
    public let state: Seller.State
    public let role: SellerRole
}
