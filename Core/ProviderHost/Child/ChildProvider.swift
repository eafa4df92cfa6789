import ProviderKit
import Synchronization
import Vocabulary

/// An object of a module that is a program of its own. It is what its manifest says, and is asked
/// over frames; `ask` is the whole of it, and the protocols are for who has the object in hand.
final class ChildProvider: ShippingProvider, TaxProvider {
    /// The protocol wants one for the type; the real one is the manifest's.
    static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "program", name: "A program", version: "1")

    private let child: ChildModule
    private let settings: InstanceSettings
    /// What the program calls the object; unlike all others, also those with the same settings.
    private let id: String

    /// Settings that the manifest's fields do not take are refused here; what the program itself
    /// says to them comes with the first answer.
    init(
        _ child: ChildModule, _ descriptor: ModuleDescriptor, _ settings: InstanceSettings,
        _ services: ProviderServices
    ) throws(ProviderError) {
        let all = settings.values.merging(settings.secrets.mapValues { $0.reveal() }) { $1 }
        if let problem = descriptor.problems(in: all).min(by: { $0.key < $1.key }) {
            throw .misconfigured(message: problem.value)
        }
        self.child = child
        self.settings = settings
        id = "\(settings.instanceID) \(hexadecimal(randomBytes(8)))"
        child.services.withLock { $0[id] = services }
    }

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        throw .unsupported(operation: "a program without its manifest")
    }

    deinit { child.services.withLock { $0[id] = nil } }

    var asPayment: (any PaymentProvider)? { has(.payment) ? self : nil }
    var asConfirmedPayments: (any ConfirmedPaymentProvider)? {
        has(.confirmedPayments) ? self : nil
    }
    var asPayouts: (any PayoutProvider)? { has(.payouts) ? self : nil }
    var asPayoutFiles: (any PayoutFileProvider)? { has(.payoutFiles) ? self : nil }
    var asAccounts: (any ConnectedAccountProvider)? { has(.accounts) ? self : nil }
    var asBalance: (any BalanceProvider)? { has(.balance) ? self : nil }
    var asDisputes: (any DisputeProvider)? { has(.disputes) ? self : nil }
    var asShipping: (any ShippingProvider)? { has(.shipping) ? self : nil }
    var asTax: (any TaxProvider)? { has(.tax) ? self : nil }

    var tellsBankPayouts: Bool { has(.bankPayouts) }
    var ordersBankPayouts: Bool { has(.orderedBankPayouts) }

    private func has(_ role: ProviderRole) -> Bool { child.roles.contains(role) }

    /// Whether money moved is in doubt only where it was to: an end in the middle of any other
    /// question leaves nothing open.
    /// - Throws: `unsupported` for what its manifest does not say.
    func ask(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply {
        if let role = question.role, !has(role) { throw .unsupported(operation: role.rawValue) }
        do throws(ProviderError) {
            return try await child.ask(question, of: id, settings, context)
        } catch .ambiguous(let message) where question.isRepeatable {
            throw .unavailable(message: message, retryAfterSeconds: nil)
        } catch {
            throw error
        }
    }

    /// Has the program make the object, which nobody asks anything after that.
    /// - Throws: what it has against the settings.
    func tryOut(_ context: OperationContext) async throws(ProviderError) {
        _ = try await child.ask(nil, of: id, settings, context)
    }

    func ask<Answer>(
        _ question: ProviderQuestion, _ context: OperationContext,
        as reading: (ProviderReply) -> Answer?
    ) async throws(ProviderError) -> Answer {
        guard let answer = reading(try await ask(question, context)) else {
            let message = "the program answered another question"
            throw question.isRepeatable
                ? .unavailable(message: message, retryAfterSeconds: nil)
                : .ambiguous(message: message)
        }
        return answer
    }

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        try await ask(.check, context) { if case .problems(let it) = $0 { it } else { nil } }
    }

    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        try await ask(.quotes(request: request), context) {
            if case .quotes(let it) = $0 { it } else { nil }
        }
    }

    func calculate(
        _ request: TaxRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [TaxLine] {
        try await ask(.calculate(request: request), context) {
            if case .taxes(let it) = $0 { it } else { nil }
        }
    }
}
