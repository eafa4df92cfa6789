public import Vocabulary

/// Why something about a provider instance is not done.
public enum ProviderRefusal: Refusal {
    case instanceMissing
    case moduleMissing(key: String)
    /// Somebody asked in `field` for a version of a module that is not there.
    case versionMissing(module: String, version: String, field: String)
    case wrongKind
    case settingWrong(field: String, problem: String)
    /// Somebody allowed a host that the module does not ask for.
    case hostUnknown(String)
    case nameTaken
    case nameWrong
    case stateWrong(from: String, to: String)
    case stateChanged
    case checkFailed([String])
    /// Somebody would change more than the secrets of what is retired.
    case secretsOnly
    /// Something is open that the instance made: how many of each kind.
    case stillOpen([OpenItems])
    case ruleWrong(index: Int, problem: String)
    case tooManyRules
    /// The conformance run did not start, or wrote nothing.
    case conformanceFailed
    /// Secrets are still under a key that was to be dropped.
    case keyInUse
    /// No provider host answers.
    case hostUnreachable

    public var code: String {
        switch self {
        case .instanceMissing: "provider.missing"
        case .moduleMissing: "provider.module-missing"
        case .versionMissing: "provider.version-missing"
        case .wrongKind: "provider.wrong-kind"
        case .settingWrong: "provider.setting-wrong"
        case .hostUnknown: "provider.host-unknown"
        case .nameTaken: "provider.name-taken"
        case .nameWrong: "provider.name-wrong"
        case .stateWrong: "provider.state-wrong"
        case .stateChanged: "provider.state-changed"
        case .checkFailed: "provider.check-failed"
        case .secretsOnly: "provider.secrets-only"
        case .stillOpen: "provider.still-open"
        case .ruleWrong: "provider.rule-wrong"
        case .tooManyRules: "provider.too-many-rules"
        case .conformanceFailed: "provider.conformance-failed"
        case .keyInUse: "provider.key-in-use"
        case .hostUnreachable: "provider.host-unreachable"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .instanceMissing: .missing
        case .moduleMissing, .conformanceFailed, .hostUnreachable: .unavailable
        case .versionMissing, .wrongKind, .settingWrong, .hostUnknown, .nameWrong, .ruleWrong,
            .tooManyRules:
            .invalid
        case .nameTaken, .stateWrong, .stateChanged, .checkFailed, .secretsOnly, .stillOpen,
            .keyInUse:
            .conflict
        }
    }

    private static func counted(_ items: [OpenItems]) -> String {
        items.map { "\($0.count) \($0.kind.label)" }.joined(separator: ", ")
    }

    public var explanation: String {
        switch self {
        case .instanceMissing: "There is no such provider."
        case .moduleMissing(let key):
            "The provider module \(key) is not in the modules folder."
        case .versionMissing(let module, let version, _):
            "There is no version \(version.prefix(40)) of \(module) in the modules folder."
        case .wrongKind: "This provider does something else."
        case .settingWrong(_, let problem): problem
        case .hostUnknown(let host): "The module does not ask for \(host.prefix(80))."
        case .nameTaken: "Another provider of this kind has that name."
        case .nameWrong: "A provider's name has 1 to 80 characters."
        case .stateWrong(let from, let to): "A provider that is \(from) cannot become \(to)."
        case .stateChanged: "Somebody else changed this provider just now. Look at it again."
        case .checkFailed(let problems):
            "The provider did not pass its own check: \(problems.joined(separator: " "))"
        case .secretsOnly: "Of a provider that is retired only the secrets can be changed."
        case .stillOpen(let items):
            "It cannot be retired yet: \(Self.counted(items)) open."
        case .ruleWrong(let index, let problem): "Rule \(index + 1): \(problem)"
        case .keyInUse:
            "Providers' secrets are still under an old key: run guildhall key rotate first."
        case .hostUnreachable: "The provider host does not answer. Try again in a moment."
        case .conformanceFailed: "The module could not be tried. The log says more."
        case .tooManyRules: "A list of rules has at most \(ProviderRule.listMax) entries."
        }
    }

    public var field: String? {
        switch self {
        case .settingWrong(let field, _): field.isEmpty ? "settings" : "settings.\(field)"
        case .hostUnknown: "hosts"
        case .nameTaken, .nameWrong: "name"
        case .versionMissing(_, _, let field): field
        case .ruleWrong(let index, _): "rules.\(index)"
        default: nil
        }
    }
}

extension ProviderRule {
    /// Every checkout reads the whole list.
    public static let listMax = 200
}
