import Logging
import ProviderHost
import ProviderKit
import Vocabulary

/// One provider instance that a checkout can be paid at, and how.
public struct WayToPay: Sendable {
    public let instance: ID<ProviderInstance>
    public let name: String
    /// Whether no real money moves.
    public let isSandbox: Bool
    public let methods: [PaymentMethod]
}

/// A provider instance that takes a new payment now.
struct OpenWay: Sendable {
    let instance: ProviderInstance
    let provider: GuardedPayment

    /// At shipment only where the provider can capture one order after the other.
    var capture: ProviderInstance.Capture {
        let can = provider.descriptor.capabilities
        return can.isSuperset(of: [.separateCapture, .multipleCaptures])
            ? instance.capture : .atOrder
    }
}

extension Marketplace {
    /// Where the checkout can be paid, best first. A provider that does not answer is left out.
    /// - Throws: what ``CheckoutRefusal`` says of a checkout that is over.
    public func waysToPay(_ id: ID<Checkout>, as buyer: Buyer) async throws -> [WayToPay] {
        let checkout = try await findCheckout(id, as: buyer)
        try checkout.checkOpen()
        return try await waysToPay(checkout.totals.total, for: checkout.routingFacts)
    }

    /// Where a purchase whose payment was declined can be paid another way.
    public func waysToPay(_ id: ID<Purchase>, as buyer: Buyer) async throws -> [WayToPay] {
        let detail = try await findPurchase(id, as: buyer)
        guard detail.purchase.state == .awaitingPayment else { return [] }
        return try await waysToPay(detail.purchase.total, for: detail.routingFacts)
    }

    private func waysToPay(_ total: Money, for facts: RoutingFacts) async throws -> [WayToPay] {
        var ways: [WayToPay] = []
        for instance in try await providers.candidates(.payment, for: facts) {
            do {
                let provider = try await providers.payment(instance.id)
                guard !provider.descriptor.capabilities.contains(.directToSeller) else { continue }
                let context = OperationContext(
                    idempotencyKey: "methods:\(facts.sticky)",
                    deadline: Instant.systemNow.advanced(by: Self.quoteDeadline))
                let methods = try await provider.methods(for: total, context)
                guard !methods.isEmpty else { continue }
                ways.append(
                    WayToPay(
                        instance: instance.id, name: instance.name,
                        isSandbox: instance.mode == .sandbox, methods: methods))
            } catch let error as ProviderError {
                logger.warning("payment.methods-unavailable", metadata: ["error": "\(error)"])
            } catch let error as ProviderRefusal {
                logger.warning("payment.methods-unavailable", metadata: ["error": "\(error.code)"])
            }
        }
        return ways
    }

    /// The chosen instance, if it may be given a payment with these facts now.
    /// - Throws: `wayUnavailable`, `methodUnknown`.
    func openWay(_ choice: PaymentChoice, for facts: RoutingFacts) async throws -> OpenWay {
        guard (1...PaymentChoice.methodLengthMax).contains(choice.method.utf8.count) else {
            throw PaymentRefusal.methodUnknown
        }
        let candidates = try await providers.candidates(.payment, for: facts)
        guard let instance = candidates.first(where: { $0.id == choice.instance }) else {
            throw PaymentRefusal.wayUnavailable
        }
        do {
            let provider = try await providers.payment(instance.id)
            guard !provider.descriptor.capabilities.contains(.directToSeller) else {
                throw PaymentRefusal.wayUnavailable
            }
            return OpenWay(instance: instance, provider: provider)
        } catch is ProviderRefusal {
            throw PaymentRefusal.wayUnavailable
        } catch is ProviderError {
            throw PaymentRefusal.wayUnavailable
        }
    }
}

extension PurchaseDetail {
    /// The same facts as those of its checkout, so that rules choose alike.
    var routingFacts: RoutingFacts {
        RoutingFacts(
            amount: purchase.total, country: purchase.address.country,
            sellers: Set(orders.map(\.order.seller.description)),
            sticky: purchase.checkout.description)
    }
}
