import Vocabulary

/// The words and the use of an attribute as they are typed in.
public struct AttributeDraft: Hashable, Sendable, Codable {
    /// In English.
    public var name: String
    public var names: CategoryNames
    /// Of a number.
    public var unit: String?
    /// Of a number; nil is 0 and ``Attribute/numberMax``.
    public var least: Int?
    public var most: Int?
    public var isFacet: Bool
    public var position: Int

    public init(
        name: String, names: CategoryNames = CategoryNames(), unit: String? = nil,
        least: Int? = nil, most: Int? = nil, isFacet: Bool = true, position: Int = 0
    ) {
        self.name = name
        self.names = names
        self.unit = unit
        self.least = least
        self.most = most
        self.isFacet = isFacet
        self.position = position
    }

    init(_ attribute: Attribute) {
        self.init(
            name: attribute.name, names: attribute.names, unit: attribute.unit,
            least: attribute.least, most: attribute.most, isFacet: attribute.isFacet,
            position: attribute.position)
    }

    /// - Throws: ``InputRefusal`` that names the field at fault.
    func checked(_ kind: Attribute.Kind) throws -> AttributeDraft {
        var draft = self
        draft.name = try InputText.line(name, field: "name", lengths: 1...80)
        draft.names = try names.checked()
        draft.position = min(max(position, 0), 10_000)
        guard kind == .number else {
            (draft.unit, draft.least, draft.most) = (nil, nil, nil)
            return draft
        }
        draft.unit = try InputText.optionalLine(unit, field: "unit", lengthMax: 12)
        let bounds = (least: least ?? 0, most: most ?? Attribute.numberMax)
        guard 0 <= bounds.least, bounds.least <= bounds.most, bounds.most <= Attribute.numberMax
        else {
            throw InputRefusal(
                .wrong("The bounds lie between 0 and 1,000,000, the lower one first."),
                field: "least")
        }
        (draft.least, draft.most) = bounds
        return draft
    }
}

/// A value as it is typed in.
public struct AttributeValueDraft: Hashable, Sendable, Codable {
    /// In English.
    public var name: String
    public var names: CategoryNames
    public var position: Int

    public init(name: String, names: CategoryNames = CategoryNames(), position: Int = 0) {
        self.name = name
        self.names = names
        self.position = position
    }

    init(_ value: AttributeValue) {
        self.init(name: value.name, names: value.names, position: value.position)
    }

    /// - Throws: ``InputRefusal`` that names the field at fault.
    func checked() throws -> AttributeValueDraft {
        AttributeValueDraft(
            name: try InputText.line(name, field: "name", lengths: 1...80),
            names: try names.checked(), position: min(max(position, 0), 10_000))
    }

    static let flag: [(handle: String, draft: AttributeValueDraft)] = [
        ("yes", AttributeValueDraft(name: "Yes", names: CategoryNames(de: "Ja", fr: "Oui"))),
        (
            "no",
            AttributeValueDraft(
                name: "No", names: CategoryNames(de: "Nein", fr: "Non"), position: 1)
        ),
    ]
}

extension Attribute {
    /// The short name that was chosen, else one made of the name.
    /// - Throws: ``AttributeRefusal/handleInvalid``.
    static func handle(_ chosen: String?, of name: String) throws(AttributeRefusal) -> String {
        let typed = InputText.trimmed(chosen ?? "")
        let handle = typed.isEmpty ? Slug.made(of: name, lengthMax: handleLengthMax) : typed
        guard Slug.isSlug(handle), handle.utf8.count <= handleLengthMax else {
            throw .handleInvalid
        }
        return handle
    }
}
