import Kernel
import Web

/// The ways to pay as buttons to choose from: one for each provider and method. Of a provider that
/// has many, all but the first few are folded away.
struct PaymentChoices {
    struct Choice {
        let value: String
        let label: String
        let isChosen: Bool
    }
    struct Fold {
        let words: String
        /// It holds what is chosen.
        let isOpen: Bool
        let choices: [Choice]
    }

    let shown: [Choice]
    let folds: [Fold]
    var isEmpty: Bool { shown.isEmpty }

    /// So many of one provider stand side by side; of more, ``shownOfMany`` do.
    static let few = 5
    static let shownOfMany = 3

    /// - Parameter chosen: the value that is chosen; the first when there is none of it.
    init(_ ways: [WayToPay], chosen: String? = nil) {
        // With several providers, each choice says whose it is.
        let choices = ways.map { way in
            way.methods.map { method in
                let label = localized(name: method.label)
                return (
                    value: WayChoice(instance: way.instance, method: method.code).text,
                    label: ways.count > 1 && way.name != method.label
                        ? "\(label) (\(way.name))" : label
                )
            }
        }
        let values = choices.joined().map(\.value)
        let selected = values.first { $0 == chosen } ?? values.first
        var shown: [Choice] = []
        var folds: [Fold] = []
        for (way, choices) in zip(ways, choices) {
            let choices = choices.map {
                Choice(value: $0.value, label: $0.label, isChosen: $0.value == selected)
            }
            let open = choices.count > Self.few ? Self.shownOfMany : choices.count
            shown += choices.prefix(open)
            let folded = Array(choices.dropFirst(open))
            guard !folded.isEmpty else { continue }
            let words = Format.count(folded.count, "more way to pay", "more ways to pay")
            folds.append(
                Fold(
                    words: ways.count > 1 ? "\(words) (\(way.name))" : words,
                    isOpen: folded.contains(where: \.isChosen), choices: folded))
        }
        self.shown = shown
        self.folds = folds
    }
}
