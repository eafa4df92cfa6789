import ProviderHost
import ProviderKit
import Vocabulary

extension Faulty: ConnectedAccountProvider, DisputeProvider {
    var asAccounts: (any ConnectedAccountProvider)? { inner.asAccounts == nil ? nil : self }
    var asDisputes: (any DisputeProvider)? { inner.asDisputes == nil ? nil : self }

    func openAccount(
        _ request: ConnectedAccountRequest, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount {
        try await ask(.openAccount(request: request), context) {
            if case .account(let it) = $0 { it } else { nil }
        }
    }

    func onboardingLink(
        _ request: OnboardingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> OnboardingLink {
        try await ask(.onboardingLink(request: request), context) {
            if case .onboarding(let it) = $0 { it } else { nil }
        }
    }

    func account(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount? {
        try await ask(.account(key: key), context) {
            if case .account(let it) = $0 { .some(it) } else { nil }
        }
    }

    func transfer(
        _ request: AccountTransfer, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        try await ask(.transfer(request: request), context) {
            if case .payout(let it) = $0 { it } else { nil }
        }
    }

    func reverse(
        _ request: TransferReversal, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot {
        try await ask(.reverse(request: request), context) {
            if case .reversal(let it) = $0 { it } else { nil }
        }
    }

    func lookupReversal(
        _ key: ProviderLookup, of transfer: String, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot? {
        try await ask(.lookupReversal(key: key, transfer: transfer), context) {
            if case .reversal(let it) = $0 { .some(it) } else { nil }
        }
    }

    func disputes(
        since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> DisputePage {
        try await ask(.disputes(since: since, cursor: cursor), context) {
            if case .disputes(let it) = $0 { it } else { nil }
        }
    }

    func lookupDispute(
        _ reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> DisputeSnapshot? {
        try await ask(.lookupDispute(reference: reference), context) {
            if case .dispute(let it) = $0 { .some(it) } else { nil }
        }
    }
}
