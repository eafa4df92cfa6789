import Vocabulary

/// What has to be taken off the shelves for all the orders that wait to be packed.
public struct PickList: Hashable, Sendable {
    /// A thing, and how many of it go where.
    public struct Item: Hashable, Sendable {
        public let variant: ID<Variant>
        public let title: String
        public let options: String
        public let sku: String?
        /// In the order in which they were placed.
        public var orders: [Share]

        public var quantity: Int { orders.reduce(0) { $0 + $1.quantity } }
    }

    /// How many of a thing go into an order.
    public struct Share: Hashable, Sendable {
        public let order: ID<Order>
        /// As people read it.
        public let number: String
        public let quantity: Int
        /// What the customer wishes of the parcel.
        public let wishes: ParcelWishes
    }

    /// By title, then by options.
    public let items: [Item]
    /// How many orders are on it.
    public let orders: Int
    /// False when more wait: then these are those that wait longest.
    public let isWhole: Bool

    /// So many orders are on one list: more than anybody packs in one go.
    public static let ordersMax = 200
}

extension PickList {
    /// One line of an order that waits.
    struct Line: Sendable {
        let order: ID<Order>
        let number: String
        let variant: ID<Variant>
        let title: String
        let options: String
        let sku: String?
        /// Pieces that are still to be packed.
        let quantity: Int
        let wishes: ParcelWishes
    }

    /// - Parameter lines: those of the orders that wait longest first.
    init(_ lines: [Line], orders: Int, isWhole: Bool) {
        var items: [ID<Variant>: Item] = [:]
        for line in lines {
            let share = Share(
                order: line.order, number: line.number, quantity: line.quantity,
                wishes: line.wishes)
            items[
                line.variant,
                default: Item(
                    variant: line.variant, title: line.title, options: line.options,
                    sku: line.sku, orders: [])
            ].orders.append(share)
        }
        self.items = items.values.sorted {
            ($0.title, $0.options, $0.variant.description)
                < ($1.title, $1.options, $1.variant.description)
        }
        self.orders = orders
        self.isWhole = isWhole
    }
}

extension Marketplace {
    /// What the shop has to pack now, counted by thing: of the orders that wait longest, at most
    /// ``PickList/ordersMax``.
    public func pickList(as member: SellerMember) async throws -> PickList {
        try member.require(.readOrders)
        return try await database.pickLists.read(of: member.seller)
    }

    /// The orders that wait to be packed, those that wait longest first: what papers are printed
    /// for in one go.
    public func ordersToPack(
        as member: SellerMember, _ page: PageRequest = PageRequest()
    ) async throws -> Page<OrderDetail> {
        try member.require(.readOrders)
        let ids = try await database.pickLists.waiting(of: member.seller, page)
        let details = try await database.orders.details(ids.items)
        let known = Dictionary(details.map { ($0.order.id, $0) }) { first, _ in first }
        return Page(items: ids.items.compactMap { known[$0] }, next: ids.next)
    }
}
