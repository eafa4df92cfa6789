/// What becomes of a purchase at the old provider once it is paid.
enum SwapFate: CaseIterable, Sendable {
    /// It is shipped and arrives.
    case kept
    /// All of it is cancelled: its reservation is released.
    case cancelled
    /// One of its two orders is cancelled, and the other one is shipped.
    case halved
    /// Shipped, taken, and the money of one order given back.
    case refunded
}

extension DrillTrade {
    /// Waits until it is paid, and brings it to its end.
    func finish(_ purchase: String, _ fate: SwapFate) async throws {
        let paid = try await until("purchase \(purchase) to be paid") {
            let seen = try await customer.get("/api/v1/purchases/\(purchase)")
            return seen["state"].text == "paid" ? seen : nil
        }
        let orders = paid["orders"].items.compactMap { order in
            order["id"].text.map { (id: $0, seller: order["sellerSlug"].text) }
        }
        let off =
            switch fate {
            case .cancelled: orders.count
            case .halved: 1
            case .kept, .refunded: 0
            }
        for order in orders.prefix(off) { try await cancel(order.id) }
        let kept = orders.dropFirst(off)
        for order in kept {
            let its = zip(sellers, market.sellers).filter { $1.slug == order.seller }.map(\.0)
            try await ship(order.id, asking: its)
        }
        // Before it is paid out: no seller owes anything in the end.
        if fate == .refunded {
            try await refund(Bought(purchase: purchase, orders: kept.map { $0.id }))
        }
        for order in kept { try await receive(order.id) }
    }

    /// The customer does not want it any more.
    func cancel(_ order: String) async throws {
        let path = "/api/v1/orders/\(order)"
        _ = try await until("order \(order) to be cancelled") {
            let told = try await customer.post(
                path + "/cancellation", ["reason": "a drill"], key: Self.newKey(),
                expecting: Self.all)
            if told["state"].text == "cancelled" { return told }
            let seen = try await customer.get(path)
            return seen["state"].text == "cancelled" ? seen : nil
        }
    }
}
