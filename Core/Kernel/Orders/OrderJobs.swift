import Vocabulary

extension JobKind where Args == NoArgs {
    static var settlePayments: JobKind { JobKind("payments.settle", lane: .payments) }
    static var retryCaptures: JobKind { JobKind("payments.retry-captures", lane: .payments) }
    static var expireCheckouts: JobKind { JobKind("checkouts.expire") }
    static var expirePurchases: JobKind { JobKind("purchases.expire", lane: .payments) }
    static var remindOfCash: JobKind { JobKind("payments.remind-of-cash", lane: .mail) }
    static var deliverOrders: JobKind { JobKind("orders.deliver") }
}

extension JobHandlers {
    /// What checkouts, orders and payments need to have done for them.
    mutating func addOrders(_ marketplace: Marketplace) {
        on(.applyWebhook) { args, _ in
            try await marketplace.applyWebhook(args)
            return .done
        }
        every(.seconds(1), .settlePayments) { _ in
            while try await marketplace.settlePayments(limit: 20) == 20 {}
            return .done
        }
        every(.seconds(300), .retryCaptures) { _ in
            try await marketplace.retryRefusedCaptures()
            return .done
        }
        every(.seconds(5), .expireCheckouts) { _ in
            while try await marketplace.expireCheckouts(limit: 50) == 50 {}
            return .done
        }
        every(.seconds(5), .expirePurchases) { _ in
            try await marketplace.expirePurchases()
            return .done
        }
        every(.seconds(300), .remindOfCash) { _ in
            while try await marketplace.remindOfCash(limit: 100) == 100 {}
            return .done
        }
        every(.seconds(60), .deliverOrders) { _ in
            try await marketplace.deliverLongOnTheWay()
            return .done
        }
    }
}
