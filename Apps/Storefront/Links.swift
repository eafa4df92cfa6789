import Kernel
import Vocabulary
import Web

/// Where everything is.
enum Links {
    static let home = "/"
    static let search = "/search"
    static let cart = "/cart"
    static let checkout = "/checkout"
    static let account = "/account"
    static let addresses = "/account/addresses"
    static let wishes = "/wishes"

    static func listing(_ id: ID<Listing>) -> String { "/listings/\(id)" }
    /// With one of its choices chosen, where it has some.
    static func listing(_ id: ID<Listing>, choosing variant: ID<Variant>, of options: String)
        -> String
    { options.isEmpty ? listing(id) : "\(listing(id))?variant=\(variant)" }
    static func category(_ slug: String) -> String { "/categories/\(slug)" }
    static func seller(_ slug: String) -> String { "/makers/\(slug)" }
    static func checkout(_ id: ID<Checkout>) -> String { "/checkout/\(id)" }
    /// With a way to pay chosen.
    static func checkout(_ id: ID<Checkout>, paying way: WayChoice?) -> String {
        checkout(id) + (way.map { "?way=\(QueryText.encode($0.text))" } ?? "")
    }
    static func purchase(_ id: ID<Purchase>) -> String { "/purchases/\(id)" }
    static func receipt(_ id: ID<Purchase>) -> String { "/purchases/\(id)/receipt" }
    static func order(_ id: ID<Order>) -> String { "/orders/\(id)" }
    static func delivery(of parcel: ID<Shipment>) -> String { "/shipments/\(parcel)/delivery" }
    static func wishes(ofParcelBy seller: ID<Seller>) -> String { "/cart/parcels/\(seller)/wishes" }
    static func picture(_ hash: ContentHash) -> String { "/media/\(hash)" }
}
