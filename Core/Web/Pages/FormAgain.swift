import Kernel

extension Again {
    /// The form by itself, with the explanation above it and what was typed in it: for forms that
    /// stand on pages which cannot be shown again with it.
    ///
    /// What a person writes is shown, and the input at fault; ids, amounts and choices that the
    /// page had put into the form go along unseen. Files have their inputs, to be chosen anew.
    public func alone() -> PageAnswer {
        .page("form-again", FormAgainPage(self), title: localized("Not yet"))
    }

    /// Whether the fault is in something that was typed, so that typing again mends it.
    public var isMendable: Bool {
        guard let field, let value = values[field] else { return false }
        return value.utf8.count <= FormAgainPage.bytesMax
            && !FormAgainPage.isSecret(field)
            && !values.keys.contains(where: FormAgainPage.isSecret)
    }
}

/// The model of `form-again.mustache`.
struct FormAgainPage {
    struct Input {
        let name: String
        let label: String
        let value: String
        let isHidden: Bool
        let isLong: Bool
        let isFaulty: Bool
        /// To be typed anew, and never shown.
        let isSecret: Bool
    }

    struct File {
        let name: String
        let label: String
        let isSeveral: Bool
    }

    /// More than this is a document and not something to show again.
    static let bytesMax = 20_000

    let explanation: String
    let action: String
    let inputs: [Input]
    let files: [File]
    let hasFiles: Bool
    /// Where the form of a page stands that waited for its person; nil for every other.
    let page: String?

    init(_ again: Again) {
        explanation = again.explanation
        action = again.request.path
        let kept = again.request.kept
        page = kept?.page
        files = again.fileInputs.map {
            File(
                name: $0.name, label: $0.isSeveral ? localized("Files") : localized("File"),
                isSeveral: $0.isSeveral)
        }
        hasFiles = !files.isEmpty
        inputs = again.items.map { name, value in
            let field = TypedAmount.field(name)
            let isFaulty = field == again.field
            let schema = again.form.field(field)
            let isSecret = kept?.secrets.contains(name) ?? false
            // After a while one wants to see numbers, too, before they are sent.
            let isNumber = kept != nil && (name != field || schema?.isNumber == true)
            return Input(
                name: name, label: TypedPercent.label(name) ?? localized(name: Schema.said(field)),
                value: value,
                isHidden: !isFaulty && !isSecret && !isNumber && schema?.isFreeText != true,
                isLong: value.contains("\n") || (schema?.lengthMax ?? 0) > 250,
                isFaulty: isFaulty, isSecret: isSecret)
        }
    }

    /// Passwords and providers' settings are not sent back to the browser.
    static func isSecret(_ name: String) -> Bool {
        name.lowercased().contains("password") || name.hasPrefix("settings.")
    }
}

extension Schema {
    /// The schema of the input of that name; `address.city` is one of a nested object.
    fileprivate func field(_ name: String) -> Schema? {
        var found = self
        for step in name.split(separator: ".") {
            switch found.unwrapped {
            case .object(let object):
                guard let next = object.fields.first(where: { $0.name == step }) else {
                    return nil
                }
                found = next.schema
            case .array(let item, _): found = item
            default: return nil
            }
        }
        if case .array(let item, _) = found.unwrapped { return item.unwrapped }
        return found.unwrapped
    }

    private var unwrapped: Schema { if case .nullable(let inner) = self { inner } else { self } }

    /// Words, and not an id or one of several choices.
    fileprivate var isFreeText: Bool {
        guard case .text(let text) = self else { return false }
        return text.choices == nil && text.format == nil
    }

    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .number: true
        default: false
        }
    }

    fileprivate var lengthMax: Int {
        if case .text(let text) = self { text.length.upperBound } else { 0 }
    }
}
