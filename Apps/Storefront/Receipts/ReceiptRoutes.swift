import Kernel
import Vocabulary
import Web

/// The receipt of a purchase: a page to print, and the same for programs. Like every page of
/// somebody's own, it is stored nowhere on its way.
struct ReceiptRoutes {
    func mount(on routes: Routes) {
        routes.get("/purchases/{purchase}/receipt").path(PurchaseAPI.PurchasePath.self)
            .show(as: Visitor.self) { call, visitor in
                do {
                    let receipt = try await call.marketplace.receipt(
                        of: call.path.purchase, as: visitor.buyer)
                    return .page(
                        "receipt", try ReceiptPage(receipt),
                        title: localized("Receipt \(receipt.purchase.number)"))
                } catch OrderRefusal.notPaid {
                    return .seeOther(
                        Links.purchase(call.path.purchase),
                        warning: localized("There is a receipt as soon as it is paid."))
                } catch OrderRefusal.purchaseMissing {
                    return .absent(call.path.purchase, visitor)
                }
            }
    }

    func mount(on api: API) {
        api.get("/purchases/{purchase}/receipt", "What it came to, and how", tag: "Purchases")
            .about("For a purchase that is paid, or to be paid when it is handed over.")
            .path(PurchaseAPI.PurchasePath.self).refuses(.conflict)
            .handle(as: Visitor.self) { call, visitor in
                try ReceiptAnswer(
                    try await call.marketplace.receipt(of: call.path.purchase, as: visitor.buyer))
            }
    }
}
