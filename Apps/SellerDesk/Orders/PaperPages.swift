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
        let isAbroad = detail.address.country != seller.parcelsFrom
        senderLines =
            seller.origin.map { OrderPage.postalLines($0, isAbroad: isAbroad) }
            ?? [seller.name, Countries.onParcel(seller.country)]
        addressLines = OrderPage.postalLines(detail.address, isAbroad: isAbroad)
    }
}

/// The model of `address-labels.mustache`: those of all the orders that wait to be packed.
struct LabelsPage {
    let labels: [LabelPage]
    let isEmpty: Bool
    let count: String
    /// Where those are that wait less long; nil when these are all.
    let next: String?
    let most: Int

    init(_ page: Page<OrderDetail>, from seller: Seller) {
        labels = page.items.map { LabelPage($0, from: seller) }
        isEmpty = labels.isEmpty
        count = Format.count(labels.count, "label", "labels")
        next = page.next.map { "/orders/labels?after=\(Cursor.seal($0))" }
        most = PaperRoutes.PapersQuery.ordersMax
    }
}

/// The model of `packing-slip.mustache`: paper for the customer on a page for the seller.
struct PackingSlipPage {
    /// The model of `packing-slip-paper.mustache`.
    struct Paper: Sendable {
        /// BCP 47.
        let language: String
        let shop: String
        /// Where the parcel comes from; the shop's name is no part of it.
        let shopLines: [String]
        let order: OrderPage
    }

    let id: String
    let number: String
    let paper: String

    /// In the customer's language where it is known, otherwise in the page's.
    init(_ detail: OrderDetail, from seller: Seller, _ request: WebRequest) throws {
        id = detail.order.id.description
        number = detail.order.number
        let language = detail.language ?? Words.current.language
        paper = try request.html("packing-slip-paper", in: language) {
            Paper(
                language: language.code, shop: seller.name,
                shopLines: seller.origin.map { OrderPage.lines($0) }
                    ?? [Countries.name(seller.country)],
                // Whoever packs does nothing else on it.
                order: OrderPage(detail, may: { _ in false }))
        }
    }
}

/// The model of `packing-slips.mustache`: those of all the orders that wait to be packed.
struct PackingSlipsPage {
    let slips: [PackingSlipPage]
    let isEmpty: Bool
    let count: String
    /// Where those are that wait less long; nil when these are all.
    let next: String?
    let most: Int

    init(_ page: Page<OrderDetail>, from seller: Seller, _ request: WebRequest) throws {
        slips = try page.items.map { try PackingSlipPage($0, from: seller, request) }
        isEmpty = slips.isEmpty
        count = Format.count(slips.count, "packing slip", "packing slips")
        next = page.next.map { "/orders/packing-slips?after=\(Cursor.seal($0))" }
        most = PaperRoutes.PapersQuery.ordersMax
    }
}

extension OrderPage {
    /// As it stands on a parcel: the country only where the parcel leaves its own.
    static func postalLines(_ address: Address, isAbroad: Bool) -> [String] {
        lines(address).dropLast() + (isAbroad ? [Countries.onParcel(address.country)] : [])
    }
}

extension Seller {
    /// The country in which its parcels are handed over.
    fileprivate var parcelsFrom: String { origin?.country ?? country }
}
