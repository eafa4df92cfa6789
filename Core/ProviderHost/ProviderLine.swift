public import ProviderKit
import Vocabulary

/// The seam between the market and a module: one instance that can be asked. Who stands behind it
/// is nobody's concern above: an object of this process (``LocalLine``) or another process.
///
/// Deadlines, circuit breakers and the look at the answer are the guard's on this side; network,
/// time and secrets are the far side's.
public protocol ProviderLine: Sendable {
    /// What it can be asked.
    var roles: Set<ProviderRole> { get }

    /// Whether `ask` returns at the deadline whatever happens, so that nobody has to watch it: a
    /// watcher is a task more, and two changes of thread more in every call.
    var keepsDeadlines: Bool { get }

    /// Asks. A line that breaks while a question is under way throws `ambiguous`; one that surely
    /// did not deliver it throws `unavailable`.
    func ask(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply
}

extension ProviderLine {
    public var keepsDeadlines: Bool { false }
}

/// A module's object in this process.
public struct LocalLine: ProviderLine {
    let provider: any Provider
    public let roles: Set<ProviderRole>
    private let discretion: Discretion?

    /// - Parameter discretion: keeps its secrets out of what it says.
    public init(_ provider: any Provider, with discretion: Discretion? = nil) {
        self.provider = provider
        self.discretion = discretion
        roles = provider.roles
    }

    public func ask(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply {
        guard let discretion else { return try await answer(question, context) }
        do throws(ProviderError) {
            return discretion.reply(try await answer(question, context))
        } catch {
            throw discretion.error(error)
        }
    }

    private func answer(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply {
        // What the contract has a module answer at once, a program answers in its own time.
        if let program = provider as? ChildProvider {
            return try await program.ask(question, context)
        }
        switch question {
        case .check: return .problems(sentences: try await provider.check(context))
        case .quotes(let request):
            guard let shipping = provider.asShipping else { throw missing("shipping") }
            return .quotes(list: try await shipping.quotes(for: request, context))
        case .calculate(let request):
            guard let tax = provider.asTax else { throw missing("tax") }
            return .taxes(lines: try await tax.calculate(request, context))
        case .balance(let from, let until, let cursor):
            guard let books = provider.asBalance else { throw missing("balance") }
            return .balance(
                page: try await books.balance(from: from, until: until, after: cursor, context))
        case .disputes(let since, let cursor):
            guard let disputes = provider.asDisputes else { throw missing("disputes") }
            return .disputes(
                page: try await disputes.disputes(since: since, after: cursor, context))
        case .lookupDispute(let reference):
            guard let disputes = provider.asDisputes else { throw missing("disputes") }
            return .dispute(snapshot: try await disputes.lookupDispute(reference, context))
        case .bankPayoutsIn(let webhook):
            guard let banks = provider.asBankPayouts else { throw missing("payouts to banks") }
            return .bankPayoutsIn(list: try await banks.bankPayouts(in: webhook, context))
        case .bankPayouts(let account, let since, let cursor):
            guard let banks = provider.asBankPayouts else { throw missing("payouts to banks") }
            return .bankPayouts(
                page: try await banks.bankPayouts(
                    of: account, since: since, after: cursor, context))
        case .funds, .payOut, .lookupBankPayout, .originalBankPayout:
            guard let banks = provider.asOrderedBankPayouts else {
                throw missing("payouts to banks by order")
            }
            return try await Self.ask(banks, question, context)
        case .file(let request):
            guard let files = provider.asPayoutFiles else { throw missing("payout files") }
            return .file(file: try files.file(request))
        case .confirmed(let payment):
            guard let confirmed = provider.asConfirmedPayments else {
                throw missing("confirmation")
            }
            return .payment(snapshot: try confirmed.confirmed(payment))
        case .pay(let request):
            guard let payouts = provider.asPayouts else { throw missing("payouts") }
            return .payout(snapshot: try await payouts.pay(request, context))
        case .lookupPayout(let key):
            guard let payouts = provider.asPayouts else { throw missing("payouts") }
            return .payout(snapshot: try await payouts.lookupPayout(key, context))
        case .openAccount, .onboardingLink, .account, .transfer, .reverse, .lookupReversal:
            guard let accounts = provider.asAccounts else { throw missing("connected accounts") }
            return try await Self.ask(accounts, question, context)
        default:
            guard let payment = provider.asPayment else { throw missing("payments") }
            return try await Self.ask(payment, question, context)
        }
    }

    private static func ask(
        _ payment: any PaymentProvider, _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply {
        switch question {
        case .methods(let amount):
            .methods(list: try await payment.methods(for: amount, context))
        case .start(let request): .started(payment: try await payment.start(request, context))
        case .capture(let request):
            .payment(snapshot: try await payment.capture(request, context))
        case .void(let reference):
            .payment(snapshot: try await payment.void(reference: reference, context))
        case .refund(let request): .refund(snapshot: try await payment.refund(request, context))
        case .lookup(let key): .payment(snapshot: try await payment.lookup(key, context))
        case .lookupRefund(let key):
            .refund(snapshot: try await payment.lookupRefund(key, context))
        case .verify(let delivery): .verified(webhook: try payment.verify(delivery))
        case .events(let webhook):
            .events(list: try await payment.events(in: webhook, context))
        default: throw .unsupported(operation: "this question")
        }
    }

    private static func ask(
        _ accounts: any ConnectedAccountProvider, _ question: ProviderQuestion,
        _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply {
        switch question {
        case .openAccount(let request):
            .account(account: try await accounts.openAccount(request, context))
        case .onboardingLink(let request):
            .onboarding(link: try await accounts.onboardingLink(request, context))
        case .account(let key): .account(account: try await accounts.account(key, context))
        case .transfer(let request):
            .payout(snapshot: try await accounts.transfer(request, context))
        case .reverse(let request):
            .reversal(snapshot: try await accounts.reverse(request, context))
        case .lookupReversal(let key, let transfer):
            .reversal(snapshot: try await accounts.lookupReversal(key, of: transfer, context))
        default: throw .unsupported(operation: "this question")
        }
    }

    private static func ask(
        _ banks: any OrderedBankPayoutProvider, _ question: ProviderQuestion,
        _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply {
        switch question {
        case .funds(let account): .funds(funds: try await banks.funds(of: account, context))
        case .payOut(let request):
            .bankPayout(snapshot: try await banks.payOut(request, context))
        case .lookupBankPayout(let key, let account):
            .bankPayout(
                snapshot: try await banks.lookupBankPayout(key, of: account, context))
        case .originalBankPayout(let reference, let account):
            .originalBankPayout(
                reference: try await banks.original(of: reference, in: account, context))
        default: throw .unsupported(operation: "this question")
        }
    }

    private func missing(_ operation: String) -> ProviderError {
        .unsupported(operation: operation)
    }
}
