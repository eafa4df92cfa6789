import Foundation
import Kernel
import Logging
import Vocabulary
import Web

/// The customer app: browse, put in a cart, pay once, follow each parcel, rate each maker.
public enum Storefront {
    /// The app, ready to be served or tested.
    /// - Parameter also: more routes of the same server; a bench mounts a constant one.
    /// - Throws: templates that cannot be read.
    public static func app(
        marketplace: Marketplace, redis: SessionServer, settings: WebSettings, logger: Logger,
        also: (Routes) -> Void = { _ in }
    ) throws -> WebApp {
        let site = try Site(
            .customer, title: "Guildhall", marketplace: marketplace, redis: redis,
            settings: settings, templates: Bundle.module, logger: logger, chrome: chrome)
        return site.app { routes in
            mount(routes)
            also(routes)
        }
    }

    /// Every URL of the app.
    private static func mount(_ routes: Routes) {
        AccountPages(home: Links.account, afterSignIn: mergeCart).mount(on: routes)
        AccountAPI(afterSignIn: mergeCart).mount(on: routes.api)
        OnBehalfRoutes().mount(on: routes)
        BrowseRoutes().mount(on: routes)
        BrowseAPI().mount(on: routes.api)
        AllReviewsRoutes().mount(on: routes)
        SuggestionAPI().mount(on: routes.api)
        CartRoutes().mount(on: routes)
        CartAPI().mount(on: routes.api)
        PutAgainRoutes().mount(on: routes)
        PutAgainRoutes().mount(on: routes.api)
        NewCheckoutRoutes().mount(on: routes)
        CheckoutRoutes().mount(on: routes)
        CheckoutAPI().mount(on: routes.api)
        PurchaseRoutes().mount(on: routes)
        PurchaseAPI().mount(on: routes.api)
        ReceiptRoutes().mount(on: routes)
        ReceiptRoutes().mount(on: routes.api)
        ReviewRoutes().mount(on: routes)
        ReviewAPI().mount(on: routes.api)
        AddressBookRoutes().mount(on: routes)
        AddressBookAPI().mount(on: routes.api)
        ClaimRoutes().mount(on: routes)
        ClaimAPI().mount(on: routes.api)
        PersonalDataRoutes().mount(on: routes)
        PersonalDataRoutes().mount(on: routes.api)
        DeliveryRoutes().mount(on: routes)
        DeliveryRoutes().mount(on: routes.api)
        WishRoutes().mount(on: routes)
        WishAPI().mount(on: routes.api)
        MediaRoutes().mount(on: routes)
        SitemapRoutes().mount(on: routes)
        WebhookRoutes().mount(on: routes)
    }

    private static func chrome(_ request: WebRequest, _ account: Account?) async throws -> Chrome {
        let pieces = await piecesInCart(request, account)
        var corner = [
            Chrome.Link(
                pieces == 0 ? localized("Cart") : localized("Cart (\(pieces))"), Links.cart)
        ]
        corner.append(Chrome.Link(localized("Wish list"), Links.wishes))
        if account == nil {
            corner.append(Chrome.Link(localized("Sign in"), "/sign-in"))
        } else {
            corner.append(Chrome.Link(localized("Your purchases"), Links.account))
        }
        let tree = try await request.marketplace.categories()
        return Chrome(
            links: tree.filter { $0.parent == nil }.prefix(10)
                .map { Chrome.Link($0.localizedName, Links.category($0.slug)) },
            corner: corner, own: account == nil ? [] : own,
            search: request.path == Links.search ? request.query("text") ?? "" : "",
            signedInAs: account?.name)
    }

    /// None for a browser that has just come, which nobody asks Redis about, and while Redis is out
    /// of order: whoever only looks must not suffer then.
    private static func piecesInCart(_ request: WebRequest, _ account: Account?) async -> Int {
        guard account != nil || request.hasBrowser else { return 0 }
        let owner = account.map { CartOwner.account($0.id) } ?? Visitor(of: request).cart
        do {
            return try await request.site.carts.lines(of: owner).reduce(0) { $0 + $1.quantity }
        } catch { return 0 }
    }

    private static var own: [Chrome.Link] {
        [
            Chrome.Link(localized("Purchases"), Links.account),
            Chrome.Link(localized("Addresses"), Links.addresses),
            Chrome.Link(localized("Wish list"), Links.wishes),
            Chrome.Link(localized("Security"), "/security"),
            Chrome.Link(localized("E-mail"), "/mail"),
            Chrome.Link(localized("Your data"), "/account/data"),
        ]
    }

    /// What a guest had chosen goes on when the guest signs in.
    @Sendable private static func mergeCart(_ request: WebRequest, _ account: Account) async throws
    {
        let visitor = Visitor(of: request)
        try await request.site.carts.merge(guest: visitor.browser, into: account.id)
        try await WishList.merge(of: visitor.browser, into: account.id, request)
        try await request.marketplace.adoptCheckouts(of: visitor.browser, into: account.id)
    }
}
