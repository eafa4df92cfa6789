extension Letter {
    /// To somebody who may be a stranger to us: said in the shop's name, and nothing of who asks.
    static func invitation(to shop: String, as role: SellerRole) -> Letter {
        Letter(
            localized("Work with \(shop)"),
            localized("\(shop) asks you to work with them in their shop on Guildhall."),
            tasks(of: role),
            localized(
                """
                With this link you become a member of the shop: sign in with this e-mail address, \
                or create an account with it. It works once, within seven days.
                """),
            localized("If you do not know the shop, leave it: nothing happens."))
    }

    private static func tasks(of role: SellerRole) -> String {
        switch role {
        case .owner: localized("You would do everything, as an owner.")
        case .catalogue: localized("You would look after listings, stock and pictures.")
        case .orders: localized("You would ship orders, cancel and refund them.")
        case .finance: localized("You would look after money, wallets and refunds.")
        case .support: localized("You would read orders and answer reviews.")
        }
    }
}
