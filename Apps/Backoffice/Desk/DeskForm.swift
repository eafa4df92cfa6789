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
    var isDangerous = false
    /// A search: sent with GET, nothing changes.
    var isSearch = false
    /// Sent with a file.
    var hasFile = false

    init(
        _ button: String, to action: String, hint: String? = nil, _ inputs: [Input] = [],
        isDangerous: Bool = false
    ) {
        self.action = action
        self.button = button
        self.hint = hint
        self.inputs = inputs
        self.isDangerous = isDangerous
        hasFile = inputs.contains(where: \.isFile)
    }

    static func search(_ button: String, at action: String, _ inputs: [Input]) -> DeskForm {
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
    var lineType = "text"
    var choices: [Choice] = []
    /// The words over a group of inputs that begins with this one.
    var opens: String?
    /// The last one of its group.
    var closes = false

    /// Inputs that belong together, side by side where there is room.
    static func group(_ words: String, _ inputs: [Input]) -> [Input] {
        var inputs = inputs
        guard let last = inputs.indices.last else { return [] }
        inputs[0].opens = words
        inputs[last].closes = true
        return inputs
    }

    static func line(
        _ key: String, _ label: String, _ value: String = "", help: String? = nil,
        required: Bool = true, type: String = "text"
    ) -> Input {
        var input = Input(key: key, caption: label, content: value, help: help)
        input.isRequired = required
        input.isLine = true
        input.lineType = type
        return input
    }

    /// An amount in major units of the currency that the input `currency` names.
    static func amount(
        _ key: String, _ label: String, in currency: String, _ value: Money? = nil,
        help: String? = nil, required: Bool = true
    ) -> Input {
        line(
            key + String(TypedAmount.mark) + currency, label, value?.decimalText ?? "",
            help: help ?? "Such as 12.50.", required: required)
    }

    /// A rate in percent.
    static func percent(
        _ key: String, _ label: String, _ value: PartsPerMillion? = nil,
        help: String = "In percent, such as 12.5."
    ) -> Input {
        line(
            key + String(TypedAmount.mark) + TypedPercent.unit, label, value?.typedPercent ?? "",
            help: help)
    }

    static func area(
        _ key: String, _ label: String, _ value: String = "", help: String? = nil,
        required: Bool = true
    ) -> Input {
        var input = Input(key: key, caption: label, content: value, help: help)
        input.isRequired = required
        input.isArea = true
        return input
    }

    static func file(_ key: String, _ label: String, help: String? = nil) -> Input {
        var input = Input(key: key, caption: label, help: help)
        input.isFile = true
        return input
    }

    static func hidden(_ key: String, _ value: String) -> Input {
        var input = Input(key: key, caption: "", content: value)
        input.isHidden = true
        return input
    }

    static func choice(
        _ key: String, _ label: String, _ choices: [(key: String, text: String)],
        chosen: String? = nil, help: String? = nil
    ) -> Input {
        var input = Input(key: key, caption: label, help: help)
        input.isChoice = true
        input.choices = choices.map {
            Choice(key: $0.key, text: $0.text, isChosen: $0.key == chosen)
        }
        return input
    }

    /// Why it is done, which every dangerous act asks for.
    static let reason = Input.area("reason", "Reason", help: "It is kept in the audit trail.")
}
