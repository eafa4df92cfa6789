import Kernel
import Vocabulary

/// Where everything is.
enum Links {
    static let home = "/"
    static let apply = "/apply"
    static let shop = "/shop"
    static let shops = "/shops"
    static let holiday = "/shop/holiday"
    static let destinations = "/shop/destinations"
    static let policies = "/shop/policies"
    static let shipping = "/shop/shipping"
    static let documents = "/shop/documents"
    static let listings = "/listings"
    static let newListing = "/listings/new"
    static let stock = "/stock"
    static let imports = "/imports"
    static let orders = "/orders"
    static let reviews = "/reviews"
    static let money = "/money"
    static let statement = "/money/statement"
    static let wallets = "/money/wallets"
    static let payoutAccounts = "/money/accounts"
    static let bankPayouts = "/money/bank-payouts"
    static let team = "/team"
    static let tokens = "/tokens"

    static func listing(_ id: ID<Listing>) -> String { "/listings/\(id)" }
    static func movements(_ id: ID<Variant>) -> String { "\(stock)/\(id)" }
    static func shippingProfile(_ id: ID<ShippingProfile>) -> String { "\(shipping)/\(id)" }
    static func order(_ id: ID<Order>) -> String { "/orders/\(id)" }
    static func payout(_ id: ID<Payout>) -> String { "/money/payouts/\(id)" }
    static func document(_ id: ID<SellerDocument>) -> String { "\(documents)/\(id)" }
    static func picture(_ hash: ContentHash) -> String { "/media/\(hash)" }
}
