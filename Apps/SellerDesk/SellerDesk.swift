import Foundation
import Kernel
import Logging
import Redis
import Vocabulary
import Web

/// The seller app: apply, list, pack, ship, and see what is earned.
public enum SellerDesk {
    /// The app, ready to be served or tested.
    /// - Throws: templates that cannot be read.
    public static func app(
        marketplace: Marketplace, redis: RedisClient, settings: WebSettings, logger: Logger
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
        ShopAPI().mount(on: routes.api)
        TeamAPI().mount(on: routes.api)
        ListingAPI().mount(on: routes.api)
        ImportAPI().mount(on: routes.api)
        ReviewAPI().mount(on: routes.api)
        OrderRoutes().mount(on: routes)
        OrderAPI().mount(on: routes.api)
        MoneyRoutes().mount(on: routes)
        MoneyAPI().mount(on: routes.api)
        MediaRoutes().mount(on: routes)
    }

    private static func chrome(_ request: WebRequest, _ account: Account?) async throws -> Chrome {
        guard let account else {
            return Chrome(corner: [
                Chrome.Link("Sign in", "/sign-in"), Chrome.Link("Register", "/register"),
            ])
        }
        return Chrome(
            links: [
                Chrome.Link("Today", Links.home), Chrome.Link("Orders", Links.orders),
                Chrome.Link("Things", Links.listings), Chrome.Link("Import", Links.imports),
                Chrome.Link("Money", Links.money), Chrome.Link("Reviews", Links.reviews),
                Chrome.Link("Shop", Links.shop), Chrome.Link("Team", Links.team),
            ], signedInAs: account.name)
    }
}
