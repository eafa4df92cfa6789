import Kernel
import Vocabulary
import Web

/// What may become of a provider, and what that leaves to nobody.
extension ProviderPages {
    /// - Parameter left: what nobody serves once it takes no new business.
    static func life(_ provider: ProviderAnswer, leaving left: DeadEnds?) -> Block {
        guard let state = ProviderInstance.State(rawValue: provider.state) else { return Block() }
        let path = "/providers/\(provider.id)"
        let moves: [(ProviderInstance.State, DeskForm)] = [
            (
                .active,
                .dangerous(
                    "Activate", to: path + "/activation",
                    hint: """
                        Its settings are checked once more; then the rules may send new business \
                        to it at once.
                        """)
            ),
            (
                .paused,
                .dangerous(
                    "Pause", to: path + "/pause",
                    hint: warned(
                        """
                        It gets no new business until it is active again. What it made goes on.
                        """, left))
            ),
            (
                .draining,
                .dangerous(
                    "Drain", to: path + "/drain",
                    hint: warned(
                        """
                        It gets no new business any more. It captures, refunds, pays out and \
                        hears webhooks for what it made, until it can be retired.
                        """, left))
            ),
            (
                .retired,
                .dangerous(
                    "Retire", to: path + "/retirement",
                    hint: """
                        The end of it: it never comes back. It is refused while anything that it \
                        made is open.
                        """)
            ),
        ]
        let possible = moves.filter { state.next.contains($0.0) }.map(\.1)
        let check = DeskForm("Check that it works", to: "\(path)/check")
        return Block(
            "Decide", forms: state == .retired ? [] : [check] + possible,
            nothing: nil)
    }

    /// The hint with what else is to be known before.
    private static func warned(_ hint: Phrase, _ left: DeadEnds?) -> Phrase {
        guard let left else { return hint }
        let warning: Phrase =
            left.isAll
            ? """
            No rule leads to a provider that takes new business then: nobody is served until the \
            rules name another one.
            """
            : """
            Some rules lead to no provider that takes new business then: change them first.
            """
        return "\(hint) \(warning)"
    }
}
