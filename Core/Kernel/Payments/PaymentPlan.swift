import ProviderKit
import Vocabulary

/// Where and how a customer pays.
public struct PaymentChoice: Sendable {
    public let instance: ID<ProviderInstance>
    /// One of the instance's methods, by its code.
    public let method: String
    /// Where the customer comes back to after a redirect.
    let returnURL: @Sendable (ID<Purchase>) -> String
    /// In which the customer reads; nil when nobody knows.
    let language: Language?

    public init(
        instance: ID<ProviderInstance>, method: String, language: Language? = nil,
        returnURL: @escaping @Sendable (ID<Purchase>) -> String
    ) {
        self.instance = instance
        self.method = method
        self.returnURL = returnURL
        self.language = language
    }

    /// Longer than any card token that a provider gives out.
    static let methodLengthMax = 200
}

/// A payment before it is kept.
struct PaymentPlan: Sendable {
    struct Share: Sendable {
        let order: ID<Order>
        let seller: ID<Seller>
        let wallet: ID<Wallet>
        let amount: Money
    }

    let payment: ID<Payment>
    let attempt: ID<PaymentAttempt>
    let purchase: ID<Purchase>
    let instance: ID<ProviderInstance>
    let method: String
    let amount: Money
    let capture: ProviderInstance.Capture
    /// Where each seller is paid directly; nothing when the provider holds the money for the
    /// platform.
    let destinations: [ID<Wallet>: String]
    /// The seller gets the money, and the platform never has it.
    let isDirect: Bool
    let shares: [Share]

    init(
        of purchase: ID<Purchase>, _ amount: Money, at way: OpenWay, method: String,
        shares: [Share]
    ) {
        payment = ID()
        attempt = ID()
        self.purchase = purchase
        instance = way.instance.id
        self.method = method
        self.amount = amount
        capture = way.capture
        destinations = way.destinations
        isDirect = way.provider.paysSellers
        self.shares = shares
    }

    func request(
        returnURL: String, webhookURL: String, statement: String, email: String
    ) -> PaymentStart {
        PaymentStart(
            paymentID: payment.description, amount: amount, method: method,
            capture: capture == .atShipment ? .later : .now, returnURL: returnURL,
            webhookURL: webhookURL, statement: statement, customerEmail: email,
            shares: shares.map {
                PaymentShare(
                    orderID: $0.order.description, sellerID: $0.seller.description,
                    amount: $0.amount, destination: destinations[$0.wallet])
            })
    }
}
