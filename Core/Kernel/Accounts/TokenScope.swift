import Vocabulary

/// What a token of the seller app may do at most: what a role of the team may, or of that only
/// what reads. It never makes more of a role than it is.
public enum TokenScope: String, SQLText, Sendable, CaseIterable, Codable {
    case readCatalogue = "catalogue:read"
    case writeCatalogue = "catalogue:write"
    case readOrders = "orders:read"
    case writeOrders = "orders:write"
    case readFinance = "finance:read"
    case writeFinance = "finance:write"
    case readSupport = "support:read"
    case writeSupport = "support:write"

    /// Whose work in the team it is.
    public var role: SellerRole {
        switch self {
        case .readCatalogue, .writeCatalogue: .catalogue
        case .readOrders, .writeOrders: .orders
        case .readFinance, .writeFinance: .finance
        case .readSupport, .writeSupport: .support
        }
    }

    public var mayWrite: Bool {
        switch self {
        case .readCatalogue, .readOrders, .readFinance, .readSupport: false
        case .writeCatalogue, .writeOrders, .writeFinance, .writeSupport: true
        }
    }

    public var permissions: Set<SellerPermission> {
        mayWrite ? role.permissions : role.permissions.filter(\.isReading)
    }
}

extension SellerPermission {
    /// Whether it changes nothing.
    public var isReading: Bool {
        switch self {
        case .readListings, .readOrders, .readMoney, .readReviews: true
        case .editListings, .shipOrders, .refundOrders, .editWallets, .replyToReviews,
            .editProfile, .manageTeam:
            false
        }
    }
}

/// For whom a token speaks, and for how much of what that person may do.
public struct TokenBearer: Sendable {
    public let account: Account
    /// Nil for all that the account may do.
    public let scopes: Set<TokenScope>?

    /// What its scopes open together; nil for everything.
    public var permissions: Set<SellerPermission>? {
        scopes.map { $0.reduce(into: []) { $0.formUnion($1.permissions) } }
    }
}
