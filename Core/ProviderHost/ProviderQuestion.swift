public import ProviderKit
public import Vocabulary

/// Every call that the kernel can make to a provider, as a value: what goes to a module in this
/// process goes in the same form to one in another.
public enum ProviderQuestion: Hashable, Sendable, Codable {
    case check
    case methods(amount: Money)
    case start(request: PaymentStart)
    case capture(request: CaptureRequest)
    case void(reference: String)
    case refund(request: RefundRequest)
    case lookup(key: ProviderLookup)
    case lookupRefund(key: ProviderLookup)
    case verify(delivery: WebhookDelivery)
    case events(webhook: VerifiedWebhook)
    case confirmed(payment: PaymentConfirmation)
    case pay(request: PayoutRequest)
    case lookupPayout(key: ProviderLookup)
    case file(request: PayoutFileRequest)
    case openAccount(request: ConnectedAccountRequest)
    case onboardingLink(request: OnboardingRequest)
    case account(key: ProviderLookup)
    case transfer(request: AccountTransfer)
    case reverse(request: TransferReversal)
    case lookupReversal(key: ProviderLookup, transfer: String)
    case bankPayoutsIn(webhook: VerifiedWebhook)
    case bankPayouts(account: String, since: Instant, cursor: String?)
    case funds(account: String)
    case payOut(request: BankPayoutRequest)
    case lookupBankPayout(key: ProviderLookup, account: String)
    case originalBankPayout(reference: String, account: String)
    case balance(from: Instant, until: Instant, cursor: String?)
    case disputes(since: Instant, cursor: String?)
    case lookupDispute(reference: String)
    case quotes(request: ShippingRequest)
    case calculate(request: TaxRequest)
}

extension ProviderQuestion {
    /// Whether an answer shows that the provider behind the module is there. The others a module
    /// may answer by itself, as the ways to pay that are in its settings.
    var isForProvider: Bool {
        switch self {
        case .methods, .verify, .file, .confirmed, .bankPayoutsIn: false
        default: true
        }
    }

    /// Whether a customer waits for the answer, and another provider could give one.
    var isAtCheckout: Bool {
        switch self {
        case .start, .quotes, .calculate: true
        default: false
        }
    }

    /// Whether a customer wants to pay. What makes no sense of a parcel or an address does not for
    /// that one customer; what makes none of a payment may be the market's mistake.
    var isStart: Bool { if case .start = self { true } else { false } }

    /// Who can be asked this; nil for what everybody can.
    var role: ProviderRole? {
        switch self {
        case .check: nil
        case .methods, .start, .capture, .void, .refund, .lookup, .lookupRefund, .verify, .events:
            .payment
        case .confirmed: .confirmedPayments
        case .pay, .lookupPayout: .payouts
        case .file: .payoutFiles
        case .openAccount, .onboardingLink, .account, .transfer, .reverse, .lookupReversal:
            .accounts
        case .bankPayoutsIn, .bankPayouts: .bankPayouts
        case .funds, .payOut, .lookupBankPayout, .originalBankPayout: .orderedBankPayouts
        case .balance: .balance
        case .disputes, .lookupDispute: .disputes
        case .quotes: .shipping
        case .calculate: .tax
        }
    }
}

/// The answer to a ``ProviderQuestion``; what it throws is a `ProviderError`, `Codable` too.
public enum ProviderReply: Hashable, Sendable, Codable {
    case problems(sentences: [String])
    case methods(list: [PaymentMethod])
    case started(payment: StartedPayment)
    case payment(snapshot: PaymentSnapshot?)
    case refund(snapshot: RefundSnapshot?)
    case payout(snapshot: PayoutSnapshot?)
    case verified(webhook: VerifiedWebhook)
    case events(list: [PaymentEvent])
    case file(file: PayoutFile)
    case account(account: ConnectedAccount?)
    case onboarding(link: OnboardingLink)
    case reversal(snapshot: ReversalSnapshot?)
    case bankPayoutsIn(list: [BankPayoutSnapshot])
    case bankPayouts(page: BankPayoutPage)
    case funds(funds: AccountFunds)
    case bankPayout(snapshot: BankPayoutSnapshot?)
    case originalBankPayout(reference: String?)
    case balance(page: BalancePage)
    case disputes(page: DisputePage)
    case dispute(snapshot: DisputeSnapshot?)
    case quotes(list: [ShippingQuote])
    case taxes(lines: [TaxLine])
}
