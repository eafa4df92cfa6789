import Vocabulary

/// An address of somebody's address book.
public struct SavedAddress: Hashable, Sendable {
    public let id: ID<SavedAddress>
    public let address: Address
    /// Whether it is offered first; one of an account is, while there is any.
    public let isDefault: Bool
    public let createdAt: Instant

    /// So many an account keeps.
    public static let countMax = 20
}

/// Why an address was not kept.
public enum AddressRefusal: Refusal, CaseIterable {
    case unknown, tooMany

    public var code: String {
        switch self {
        case .unknown: "address.unknown"
        case .tooMany: "address.too-many"
        }
    }

    public var reason: RefusalReason { self == .unknown ? .missing : .conflict }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such address in your address book."
        case .tooMany:
            "An address book has at most \(SavedAddress.countMax) addresses. "
                + "Delete one first."
        }
    }
}
