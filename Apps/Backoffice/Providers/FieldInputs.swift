import Kernel
import ProviderKit
import Vocabulary
import Web

/// What is typed for a module's own fields.
extension ProviderPages {
    /// Asked only of modules that can capture later than they authorize.
    static func capture(_ module: ModuleDescriptor, _ chosen: String?) -> [Input] {
        guard module.capabilities.contains(.separateCapture) else {
            return [.hidden("capture", chosen ?? ProviderInstance.Capture.atOrder.rawValue)]
        }
        return [
            .choice(
                "capture", "When payments are captured",
                [
                    (key: "at_order", text: "all with the order"),
                    (key: "at_shipment", text: "each artisan's part at shipment"),
                ], chosen: chosen,
                help: module.capabilities.contains(.multipleCaptures)
                    ? nil
                    : """
                    This provider captures a payment once: a purchase from one artisan is \
                    captured whole at its first parcel, one from several with the order.
                    """)
        ]
    }

    /// An input for each of these fields. Secrets are never shown again.
    /// - Parameter mayRemove: whether those that can be done without have a box that takes them
    ///   away.
    static func inputs(
        _ fields: [ConfigurationField], _ values: [String: String], stored: Set<String>,
        mayRemove: Bool = false
    ) -> [Input] {
        fields.enumerated().flatMap { index, field in
            let name = "settings.\(index)."
            let value = values[field.key] ?? ""
            let isStored = stored.contains(field.key)
            let isLess = mayRemove && isStored && field.isSecret && !field.isNeeded
            return [
                Input.hidden(name + "key", field.key),
                input(field, name + "value", value, isStored: isStored),
            ] + (isLess ? [removal(of: field, name + "removed")] : [])
        }
    }

    private static func removal(of field: ConfigurationField, _ name: String) -> Input {
        .check(
            name, "Remove: \(localized(name: field.label))", isChecked: false,
            help: "It is forgotten at once, and so is the one before it.")
    }

    private static func input(
        _ field: ConfigurationField, _ name: String, _ value: String, isStored: Bool
    ) -> Input {
        let needed = field.isNeeded
        let otherwise = field.emptyMeans
        // What a module says of its settings is its own text; the catalogues have it of ours.
        let label = Phrase.data(localized(name: field.label))
        let helped = localized(name: field.help)
        let said = helped.isEmpty || ".…!?".contains(helped.suffix(1))
        let told = [helped + (said ? "" : "."), otherwise?.text ?? ""]
            .filter { !$0.isEmpty }.joined(separator: " ")
        let help = Phrase.data(told)
        switch field.kind {
        case .secret:
            let kept: Phrase = isStored ? "It is set; leave this empty to keep it." : ""
            return .line(
                name, label, "", help: "\(told) \(kept)",
                required: needed && !isStored, type: "password")
        case .document: return .area(name, label, value, help: help, required: needed)
        case .bool:
            return .choice(
                name, label,
                [
                    (key: "", text: "—"), (key: "true", text: "yes"),
                    (key: "false", text: "no"),
                ], chosen: value, help: help)
        case .choice(let choices):
            let none: [(key: String, text: Phrase)] = needed ? [] : [(key: "", text: "—")]
            return .choice(
                name, label, none + choices.map { (key: $0, text: Phrase.data($0)) }, chosen: value,
                help: help)
        case .integer:
            return .line(name, label, value, help: help, required: needed, type: "number")
        case .url:
            return .line(name, label, value, help: help, required: needed, type: "url")
        case .text: return .line(name, label, value, help: help, required: needed)
        }
    }
}

extension ConfigurationField {
    /// Whether its module cannot do without it.
    fileprivate var isNeeded: Bool { required && fallback == nil }
}
