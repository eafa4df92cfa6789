import Kernel
import Vocabulary
import Web

/// The model of `purchase-absent.mustache`: where a link from a letter leads whoever opens it in
/// another browser. It says nothing of whether there is such a purchase.
struct AbsentPurchasePage {
    let isGuest: Bool
    /// Where to go on, once signed in.
    let then: String
}

extension PageAnswer {
    /// Not there for this visitor, and how it may be had.
    static func absent(_ purchase: ID<Purchase>, _ visitor: Visitor) -> PageAnswer {
        .page(
            "purchase-absent",
            AbsentPurchasePage(
                isGuest: visitor.account == nil, then: Links.purchase(purchase)),
            title: localized("We cannot show you that here"), status: .notFound)
    }
}
