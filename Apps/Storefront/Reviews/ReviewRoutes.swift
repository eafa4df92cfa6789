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

    func mount(on routes: Routes) {
        routes.get("/orders/{order}/reviews").path(OrderPath.self)
            .show(as: SignedIn.self) { call, person in
                let detail = try await call.marketplace.findOrder(
                    call.path.order, as: Buyer(account: person.account.id))
                let done = try await call.marketplace.reviewed(in: [call.path.order])
                return .page(
                    "reviews", ReviewsPage(detail, done.lines, done.orders),
                    title: "How is it?")
            }
        routes.post("/orders/{order}/lines/{line}/review").path(LinePath.self)
            .form(ReviewAPI.NewReview.self).onlyOnce()
            .show(as: SignedIn.self) { call, person in
                let order = try await call.marketplace.findOrder(
                    call.path.order, as: Buyer(account: person.account.id))
                guard order.lines.contains(where: { $0.id == call.path.line }) else {
                    throw ReviewRefusal.unknown
                }
                try await call.marketplace.review(
                    call.path.line, call.form.draft, by: person.account.id)
                return .seeOther(
                    Links.order(call.path.order) + "/reviews", notice: "Thank you for saying so.")
            }
        routes.post("/orders/{order}/rating").path(OrderPath.self)
            .form(ReviewAPI.NewReview.self).onlyOnce()
            .show(as: SignedIn.self) { call, person in
                try await call.marketplace.rateSeller(
                    for: call.path.order, call.form.draft, by: person.account.id)
                return .seeOther(
                    Links.order(call.path.order) + "/reviews",
                    notice: "Thank you: the maker will be glad to know.")
            }
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
    }

    let number: String
    let seller: String
    let sellerLink: String
    let purchaseLink: String
    let lines: [Line]
    let ratingAction: String
    let isRated: Bool
    let canRate: Bool
    /// Five to one, best first.
    let stars = [
        Stars(5, "wonderful"), Stars(4, "good"), Stars(3, "all right"), Stars(2, "poor"),
        Stars(1, "bad"),
    ]

    struct Stars {
        let value: Int
        let label: String

        init(_ value: Int, _ word: String) {
            self.value = value
            label = String(repeating: "★", count: value) + " " + word
        }
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
                isDone: lines.contains(line.id))
        }
        ratingAction = Links.order(order.id) + "/rating"
        isRated = orders.contains(order.id)
        canRate = order.state == .delivered
    }
}
