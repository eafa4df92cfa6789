import Foundation
import Kernel
import Logging
import Vocabulary
import Web

/// The seller app: apply, list, pack, ship, and see what is earned.
public enum SellerDesk {
    /// The app, ready to be served or tested.
    /// - Throws: templates that cannot be read.
    public static func app(
        marketplace: Marketplace, redis: SessionServer, settings: WebSettings, logger: Logger
    ) throws -> WebApp {
        let site = try Site(
            .seller, title: "Guildhall for makers", marketplace: marketplace, redis: redis,
            settings: settings, templates: Bundle.module, logger: logger, chrome: chrome)
        return site.app(mount)
    }

    /// Every URL of the app.
    private static func mount(_ routes: Routes) {
        AccountPages(home: Links.home).mount(on: routes)
        AccountAPI().mount(on: routes.api)
        OnBehalfRoutes().mount(on: routes)
        ShopRoutes().mount(on: routes)
        ApplicationRoutes().mount(on: routes)
        HolidayRoutes().mount(on: routes)
        DestinationRoutes().mount(on: routes)
        PolicyRoutes().mount(on: routes)
        ShippingProfileRoutes().mount(on: routes)
        ShippingProfileAPI().mount(on: routes.api)
        TeamRoutes().mount(on: routes)
        InvitationRoutes().mount(on: routes)
        HistoryRoutes().mount(on: routes)
        HistoryRoutes().mount(on: routes.api)
        ListingRoutes().mount(on: routes)
        ListingImageRoutes().mount(on: routes)
        PriceRoutes().mount(on: routes)
        ProfileChoiceRoutes().mount(on: routes)
        StockRoutes().mount(on: routes)
        StockRoutes().mount(on: routes.api)
        OptionRoutes().mount(on: routes)
        ImportRoutes().mount(on: routes)
        ReviewRoutes().mount(on: routes)
        TokenRoutes().mount(on: routes)
        ShopAPI().mount(on: routes.api)
        TeamAPI().mount(on: routes.api)
        InvitationRoutes().mount(on: routes.api)
        ListingAPI().mount(on: routes.api)
        OfferAPI().mount(on: routes.api)
        ImportAPI().mount(on: routes.api)
        ReviewAPI().mount(on: routes.api)
        OrderRoutes().mount(on: routes)
        OrderAPI().mount(on: routes.api)
        MoneyRoutes().mount(on: routes)
        OwnPayoutRoutes().mount(on: routes)
        OwnPayoutRoutes().mount(on: routes.api)
        MonthStatementRoutes().mount(on: routes)
        MoneyAPI().mount(on: routes.api)
        PayoutAccountRoutes().mount(on: routes)
        PayoutAccountRoutes().mount(on: routes.api)
        BankPayoutRoutes().mount(on: routes)
        BankPayoutRoutes().mount(on: routes.api)
        DisputeRoutes().mount(on: routes)
        DisputeRoutes().mount(on: routes.api)
        InvoiceRoutes().mount(on: routes)
        InvoiceRoutes().mount(on: routes.api)
        MediaRoutes().mount(on: routes)
    }

    /// What stands around every page: the links that the person's role opens.
    private static func chrome(_ request: WebRequest, _ account: Account?) async throws -> Chrome {
        guard let account else {
            return Chrome(corner: [
                Chrome.Link(localized("Sign in"), "/sign-in"),
                Chrome.Link(localized("Register"), "/register"),
            ])
        }
        let shops = try await request.shops(of: account)
        let chosen = try await request.session()?.seller
        let shop = shops.count == 1 ? shops.first : shops.first { $0.seller == chosen }
        var corner: [Chrome.Link] = []
        if shops.count > 1 {
            corner.append(Chrome.Link(shop?.name ?? localized("Choose a shop"), Links.shops))
        }
        corner.append(Chrome.Link(localized("Tokens"), Links.tokens))
        guard let shop else { return Chrome(corner: corner, signedInAs: account.name) }
        let all: [(String, String, SellerPermission)] = [
            (localized("Orders"), Links.orders, .readOrders),
            (localized("Listings"), Links.listings, .readListings),
            (localized("Stock"), Links.stock, .readListings),
            (localized("Import"), Links.imports, .editListings),
            (localized("Shipping"), Links.shipping, .readListings),
            (localized("Money"), Links.money, .readMoney),
            (localized("Reviews"), Links.reviews, .readReviews),
            (localized("Shop"), Links.shop, .editProfile),
            (localized("Verification"), Links.documents, .editProfile),
            (localized("Team"), Links.team, .manageTeam),
        ]
        let open = all.filter { shop.role.permissions.contains($0.2) }
        return Chrome(
            links: [Chrome.Link(localized("Today"), Links.home)]
                + open.map { Chrome.Link($0.0, $0.1) },
            atSide: true, corner: corner, signedInAs: account.name)
    }
}
