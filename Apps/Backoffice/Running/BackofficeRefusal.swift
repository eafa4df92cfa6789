import Vocabulary

/// Why the back office itself says no.
enum BackofficeRefusal: Refusal {
    case noRole
    case moduleUnknown
    case moduleMissing

    var code: String {
        switch self {
        case .noRole: "backoffice.no-role"
        case .moduleUnknown: "backoffice.module-unknown"
        case .moduleMissing: "backoffice.module-missing"
        }
    }

    var reason: RefusalReason {
        switch self {
        case .noRole: .forbidden
        case .moduleUnknown: .invalid
        case .moduleMissing: .missing
        }
    }

    var explanation: String {
        switch self {
        case .noRole:
            "This account has no role in the back office. Ask an administrator for one."
        case .moduleUnknown, .moduleMissing: "There is no such module in the modules folder."
        }
    }

    var field: String? { self == .moduleUnknown ? "module" : nil }
}
