import Vocabulary

/// Why an account cannot be erased yet.
public enum ErasureRefusal: Refusal, CaseIterable {
    case openOrders, openMoney, worksForShop, administers

    public var code: String {
        switch self {
        case .openOrders: "erasure.open-orders"
        case .openMoney: "erasure.open-money"
        case .worksForShop: "erasure.works-for-shop"
        case .administers: "erasure.administers"
        }
    }

    public var reason: RefusalReason { .conflict }

    public var explanation: String {
        switch self {
        case .openOrders:
            "Something that you ordered has not arrived yet. Wait for it, or cancel it, first."
        case .openMoney:
            "A refund or a dispute of yours is under way. Wait until it is settled."
        case .worksForShop: "You work for a shop. Leave it, or close it, first."
        case .administers: "You work in the back office. Have your roles taken first."
        }
    }
}
