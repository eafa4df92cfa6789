import Vocabulary

extension Marketplace {
    /// A purchase with its orders, for the customer.
    /// - Throws: `OrderRefusal.purchaseMissing` when there is none, or it is someone else's.
    public func findPurchase(_ id: ID<Purchase>, as buyer: Buyer) async throws -> PurchaseDetail {
        guard let purchase = try await database.purchases.find(id, of: buyer) else {
            throw OrderRefusal.purchaseMissing
        }
        let payment = try await database.payments.newest(of: id)
        let orders = try await database.orders.details(try await database.orders.ids(of: id))
        let isApart = orders.count > 1 && payment?.isDirect == true
        return PurchaseDetail(
            purchase: purchase, orders: orders, payment: payment,
            shares: isApart ? try await database.receipts.stands(of: payment?.id) : [],
            awayShops: purchase.state == .awaitingPayment
                ? try await database.purchases.awayShops(of: id) : [])
    }

    /// The purchase that was made of a checkout; nil while there is none.
    /// - Throws: nothing that says whose it is: somebody else's is nil as well.
    public func purchase(of checkout: ID<Checkout>, as buyer: Buyer) async throws -> Purchase? {
        try await database.purchases.find(of: checkout, of: buyer)
    }

    /// The account's purchases, the newest first.
    public func listPurchases(
        of account: ID<Account>, _ page: PageRequest
    ) async throws -> Page<Purchase> {
        try await database.purchases.list(of: account, page)
    }

    /// One order, for the customer who bought it.
    /// - Throws: `OrderRefusal.missing` when there is none, or it is someone else's.
    public func findOrder(_ id: ID<Order>, as buyer: Buyer) async throws -> OrderDetail {
        guard try await database.orders.belongs(id, to: buyer),
            let detail = try await database.orders.details([id]).first
        else { throw OrderRefusal.missing }
        return detail
    }

    /// One order, for the seller who packs it. Orders that nobody paid are not the seller's yet.
    /// - Throws: `OrderRefusal.missing` when there is none, or it is someone else's.
    public func findOrder(_ id: ID<Order>, as member: SellerMember) async throws -> OrderDetail {
        try member.require(.readOrders)
        guard let detail = try await database.orders.details([id]).first,
            detail.order.seller == member.seller
        else { throw OrderRefusal.missing }
        return detail
    }

    /// The seller's orders, the newest first.
    /// - Throws: ``InputRefusal`` for a text that is too long or has control characters.
    public func listOrders(
        as member: SellerMember, _ filter: OrderFilter = OrderFilter(), _ page: PageRequest
    ) async throws -> Page<OrderSummary> {
        try member.require(.readOrders)
        var filter = filter
        filter.seller = member.seller
        filter.text = try InputText.optionalLine(
            filter.text, field: "text", lengthMax: OrderFilter.textLengthMax)
        return try await database.orderLists.list(filter, page)
    }

    /// One order with its payments, for an administrator.
    /// - Throws: `OrderRefusal.missing`.
    public func findOrderForAdministration(_ id: ID<Order>) async throws -> AdministeredOrder {
        guard let detail = try await database.orders.details([id]).first,
            let purchase = try await database.administration.purchase(of: detail.order.purchase)
        else { throw OrderRefusal.missing }
        return AdministeredOrder(
            detail: detail, purchase: purchase,
            payments: try await database.administration.payments(of: purchase.id),
            siblings: try await database.orders.ids(of: purchase.id).filter { $0 != id })
    }

    /// Orders of all sellers, the newest first, for an administrator.
    public func listOrdersForAdministration(
        _ filter: OrderFilter = OrderFilter(), _ page: PageRequest
    ) async throws -> Page<OrderSummary> {
        try await database.orderLists.list(filter, page)
    }

    /// Payments of all purchases, the newest first, for an administrator.
    public func listPaymentsForAdministration(
        instance: ID<ProviderInstance>? = nil, state: Payment.State? = nil, _ page: PageRequest
    ) async throws -> Page<Payment> {
        try await database.administration.listPayments(instance: instance, state: state, page)
    }
}
