public import Vocabulary

/// The C symbol that answers a module's scripted counterpart: `() -> UnsafeMutableRawPointer`,
/// from `exportCounterpart`. A module that needs no settings and no network needs none.
public let counterpartSymbol = "guildhall_counterpart"

/// What a module hands to the conformance run:
///
/// ```swift
/// @_cdecl("guildhall_counterpart") public func counterpart() -> UnsafeMutableRawPointer {
///     exportCounterpart { SandboxCounterpart() }
/// }
/// ```
public func exportCounterpart(
    _ make: @escaping @Sendable () -> any ScriptedCounterpart
) -> UnsafeMutableRawPointer {
    Unmanaged.passRetained(CounterpartExport(make)).toOpaque()
}

/// How a host makes counterparts, each with empty books.
public final class CounterpartExport: Sendable {
    public let make: @Sendable () -> any ScriptedCounterpart

    public init(_ make: @escaping @Sendable () -> any ScriptedCounterpart) { self.make = make }
}

/// The provider that a module speaks to, in memory, as its documentation describes it: it answers
/// requests, honours idempotency keys and keeps books. The conformance run stands between it and
/// the module, loses, delays, doubles and spoils what goes over the wire, and compares what the
/// module says with the books. Many calls come at once.
///
/// A module without a network may have one all the same, for the settings that it needs.
public protocol ScriptedCounterpart: AnyObject, Sendable {
    /// The settings by field key under which the module speaks to it, secret ones among them.
    /// Make secrets long and unlike anything else: the run looks for them where none may be.
    var settings: [String: String] { get }

    /// Settings of an instance in live mode. An instance in sandbox mode must refuse them or reach
    /// nobody with them. A payment module that takes both modes and reaches out has them, or names
    /// its `liveHosts`: else nothing keeps tests from real money.
    var liveSettings: [String: String]? { get }

    /// One request, as the provider would answer it.
    func answer(_ request: HTTPRequest, at now: Instant) async -> HTTPResponse

    /// The code of the way to pay that works; nil when the module takes no payments.
    var payingMethod: String? { get }
    /// The code of a way to pay that the provider declines at once.
    var decliningMethod: String? { get }
    /// The code of a way to pay that sends the customer away first.
    var redirectingMethod: String? { get }
    /// The amounts to pay in, at least one: some providers take one currency only.
    var amount: Money { get }
    /// Where `directToSeller` pays to.
    var sellerDestination: String? { get }
    /// Where another seller is paid, of a module with `severalSellers`.
    var otherSellerDestination: String? { get }
    /// Where a payout can go; nil when the module pays nobody out.
    var payoutDestination: PayoutDestination? { get }

    /// The customer does what `NextAction` asked for, such as approving or sending the money.
    func customerPays(_ reference: String) async
    /// As ``customerPays(_:)``, of one order's share only, and so much of it; for modules with
    /// `severalSellers`.
    func customerPays(_ reference: String, _ amount: Money, of orderID: String) async

    /// What really happened, by the provider's own account.
    var books: CounterpartBooks { get }

    /// The key of the secret field that webhooks are signed with; nil when there are none.
    var webhookSecret: String? { get }
    /// The bodies of the webhooks that it would have sent by now, oldest first.
    var webhooks: [[UInt8]] { get }
    /// A webhook of a kind that does not exist yet.
    var unknownWebhook: [UInt8] { get }
    /// The headers with which `body` is delivered, signed with `secret` at `instant`.
    func headers(signing body: [UInt8], with secret: Secret, at instant: Instant) -> HTTPHeaders
}

/// What a provider's own books say of our account.
public struct CounterpartBooks: Hashable, Sendable {
    /// Everything that holds or took a customer's money, or lets a customer pay still.
    public var payments: [PaymentSnapshot]
    public var refunds: [RefundSnapshot]
    public var payouts: [PayoutSnapshot]

    public init(
        payments: [PaymentSnapshot] = [], refunds: [RefundSnapshot] = [],
        payouts: [PayoutSnapshot] = []
    ) {
        self.payments = payments
        self.refunds = refunds
        self.payouts = payouts
    }
}

extension ScriptedCounterpart {
    public var liveSettings: [String: String]? { nil }
    public func answer(_ request: HTTPRequest, at now: Instant) async -> HTTPResponse {
        HTTPResponse(status: 404)
    }
    public var payingMethod: String? { nil }
    public var decliningMethod: String? { nil }
    public var redirectingMethod: String? { nil }
    public var amount: Money { Money(4250, .eur) }
    public var sellerDestination: String? { nil }
    public var otherSellerDestination: String? { nil }
    public var payoutDestination: PayoutDestination? { nil }
    public func customerPays(_ reference: String) async {}
    public func customerPays(_ reference: String, _ amount: Money, of orderID: String) async {}
    public var books: CounterpartBooks { CounterpartBooks() }
    public var webhookSecret: String? { nil }
    public var webhooks: [[UInt8]] { [] }
    public var unknownWebhook: [UInt8] { Array("{}".utf8) }
    public func headers(
        signing body: [UInt8], with secret: Secret, at instant: Instant
    ) -> HTTPHeaders { [:] }
}
