import Kernel
import Vocabulary
import Web

/// The model of `address-label.mustache`.
struct LabelPage {
    let id: String
    let number: String
    let shippingName: String
    let senderLines: [String]
    let addressLines: [String]

    init(_ detail: OrderDetail, from seller: Seller) {
        id = detail.order.id.description
        number = detail.order.number
        shippingName = localized(name: detail.order.shippingName)
        senderLines = seller.origin.map { OrderPage.lines($0) } ?? [seller.name, seller.country]
        addressLines = OrderPage.lines(detail.address)
    }
}

/// The model of `packing-slip.mustache`: paper for the customer on a page for the seller.
struct PackingSlipPage {
    /// The model of `packing-slip-paper.mustache`.
    struct Paper: Sendable {
        /// BCP 47.
        let language: String
        let order: OrderPage
    }

    let id: String
    let number: String
    let paper: String

    /// In the customer's language where it is known, otherwise in the page's.
    init(_ detail: OrderDetail, _ request: WebRequest) throws {
        id = detail.order.id.description
        number = detail.order.number
        let language = detail.language ?? Words.current.language
        paper = try request.html("packing-slip-paper", in: language) {
            // Whoever packs does nothing else on it.
            Paper(language: language.code, order: OrderPage(detail, may: { _ in false }))
        }
    }
}

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
                        count: share.quantity > 1 ? "\(share.quantity) ×" : nil)
                })
        }
        isEmpty = items.isEmpty
        pieces = Format.count(list.items.reduce(0) { $0 + $1.quantity }, "piece", "pieces")
        orders = Format.count(list.orders, "order", "orders")
        isWhole = list.isWhole
    }
}
