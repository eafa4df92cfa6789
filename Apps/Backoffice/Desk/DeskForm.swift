import Kernel
import Vocabulary
import Web

/// A form of the back office, drawn by the template.
struct DeskForm: Sendable {
    let action: String
    /// What the button says.
    let button: String
    /// A sentence above the fields.
    var hint: String?
    var inputs: [Input] = []
    /// Folded away until it is opened, because it cannot be taken back.
    private(set) var isDangerous = false
    /// A search: sent with GET, nothing changes.
    var isSearch = false
    /// Sent with a file.
    var hasFile = false

    init(
        _ button: Phrase, to action: String, hint: Phrase? = nil, _ inputs: [Input] = []
    ) {
        self.action = action
        self.button = button.text
        self.hint = hint?.text
        self.inputs = inputs
        hasFile = inputs.contains(where: \.isFile)
    }

    /// For what cannot be taken back, moves money or stops somebody's sales: the one way to make
    /// such a form, so that each says what will happen and asks why.
    /// - Parameter hint: what will happen, and to whom.
    static func dangerous(
        _ button: Phrase, to action: String, hint: Phrase, _ inputs: [Input] = []
    ) -> DeskForm {
        var form = DeskForm(button, to: action, hint: hint, inputs + [.reason])
        form.isDangerous = true
        return form
    }

    /// For what can be done again or undone, and is kept with its reason all the same.
    /// - Parameter hint: what will happen, and to whom.
    static func reasoned(
        _ button: Phrase, to action: String, hint: Phrase, _ inputs: [Input] = []
    ) -> DeskForm {
        DeskForm(button, to: action, hint: hint, inputs + [.reason])
    }

    static func search(_ button: Phrase, at action: String, _ inputs: [Input]) -> DeskForm {
        var form = DeskForm(button, to: action, inputs)
        form.isSearch = true
        return form
    }
}

struct Input: Sendable {
    struct Choice: Sendable {
        let key: String
        let text: String
        let isChosen: Bool
    }

    let key: String
    let caption: String
    var content = ""
    var help: String?
    var isRequired = false
    /// Which of the template's inputs draws it.
    var isLine = false
    var isArea = false
    var isHidden = false
    var isChoice = false
    var isFile = false
    var isCheck = false
    var isChecked = false
    var lineType = "text"
    var choices: [Choice] = []
    /// The words over a group of inputs that begins with this one.
    var opens: String?
    /// The last one of its group.
    var closes = false

    /// Inputs that belong together, side by side where there is room.
    static func group(_ words: Phrase, _ inputs: [Input]) -> [Input] {
        var inputs = inputs
        guard let last = inputs.indices.last else { return [] }
        inputs[0].opens = words.text
        inputs[last].closes = true
        return inputs
    }

    static func line(
        _ key: String, _ label: Phrase, _ value: String = "", help: Phrase? = nil,
        required: Bool = true, type: String = "text"
    ) -> Input {
        var input = Input(key: key, caption: label.text, content: value, help: help?.text)
        input.isRequired = required
        input.isLine = true
        input.lineType = type
        return input
    }

    /// An amount in major units of the currency that the input `currency` names.
    static func amount(
        _ key: String, _ label: Phrase, in currency: String, _ value: Money? = nil,
        help: Phrase? = nil, required: Bool = true
    ) -> Input {
        line(
            key + String(TypedAmount.mark) + currency, label,
            value.map(Format.typed) ?? "",
            help: help ?? "Such as 12.50.", required: required)
    }

    /// A rate in percent.
    static func percent(
        _ key: String, _ label: Phrase, _ value: PartsPerMillion? = nil,
        help: Phrase = "In percent, such as 12.5."
    ) -> Input {
        line(
            key + String(TypedAmount.mark) + TypedPercent.unit, label,
            Format.decimal(value?.typedPercent ?? ""), help: help)
    }

    static func area(
        _ key: String, _ label: Phrase, _ value: String = "", help: Phrase? = nil,
        required: Bool = true
    ) -> Input {
        var input = Input(key: key, caption: label.text, content: value, help: help?.text)
        input.isRequired = required
        input.isArea = true
        return input
    }

    static func file(_ key: String, _ label: Phrase, help: Phrase? = nil) -> Input {
        var input = Input(key: key, caption: label.text, help: help?.text)
        input.isFile = true
        return input
    }

    /// Yes or no, where what is not ticked is no.
    static func check(
        _ key: String, _ label: Phrase, isChecked: Bool, help: Phrase? = nil
    ) -> Input {
        var input = Input(key: key, caption: label.text, help: help?.text)
        input.isCheck = true
        input.isChecked = isChecked
        return input
    }

    static func hidden(_ key: String, _ value: String) -> Input {
        var input = Input(key: key, caption: "", content: value)
        input.isHidden = true
        return input
    }

    static func choice(
        _ key: String, _ label: Phrase, _ choices: [(key: String, text: Phrase)],
        chosen: String? = nil, help: Phrase? = nil
    ) -> Input {
        var input = Input(key: key, caption: label.text, help: help?.text)
        input.isChoice = true
        input.choices = choices.map {
            Choice(key: $0.key, text: $0.text.text, isChosen: $0.key == chosen)
        }
        return input
    }

    /// Why it is done. Only forms that say what will happen ask for it.
    fileprivate static var reason: Input {
        area("reason", "Reason", help: "It is kept in the audit trail.")
    }

    /// The same where there is not always something to say.
    static var optionalReason: Input {
        area("reason", "Reason", help: "It is kept in the audit trail.", required: false)
    }
}
