import Vocabulary

/// The input makes no sense; says which field and why.
public struct InvalidInput: Refusal, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case malformed, tooDeep, missing, unknown, wrongType, tooLong, tooShort, outOfRange
        case pattern, choice, tooMany, tooFew, characters
    }

    public let kind: Kind
    public let field: String?
    public let explanation: String

    public init(_ kind: Kind, field: String? = nil, _ explanation: String) {
        self.kind = kind
        self.field = field
        self.explanation = explanation
    }

    public var code: String {
        switch kind {
        case .malformed: "input.malformed"
        case .tooDeep: "input.too-deep"
        case .missing: "input.missing"
        case .unknown: "input.unknown-field"
        case .wrongType: "input.wrong-type"
        case .tooLong: "input.too-long"
        case .tooShort: "input.too-short"
        case .outOfRange: "input.out-of-range"
        case .pattern: "input.pattern"
        case .choice: "input.not-a-choice"
        case .tooMany: "input.too-many"
        case .tooFew: "input.too-few"
        case .characters: "input.characters"
        }
    }

    public var reason: RefusalReason { .invalid }

    /// The body could not be read at all: answered with 400, unlike a field that breaks a rule.
    var isUnreadable: Bool { kind == .malformed || kind == .tooDeep }

    static func malformed(_ why: String) -> Self { Self(.malformed, "Cannot be read: \(why).") }
    static var tooDeep: Self {
        Self(.tooDeep, "The JSON is nested deeper than \(JSONParser.depthMax) levels.")
    }
}
