import Vocabulary

/// Why a wish about a shipping profile was refused.
public enum ShippingProfileRefusal: Refusal, Hashable {
    case unknown, nameTaken, tooMany, isDefault
    /// Listings name it; the title of one of them.
    case inUse(title: String)

    public var code: String {
        switch self {
        case .unknown: "shipping-profile.unknown"
        case .nameTaken: "shipping-profile.name-taken"
        case .tooMany: "shipping-profile.too-many"
        case .isDefault: "shipping-profile.is-default"
        case .inUse: "shipping-profile.in-use"
        }
    }

    public var reason: RefusalReason { self == .unknown ? .missing : .conflict }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such shipping profile."
        case .nameTaken: "Another shipping profile of this shop has this name."
        case .tooMany: "A shop has at most \(ShippingProfile.countMax) shipping profiles."
        case .isDefault: "Make another shipping profile the default first."
        case .inUse(let title):
            "Things still name this profile, such as “\(title)”. Choose another for them first."
        }
    }

    public var field: String? { self == .nameTaken ? "name" : nil }
}
