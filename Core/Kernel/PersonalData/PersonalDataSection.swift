/// A part of what the market knows of a person. What is not here is in no table under the person's
/// name, or is told of beside ``PersonalData``.
enum PersonalDataSection: String, Sendable, CaseIterable {
    case addresses, tokens, checkouts, purchases, reviews, ratings, wishes, notices, letters
    /// Shops that the person works for.
    case shops
    /// Lines of the audit trail that tell what the person did.
    case acts
    /// When somebody of the back office looked at the person's account as if they were them.
    case supportVisits
}

/// What the market knows of a person, as JSON.
public struct PersonalData: Sendable {
    /// Name and JSON value of each part, in order.
    private(set) var parts: [(name: String, json: [UInt8])]

    /// Adds a part that another floor knows of; `json` is one whole value.
    public mutating func add(_ name: String, _ json: [UInt8]) { parts.append((name, json)) }

    /// One JSON object, with a member for each part.
    public var json: [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += "\n\"\(part.name)\": ".utf8
            bytes += part.json
        }
        return bytes + Array("\n}\n".utf8)
    }
}
