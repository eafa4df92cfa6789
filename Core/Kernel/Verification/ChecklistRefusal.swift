import Vocabulary

/// Why a wish about the checklist was refused.
public enum ChecklistRefusal: Refusal, Hashable {
    case unknown, tooMany, notTicked
    /// The first required row that nobody has ticked.
    case open(text: String)

    public var code: String {
        switch self {
        case .unknown: "checklist.unknown"
        case .tooMany: "checklist.too-many"
        case .notTicked: "checklist.not-ticked"
        case .open: "checklist.open"
        }
    }

    public var reason: RefusalReason { self == .unknown ? .missing : .conflict }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such row for this seller on the checklist."
        case .tooMany: "The checklist has at most \(ChecklistRow.countMax) rows."
        case .notTicked: "This row is not ticked."
        case .open(let text): "Tick “\(text)” first: nobody is verified without it."
        }
    }
}
