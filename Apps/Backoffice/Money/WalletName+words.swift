import Kernel
import Vocabulary
import Web

/// The names of the wallets on a page.
typealias WalletNames = [ID<Wallet>: WalletName]

extension WalletName {
    /// `platform balance, DE89 •••• 3000`, on a page that is one seller's; with what the seller
    /// calls it, where that says more.
    var inWords: String {
        let isCalledSo = label.lowercased() == kind.plain
        let called = kind.rawValue.inWords + (isCalledSo ? "" : " “\(label)”")
        return called + ", " + (place ?? localized("no account yet"))
    }

    /// `Clay & Ember: platform balance, DE89 •••• 3000`
    var withSeller: String { "\(seller): \(inWords)" }
}

extension Wallet.Kind {
    /// As a new shop's first one is called.
    fileprivate var plain: String { rawValue.replacing("_", with: " ") }
}

extension Cell {
    /// A wallet on a page that is its seller's.
    static func wallet(_ id: ID<Wallet>, _ names: WalletNames) -> Cell {
        Cell(data: names[id]?.inWords ?? id.description)
    }

    /// A wallet among those of other sellers, with the way to its seller.
    static func wallet(_ id: ID<Wallet>, of seller: ID<Seller>, _ names: WalletNames) -> Cell {
        Cell(data: names[id]?.withSeller ?? id.description, to: Links.seller(seller))
    }
}
