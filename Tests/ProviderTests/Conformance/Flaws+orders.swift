import ProviderHost
import ProviderKit
import Vocabulary

/// To it an account holds what it held at first.
enum RemembersRiches: Flaw {
    static let caught = ["banks: what an account could send"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .funds(var funds) = reply else { return reply }
        funds.available = funds.available.map { Money($0.amount + 1, $0.currency) }
        return .funds(funds: funds)
    }
}

/// It lists what the schedule made, and not what was asked for.
enum OverlooksOrders: Flaw {
    static let caught = ["banks: what was ordered"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .bankPayouts = reply else { return reply }
        return .bankPayouts(page: BankPayoutPage(payouts: []))
    }
}

/// That an account has not enough may change, it thinks.
enum WaitsForRiches: Flaw {
    static let caught = ["banks: more than the account holds"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch .declined(_, let message, _) {
            throw .unavailable(message: message, retryAfterSeconds: nil)
        } catch {
            throw error
        }
    }
}

/// To it no payout takes another one back.
enum ForgetsOriginals: Flaw {
    static let caught = ["banks: one that takes another"]
    static let library = "StripePayments"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        if case .originalBankPayout = question { return .originalBankPayout(reference: nil) }
        return try await sound.ask(question, context)
    }
}

/// It waits longer for accounts' funds than it may.
enum PatientWithFunds: Flaw {
    static let caught = ["deadlines: accounts' funds"]
    static let library = "StripePayments"

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        Patient.prepare(&settings, &services)
    }
}
