public import ProviderKit
public import Vocabulary

extension ProviderKind: SQLText {}

/// One configured row of a provider module. What it made stays with it for life; swapping a
/// provider means that another instance gets the new business.
public struct ProviderInstance: Sendable {
    public enum State: String, Sendable, CaseIterable, SQLText {
        case draft, active, paused, draining, retired

        /// The whole life of an instance. Nothing else decides.
        public var next: Set<State> {
            switch self {
            case .draft: [.active, .retired]
            case .active: [.paused, .draining]
            case .paused: [.active, .draining]
            case .draining: [.active, .retired]
            case .retired: []
            }
        }
    }

    public enum Mode: String, Sendable, CaseIterable, SQLText {
        case sandbox, live

        /// The same as its module gets it.
        var inModule: InstanceMode { self == .live ? .live : .sandbox }
    }

    /// When a payment's shares are captured: all with the order, or each at its shipment. At a
    /// provider that captures a payment once, the latter holds for purchases of one order; those of
    /// several are captured with the order.
    public enum Capture: String, Sendable, CaseIterable, SQLText {
        case atOrder = "at_order"
        case atShipment = "at_shipment"
        /// When a person says that it was paid at the delivery. Follows from the module, and is
        /// nobody's choice.
        case atDelivery = "at_delivery"

        /// What an administrator chooses from.
        public static let choices: [Capture] = [.atOrder, .atShipment]
    }

    public let id: ID<ProviderInstance>
    public let kind: ProviderKind
    public let moduleKey: String
    /// The version of the module that it was made with or moved to; nil for the newest there is.
    public internal(set) var moduleVersion: String?
    public let name: String
    public let mode: Mode
    public let state: State
    /// Only what is not secret.
    public internal(set) var settings: [String: String]
    public let configurationVersion: Int
    public let capture: Capture
    public let createdAt: Instant
    /// Of the hosts that its module declares, those that an administrator allowed, in lower case;
    /// nil where nobody was asked yet, and all that it declares are reached.
    public internal(set) var allowedHosts: [String]?
    /// Those that he was shown and did not allow.
    public internal(set) var refusedHosts: [String] = []
    /// Since when webhooks signed with secrets from before a change are accepted; nil when only the
    /// present ones are.
    public internal(set) var previousSecretsSince: Instant?

    /// Whether it may be given new business. What it made already it goes on serving in every
    /// state.
    public var takesNewBusiness: Bool { state == .active }
}
