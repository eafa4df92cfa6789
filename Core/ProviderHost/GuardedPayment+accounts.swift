public import ProviderKit
import Vocabulary

/// Each throws `unsupported` when sellers have no accounts of their own at the provider.
extension GuardedPayment {
    /// Whether sellers have accounts of their own there.
    public var connectsAccounts: Bool { call.line.roles.contains(.accounts) }

    public func openAccount(
        _ request: ConnectedAccountRequest, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount {
        try requireAccounts()
        return try await call.perform(
            .openAccount(request: request), "openAccount", .money, context,
            as: { if case .account(let account) = $0 { account } else { nil } },
            sanity: { Sanity.problem(with: $0) })
    }

    public func onboardingLink(
        _ request: OnboardingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> OnboardingLink {
        try requireAccounts()
        return try await call.perform(
            .onboardingLink(request: request), "onboardingLink", .none, context,
            as: { if case .onboarding(let link) = $0 { link } else { nil } },
            sanity: { Sanity.problem(withAddress: $0.url, "the link") })
    }

    public func account(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount? {
        try requireAccounts()
        return try await call.perform(
            .account(key: key), "account", .none, context,
            as: { if case .account(let account) = $0 { .some(account) } else { nil } },
            sanity: { $0.flatMap { Sanity.problem(with: $0) } })
    }

    public func transfer(
        _ request: AccountTransfer, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        try requireAccounts()
        return try await call.perform(
            .transfer(request: request), "transfer", .money, context,
            as: { if case .payout(let snapshot) = $0 { snapshot } else { nil } },
            sanity: { Sanity.problem(with: $0, amount: request.amount) })
    }

    public func reverse(
        _ request: TransferReversal, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot {
        try requireAccounts()
        return try await call.perform(
            .reverse(request: request), "reverse", .money, context,
            as: { if case .reversal(let snapshot) = $0 { snapshot } else { nil } },
            sanity: { Sanity.problem(with: $0, of: request.transfer, amount: request.amount) })
    }

    public func lookupReversal(
        _ key: ProviderLookup, of transfer: String, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot? {
        try requireAccounts()
        return try await call.perform(
            .lookupReversal(key: key, transfer: transfer), "lookupReversal", .none, context,
            as: { if case .reversal(let snapshot) = $0 { .some(snapshot) } else { nil } },
            sanity: { $0.flatMap { Sanity.problem(with: $0, of: transfer, amount: $0.amount) } })
    }

    private func requireAccounts() throws(ProviderError) {
        guard connectsAccounts else { throw .unsupported(operation: "connected accounts") }
    }
}

extension Sanity {
    package static func problem(with account: ConnectedAccount) -> String? {
        if let problem = reference(account.reference) { return problem }
        guard account.requirements.count <= choicesMax else { return "too many requirements" }
        for requirement in account.requirements {
            if let problem = reference(requirement.code) ?? reference(requirement.words) {
                return problem
            }
        }
        guard (account.restriction ?? "").utf8.count <= 1000 else { return "an endless sentence" }
        return words(account.restriction)
    }

    package static func problem(
        with reversal: ReversalSnapshot, of transfer: String, amount: Money
    ) -> String? {
        if let problem = reference(reversal.reference) { return problem }
        guard reversal.transfer == transfer else { return "it is of another transfer" }
        guard reversal.amount == amount, amount.isPositive, amount.amount <= Money.amountMax else {
            return "another amount"
        }
        return nil
    }

    package static func problem(with dispute: DisputeSnapshot) -> String? {
        if let problem = reference(dispute.reference) ?? reference(dispute.paymentReference)
            ?? reference(dispute.reason)
        {
            return problem
        }
        let amounts = [dispute.amount, dispute.withdrawn, dispute.fee]
        guard Set(amounts.map(\.currency)).count == 1 else { return "several currencies" }
        guard amounts.allSatisfy({ (0...Money.amountMax).contains($0.amount) }) else {
            return "an absurd amount"
        }
        return version(dispute.version)
    }
}
