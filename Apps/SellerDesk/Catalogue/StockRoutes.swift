import Kernel
import Vocabulary
import Web

/// What runs out, and why there is as much of a thing as there is: for people and for programs.
struct StockRoutes {
    struct VariantPath: Described { let variant: ID<Variant> }

    struct Threshold: Described {
        /// From how many on a variant is listed.
        let pieces: Int
        static let rules: [String: [Rule]] = ["pieces": [.range(0...1000)]]
    }

    struct ThresholdAnswer: Codable, Sendable { let pieces: Int }

    struct ScarceAnswer: Codable, Sendable {
        let variantId: ID<Variant>
        let listingId: ID<Listing>
        let title: String
        let options: [String]
        let sku: String?
        /// What can still be sold.
        let available: Int

        init(_ variant: ScarceVariant) {
            variantId = variant.variant
            listingId = variant.listing
            title = variant.title
            options = variant.options
            sku = variant.sku
            available = variant.available
        }
    }

    func mount(on routes: Routes) {
        routes.get("/stock").query(ListQuery.self)
            .show(as: Member.self, needing: [.readListings]) { call, member in
                .page(
                    "stock",
                    StockPage(
                        try await call.marketplace.scarceStock(
                            as: member.membership, try call.query.page(limit: 100)),
                        threshold: try await call.marketplace.lowStock(as: member.membership),
                        mayEdit: member.membership.may(.editListings)), title: localized("Stock"))
            }
        routes.post("/stock/threshold").form(Threshold.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.setLowStock(call.form.pieces, as: member.membership)
                return .seeOther(Links.stock, notice: localized("It is saved."))
            }
        routes.get("/stock/{variant}").path(VariantPath.self).query(ListQuery.self)
            .show(as: Member.self, needing: [.readListings]) { call, member in
                let moves = try await call.marketplace.stockMovements(
                    of: call.path.variant, as: member.membership, call.query.page(limit: 50))
                // A variant that is there was counted at least once.
                if moves.items.isEmpty, call.query.after == nil {
                    throw ListingRefusal.variantUnknown
                }
                return .page(
                    "stock-movements", MovementsPage(moves, of: call.path.variant),
                    title: localized("Stock movements"))
            }
    }

    func mount(on api: API) {
        let tag = "Stock"
        api.get("/stock", "What runs out, the scarcest first", tag: tag)
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.readListings]) { call, member in
                Listed(
                    try await call.marketplace.scarceStock(
                        as: member.membership, try call.query.page(limit: 100))
                ) { ScarceAnswer($0) }
            }
        api.put("/stock/threshold", "Say from how many pieces on a variant is scarce", tag: tag)
            .body(Threshold.self)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.setLowStock(call.body.pieces, as: member.membership)
                return ThresholdAnswer(pieces: call.body.pieces)
            }
    }
}

/// The model of `stock.mustache`.
struct StockPage {
    struct Row {
        let title: String
        let options: String?
        let link: String
        let sku: String
        let available: String
        let isGone: Bool
        let movements: String
    }

    let rows: [Row]
    let isEmpty: Bool
    let threshold: Int
    let mayEdit: Bool
    let next: String?

    init(_ page: Kernel.Page<ScarceVariant>, threshold: Int, mayEdit: Bool) {
        rows = page.items.map { variant in
            Row(
                title: variant.title,
                options: variant.options.isEmpty
                    ? nil : variant.options.joined(separator: " / "),
                link: Links.listing(variant.listing), sku: variant.sku ?? "",
                available: variant.available > 0
                    ? localized("\(variant.available) left")
                    : variant.reserved > 0 ? localized("all being bought") : localized("sold out"),
                isGone: variant.available <= 0, movements: Links.movements(variant.variant))
        }
        isEmpty = rows.isEmpty
        next = page.next.map { "\(Links.stock)?after=\(Cursor.seal($0))" }
        self.threshold = threshold
        self.mayEdit = mayEdit
    }
}

/// The model of `stock-movements.mustache`.
struct MovementsPage {
    struct Row {
        let at: String
        let change: String
        let cause: String
        let who: String
        let order: String?
    }

    let rows: [Row]
    let next: String?

    init(_ page: Kernel.Page<StockMovement>, of variant: ID<Variant>) {
        rows = page.items.map { move in
            Row(
                at: Format.time(move.at),
                change: move.delta > 0 ? "+\(move.delta)" : "−\(move.delta.magnitude)",
                cause: Self.words(move.cause), who: move.actorName ?? "",
                order: move.orderID.map { "/orders/\($0)" })
        }
        next = page.next.map { "/stock/\(variant)?after=\(Cursor.seal($0))" }
    }

    private static func words(_ cause: StockMovement.Cause) -> String {
        switch cause {
        case .set: localized("counted")
        case .import: localized("imported")
        case .sale: localized("sold")
        case .cancellation: localized("order cancelled")
        case .return: localized("came back")
        }
    }
}
