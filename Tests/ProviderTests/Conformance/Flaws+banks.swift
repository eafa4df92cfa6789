import ProviderHost
import ProviderKit
import Vocabulary

extension Faulty: OrderedBankPayoutProvider {
    var tellsBankPayouts: Bool { inner.asBankPayouts != nil }
    var ordersBankPayouts: Bool { inner.asOrderedBankPayouts != nil }

    func funds(
        of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> AccountFunds {
        try await ask(.funds(account: account), context) {
            if case .funds(let it) = $0 { it } else { nil }
        }
    }

    func payOut(
        _ request: BankPayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot {
        try await ask(.payOut(request: request), context) {
            if case .bankPayout(let it) = $0 { it } else { nil }
        }
    }

    func lookupBankPayout(
        _ key: ProviderLookup, of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot? {
        try await ask(.lookupBankPayout(key: key, account: account), context) {
            if case .bankPayout(let it) = $0 { .some(it) } else { nil }
        }
    }

    func original(
        of reference: String, in account: String, _ context: OperationContext
    ) async throws(ProviderError) -> String? {
        try await ask(.originalBankPayout(reference: reference, account: account), context) {
            if case .originalBankPayout(let it) = $0 { .some(it) } else { nil }
        }
    }

    func bankPayouts(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [BankPayoutSnapshot] {
        try await ask(.bankPayoutsIn(webhook: webhook), context) {
            if case .bankPayoutsIn(let it) = $0 { it } else { nil }
        }
    }

    func bankPayouts(
        of account: String, since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutPage {
        try await ask(.bankPayouts(account: account, since: since, cursor: cursor), context) {
            if case .bankPayouts(let it) = $0 { it } else { nil }
        }
    }
}

/// After the first page of an account's payouts it is tired.
enum TiresOfBanks: Flaw {
    static let caught = ["banks: every payout"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .bankPayouts(var page) = reply else { return reply }
        page.next = nil
        return .bankPayouts(page: page)
    }
}

/// To it every payout is as new as it was.
enum NeverOlder: Flaw {
    static let caught = ["banks: one that fails"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .bankPayouts(var page) = reply else { return reply }
        page.payouts = page.payouts.map { payout in
            var payout = payout
            payout.version = 1
            return payout
        }
        return .bankPayouts(page: page)
    }
}

/// It hears nothing of payouts to banks.
enum DeafToBanks: Flaw {
    static let caught = ["banks: its webhooks"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        if case .bankPayoutsIn = question { return .bankPayoutsIn(list: []) }
        return try await sound.ask(question, context)
    }
}

/// When nobody answers nothing went to a bank, it says.
enum HopesForBanks: Flaw {
    static let caught = ["banks: a stumble"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch {
            guard case .bankPayouts = question else { throw error }
            return .bankPayouts(page: BankPayoutPage(payouts: []))
        }
    }
}

/// It waits longer for payouts to banks than it may.
enum PatientWithBanks: Flaw {
    static let caught = ["deadlines: banks' payouts"]
    static let library = "StripePayments"

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        Patient.prepare(&settings, &services)
    }
}
