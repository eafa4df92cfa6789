import Kernel
import Vocabulary
import Web

/// The wish list, for people.
struct WishRoutes {
    func mount(on routes: Routes) {
        routes.get("/wishes").query(ListQuery.self).show(as: Visitor.self) { call, visitor in
            let page = try await WishList(visitor, call.request).page(call.query.page(limit: 24))
            return .page(
                "wishes", WishesPage(page, isGuest: visitor.account == nil),
                title: localized("Your wish list"))
        }
        routes.post("/listings/{listing}/wish").path(BrowseRoutes.ListingPath.self)
            .openOnBehalf().outlivingSession().show(as: Visitor.self) { call, visitor in
                let thing = Links.listing(call.path.listing)
                let page = call.request.pageBefore(at: thing) ?? thing
                do { try await WishList(visitor, call.request).add(call.path.listing) } catch let
                    refusal as any Refusal where refusal.reason == .conflict
                {
                    // The list is full: nothing of the thing's page is lost by that.
                    return .seeOther(page, warning: refusal.localizedExplanation)
                }
                return .seeOther(page, notice: localized("It is on your wish list."))
            }
        routes.post("/wishes/{listing}/removal").path(BrowseRoutes.ListingPath.self)
            .openOnBehalf().show(as: Visitor.self) { call, visitor in
                try await WishList(visitor, call.request).drop(call.path.listing)
                // From the page of the thing one comes back to it, from the list to the list.
                let thing = Links.listing(call.path.listing)
                return .seeOther(
                    call.request.pageBefore(at: thing) ?? Links.wishes,
                    notice: localized("It is off your wish list."))
            }
    }
}

/// The model of `wishes.mustache`.
struct WishesPage {
    struct Row {
        let id: String
        let title: String
        let card: ThingCard?
    }

    let rows: [Row]
    let isEmpty: Bool
    let next: String?
    let isGuest: Bool

    init(_ page: Page<Wish>, isGuest: Bool) {
        self.isGuest = isGuest
        rows = page.items.map { wish in
            Row(
                id: wish.listing.description, title: wish.title,
                card: wish.card.map { ThingCard($0) })
        }
        isEmpty = page.items.isEmpty
        next = page.next.map { "\(Links.wishes)?after=\(Cursor.seal($0))" }
    }
}
