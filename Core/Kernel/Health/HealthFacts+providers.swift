import ProviderKit

extension HealthFacts {
    /// Rules that lead to nobody who takes new business.
    var ruleFindings: [HealthFinding] {
        deadEnds.map { end in
            let names = end.names.joined(separator: ", ")
            return HealthFinding(
                .providers, Self.name(end.kind), end.isAll ? .bad : .warning,
                end.isAll
                    ? "None leads to a provider that takes new business, but only to: \(names)."
                    : "Some lead only to providers that take no new business: \(names).",
                """
                Nobody serves the checkouts that they are for. Name an active provider in the \
                rules, or activate one of these.
                """)
        }
    }

    private static func name(_ kind: ProviderKind) -> Phrase {
        switch kind {
        case .payment: "Rules for payment"
        case .shipping: "Rules for shipping"
        case .tax: "Rules for tax"
        }
    }

    /// How calls to each provider went, and who asks it nothing at present.
    var providerFindings: [HealthFinding] {
        providers.map { provider in
            let silent = processes.filter {
                $0.stoppedAt == nil && $0.silentSeconds <= Self.lateSeconds
                    && $0.vitals.heldBack.contains(provider.id)
            }
            guard silent.isEmpty else {
                let names = Set(silent.map(\.process.name)).sorted().joined(separator: ", ")
                return finding(
                    provider, .bad,
                    """
                    It did not answer several times in a row: \(names) ask it one call at a time \
                    until it does. \(Self.calls(provider))
                    """)
            }
            guard provider.calls > 0 else { return finding(provider, .good, Self.calls(provider)) }
            let isSlow = provider.tookMilliseconds / provider.calls > 5000
            let state: HealthFinding.State =
                provider.failures * 2 > provider.calls
                ? .bad : provider.failures * 20 > provider.calls || isSlow ? .warning : .good
            return finding(provider, state, Self.calls(provider))
        } + secretFindings
    }

    /// Secrets that were changed and are accepted all the same, longer than anybody needs.
    private var secretFindings: [HealthFinding] {
        secretsKept.map { kept in
            HealthFinding(
                .providers, .data(kept.name), .warning,
                """
                Webhooks signed with secrets from before a change have been accepted for \
                \(kept.seconds.asSpan).
                """,
                """
                Whoever has an old secret can still speak for this provider. Look whether it signs \
                with the new one, then forget the one before on its page.
                """, provider: kept.provider)
        }
    }

    private func finding(
        _ provider: ProviderCalls, _ state: HealthFinding.State, _ says: Phrase
    ) -> HealthFinding {
        HealthFinding(
            .providers, .data(provider.name), state, says,
            """
            Ask the provider whether it is out of order, and look whether it still takes these \
            credentials. Its page shows the last hour; a rule sends new payments elsewhere \
            meanwhile.
            """, provider: provider.id)
    }

    private static func calls(_ provider: ProviderCalls) -> Phrase {
        guard provider.calls > 0 else { return "Nobody called it in a quarter of an hour." }
        return """
            \(provider.failures) of \(provider.calls) calls failed in a quarter of an hour, \
            \(provider.tookMilliseconds / provider.calls) ms on average.
            """
    }
}
