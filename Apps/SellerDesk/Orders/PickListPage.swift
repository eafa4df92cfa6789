import Kernel
import Vocabulary
import Web

/// The model of `pick-list.mustache`.
struct PickListPage {
    struct Item {
        let title: String
        let options: String?
        let sku: String?
        let quantity: Int
        let orders: [Share]
    }
    struct Share {
        let href: String
        let number: String
        /// How many go there, when it is more than one.
        let count: String?
        let isGift: Bool
        /// The day on which it is wished for.
        let deliverOn: String?
    }

    let items: [Item]
    let isEmpty: Bool
    let pieces: String
    let orders: String
    let isWhole: Bool

    init(_ list: PickList) {
        items = list.items.map { item in
            Item(
                title: item.title, options: item.options.isEmpty ? nil : item.options,
                sku: item.sku,
                quantity: item.quantity,
                orders: item.orders.map { share in
                    Share(
                        href: "/orders/\(share.order)", number: share.number,
                        count: share.quantity > 1 ? "\(share.quantity) ×" : nil,
                        isGift: share.wishes.giftMessage != nil,
                        deliverOn: share.wishes.deliverOn.map { Format.date($0.from) })
                })
        }
        isEmpty = items.isEmpty
        pieces = Format.count(list.items.reduce(0) { $0 + $1.quantity }, "piece", "pieces")
        orders = Format.count(list.orders, "order", "orders")
        isWhole = list.isWhole
    }
}
