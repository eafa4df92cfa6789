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
    /// Where a provider that pays sellers sends the money, by the wallet of each; nothing for one
    /// that holds it.
    let destinations: [ID<Wallet>: String]
    /// How many orders the payment would be for.
    let orders: Int

    /// At shipment where the provider can capture one order after the other; and where it captures
    /// once, for a purchase of one order alone, which is captured whole at its first parcel: a
    /// second capture for a later parcel would find the rest released. A purchase of several orders
    /// is captured when it is paid then, since its first shipment would release the others' money.
    var capture: ProviderInstance.Capture {
        let can = provider.descriptor.capabilities
        if can.contains(.paidOnDelivery) { return .atDelivery }
        let waits =
            can.contains(.separateCapture)
            && (can.contains(.multipleCaptures) || orders == 1)
        return waits ? instance.capture : .atOrder
    }
}

extension Marketplace {
    /// Where the checkout can be paid, best first. A provider that does not answer is left out, and
    /// so is one whose share of the checkouts this is not of, unless there is no other.
    /// - Throws: what ``CheckoutRefusal`` says of a checkout that is over.
    public func waysToPay(_ id: ID<Checkout>, as buyer: Buyer) async throws -> [WayToPay] {
        try await waysToPay(try await findCheckout(id, as: buyer))
    }

    /// The same for one that was read or worked out just now.
    /// - Throws: what ``CheckoutRefusal`` says of a checkout that is over.
    public func waysToPay(_ checkout: Checkout) async throws -> [WayToPay] {
        try checkout.checkOpen()
        return try await waysToPay(
            checkout.totals.total, for: checkout.routingFacts, checkout.payees)
    }

    /// Where a purchase whose payment was declined can be paid another way; nowhere once it is paid
    /// or over.
    /// - Throws: `OrderRefusal.purchaseMissing`; `sellerAway` while a shop of it is suspended or
    ///   closed.
    public func waysToPay(_ id: ID<Purchase>, as buyer: Buyer) async throws -> [WayToPay] {
        let detail = try await findPurchase(id, as: buyer)
        guard detail.purchase.state == .awaitingPayment else { return [] }
        try detail.checkShops()
        return try await waysToPay(
            detail.purchase.total, for: detail.routingFacts, detail.payees)
    }

    private func waysToPay(
        _ total: Money, for facts: RoutingFacts, _ payees: [Payee]
    ) async throws -> [WayToPay] {
        let routed = try await providers.routed(.payment, for: facts)
        let ways = try await ways(at: routed.taking, total, facts, payees)
        guard ways.isEmpty else { return ways }
        return try await self.ways(at: routed.reserve, total, facts, payees)
    }

    /// What those that answer offer.
    private func ways(
        at instances: [ProviderInstance], _ total: Money, _ facts: RoutingFacts, _ payees: [Payee]
    ) async throws -> [WayToPay] {
        var ways: [WayToPay] = []
        for instance in instances {
            do {
                let provider = try await providers.payment(instance.id)
                if provider.paysSellers {
                    guard provider.pays(payees) else { continue }
                    guard try await destinations(of: payees, at: provider) != nil else { continue }
                }
                let context = OperationContext(
                    idempotencyKey: "methods:\(facts.sticky)",
                    deadline: Instant.systemNow.advanced(by: settings.quoteDeadline))
                let methods = try await provider.methods(for: total, context)
                guard !methods.isEmpty else { continue }
                try await keep(methods, of: instance.id)
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

    /// For receipts, which have no more than a method's code.
    private func keep(
        _ methods: [PaymentMethod], of instance: ID<ProviderInstance>
    ) async throws {
        guard !keptMethods.has(methods, of: instance) else { return }
        try await database.paymentMethods.save(methods, of: instance)
        keptMethods.add(methods, of: instance)
    }

    /// The chosen instance, if it may be given a payment with these facts now.
    /// - Throws: `wayUnavailable`, `methodUnknown`, `oneMakerOnly`.
    func openWay(
        _ choice: PaymentChoice, for facts: RoutingFacts, _ payees: [Payee]
    ) async throws -> OpenWay {
        guard (1...PaymentChoice.methodLengthMax).contains(choice.method.utf8.count) else {
            throw PaymentRefusal.methodUnknown
        }
        let instance = try await instance(chosen: choice, for: facts, payees)
        do {
            let provider = try await providers.payment(instance.id)
            guard provider.paysSellers else {
                return OpenWay(
                    instance: instance, provider: provider, destinations: [:],
                    orders: payees.count)
            }
            guard provider.pays(payees) else { throw PaymentRefusal.oneMakerOnly }
            guard let destinations = try await destinations(of: payees, at: provider) else {
                throw PaymentRefusal.wayUnavailable
            }
            return OpenWay(
                instance: instance, provider: provider, destinations: destinations,
                orders: payees.count)
        } catch is ProviderRefusal {
            throw PaymentRefusal.wayUnavailable
        } catch is ProviderError {
            throw PaymentRefusal.wayUnavailable
        }
    }
}

extension Marketplace {
    /// One that the rules give the checkout. Who chose one whose share it does not fall into was
    /// shown it because no other could be had, so the others are asked again.
    private func instance(
        chosen choice: PaymentChoice, for facts: RoutingFacts, _ payees: [Payee]
    ) async throws -> ProviderInstance {
        let routed = try await providers.routed(.payment, for: facts)
        if let instance = routed.taking.first(where: { $0.id == choice.instance }) {
            return instance
        }
        guard let instance = routed.reserve.first(where: { $0.id == choice.instance }),
            try await ways(at: routed.taking, facts.amount, facts, payees).isEmpty
        else { throw PaymentRefusal.wayUnavailable }
        return instance
    }

    /// Where a provider that pays sellers sends the money of each order; nil when the wallet of any
    /// says nowhere, since a purchase that only some of its makers can be paid for is not paid.
    private func destinations(
        of payees: [Payee], at provider: GuardedPayment
    ) async throws -> [ID<Wallet>: String]? {
        if provider.needsNoDestination { return [:] }
        let isChain = provider.descriptor.capabilities.contains(.toChainAddress)
        var found: [ID<Wallet>: String] = [:]
        for payee in payees {
            let wallet = try await database.wallets.find(payee.wallet, of: payee.seller)
            guard let details = wallet?.details,
                let place = isChain ? details.address : details.address ?? details.iban
            else { return nil }
            found[payee.wallet] = place
        }
        return found
    }
}

/// Whom an order is to pay.
struct Payee: Hashable, Sendable {
    let wallet: ID<Wallet>
    let seller: ID<Seller>
}

extension GuardedPayment {
    /// Whether money goes to the seller and never touches the platform.
    var paysSellers: Bool { descriptor.capabilities.contains(.directToSeller) }

    /// Whether one payment can pay all of them.
    fileprivate func pays(_ payees: [Payee]) -> Bool {
        payees.count == 1 || descriptor.capabilities.contains(.severalSellers)
    }

    /// Whether the money changes hands without any account.
    fileprivate var needsNoDestination: Bool {
        descriptor.capabilities.contains(.paidOnDelivery)
    }
}

extension Checkout {
    var payees: [Payee] { parcels.map { Payee(wallet: $0.wallet, seller: $0.seller) } }
}

extension PurchaseDetail {
    var payees: [Payee] {
        orders.map { Payee(wallet: $0.order.wallet, seller: $0.order.seller) }
    }

    /// The same facts as those of its checkout, so that rules choose alike.
    var routingFacts: RoutingFacts {
        RoutingFacts(
            amount: purchase.total, country: purchase.address.country,
            sellers: Set(orders.map(\.order.seller.description)),
            sticky: purchase.checkout.description)
    }
}
