import Kernel
import Vocabulary
import Web

/// The page on which a customer says how an order's things are and how their maker was.
struct ReviewRoutes {
    typealias OrderPath = ReviewAPI.OrderPath

    struct LinePath: Described {
        let order: ID<Order>
        let line: ID<OrderLine>
    }

    /// Two of the largest photos at once, or four of a telephone's.
    private static let photosMax = 40 << 20

    func mount(on routes: Routes) {
        routes.get("/orders/{order}/reviews").path(OrderPath.self)
            .show(as: SignedIn.self) { call, person in
                let detail = try await call.marketplace.findOrder(
                    call.path.order, as: Buyer(account: person.account.id))
                let done = try await call.marketplace.reviewed(in: [call.path.order])
                return .page(
                    "reviews", ReviewsPage(detail, done.lines, done.orders),
                    title: localized("How is it?"))
            }
        routes.post("/orders/{order}/lines/{line}/review").path(LinePath.self)
            .form(ReviewAPI.NewReview.self).files(upTo: Self.photosMax).onlyOnce()
            .show(as: SignedIn.self, again: again) { call, person in
                let order = try await call.marketplace.findOrder(
                    call.path.order, as: Buyer(account: person.account.id))
                guard order.lines.contains(where: { $0.id == call.path.line }) else {
                    throw ReviewRefusal.unknown
                }
                try await call.marketplace.review(
                    call.path.line, call.form.draft,
                    photos: call.files.filter { $0.field == "photo" }.map(\.bytes),
                    by: person.account.id)
                return .seeOther(
                    Links.order(call.path.order) + "/reviews",
                    notice: localized("Thank you for saying so."))
            }
        routes.post("/orders/{order}/rating").path(OrderPath.self)
            .form(ReviewAPI.NewReview.self).onlyOnce()
            .show(as: SignedIn.self) { call, person in
                try await call.marketplace.rateSeller(
                    for: call.path.order, call.form.draft, by: person.account.id)
                return .seeOther(
                    Links.order(call.path.order) + "/reviews",
                    notice: localized("Thank you: the maker will be glad to know."))
            }
    }
}

extension ReviewRoutes {
    /// The page with what was typed; files have to be chosen anew, as browsers have it.
    @Sendable private func again(_ again: Again, _ person: SignedIn) async throws -> PageAnswer {
        guard let id = again.request.parameters["order"].flatMap({ ID<Order>($0) }) else {
            throw ReviewRefusal.unknown
        }
        let detail = try await again.request.marketplace.findOrder(
            id, as: Buyer(account: person.account.id))
        let done = try await again.request.marketplace.reviewed(in: [id])
        var page = ReviewsPage(detail, done.lines, done.orders)
        page.fill(again, line: again.request.parameters["line"])
        return .page("reviews", page, title: localized("How is it?"))
    }
}

/// The model of `reviews.mustache`.
struct ReviewsPage {
    struct Line {
        let title: String
        let options: String?
        let link: String
        let action: String
        let isDone: Bool
        /// Of the order's line.
        let id: String
        var typed = ""
        var stars = ReviewsPage.stars(chosen: nil)
    }

    var warning: String?
    let number: String
    let seller: String
    let sellerLink: String
    let purchaseLink: String
    var lines: [Line]
    let ratingAction: String
    let isRated: Bool
    let canRate: Bool
    let stars = ReviewsPage.stars(chosen: nil)

    struct Stars {
        let value: Int
        let label: String
        let isChosen: Bool

        init(_ value: Int, _ word: String, chosen: String?) {
            self.value = value
            label = String(repeating: "★", count: value) + " " + word
            isChosen = chosen == String(value)
        }
    }

    /// Five to one, best first.
    private static func stars(chosen: String?) -> [Stars] {
        [
            (5, localized("wonderful")), (4, localized("good")), (3, localized("all right")),
            (2, localized("poor")), (1, localized("bad")),
        ].map {
            Stars($0.0, $0.1, chosen: chosen)
        }
    }

    /// What was typed about a line.
    mutating func fill(_ again: Again, line: String?) {
        warning = again.explanation
        guard let index = lines.firstIndex(where: { $0.id == line }) else { return }
        lines[index].typed = again.values["body"] ?? ""
        lines[index].stars = Self.stars(chosen: again.values["stars"])
    }

    init(_ detail: OrderDetail, _ lines: Set<ID<OrderLine>>, _ orders: Set<ID<Order>>) {
        let order = detail.order
        number = order.number
        seller = order.sellerName
        sellerLink = Links.seller(order.sellerSlug)
        purchaseLink = Links.purchase(order.purchase)
        self.lines = detail.lines.map { line in
            Line(
                title: line.title, options: line.optionsText.isEmpty ? nil : line.optionsText,
                link: Links.listing(line.listing),
                action: Links.order(order.id) + "/lines/\(line.id)/review",
                isDone: lines.contains(line.id), id: line.id.description)
        }
        ratingAction = Links.order(order.id) + "/rating"
        isRated = orders.contains(order.id)
        canRate = order.state == .delivered
    }
}
