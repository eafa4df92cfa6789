import Kernel
import Vocabulary
import Web

/// What is printed for the parcels.
struct PaperRoutes {
    struct PapersQuery: Described {
        let after: String?
        static let rules: [String: [Rule]] = ["after": [.length(1...400)]]

        /// A printer takes a minute for so many, and nobody packs more in one go.
        static let ordersMax = 50

        func page() throws -> PageRequest {
            try ListQuery(after: after).page(limit: Self.ordersMax)
        }
    }

    func mount(on routes: Routes) {
        routes.get("/orders/pick-list")
            .show(as: Member.self, needing: [.readOrders]) { call, member in
                .page(
                    "pick-list",
                    PickListPage(try await call.marketplace.pickList(as: member.membership)),
                    title: localized("Pick list"))
            }
        routes.get("/orders/packing-slips").query(PapersQuery.self)
            .show(as: Member.self, needing: [.readOrders]) { call, member in
                let page = try await call.marketplace.ordersToPack(
                    as: member.membership, try call.query.page())
                let seller = try await call.marketplace.seller(member.seller)
                return .page(
                    "packing-slips", try PackingSlipsPage(page, from: seller, call.request),
                    title: localized("Packing slips"))
            }
        routes.get("/orders/labels").query(PapersQuery.self)
            .show(as: Member.self, needing: [.readOrders]) { call, member in
                let page = try await call.marketplace.ordersToPack(
                    as: member.membership, try call.query.page())
                let seller = try await call.marketplace.seller(member.seller)
                return .page(
                    "address-labels", LabelsPage(page, from: seller), title: localized("Labels"))
            }
        routes.get("/orders/{order}/label").path(OrderAPI.OrderPath.self)
            .show(as: Member.self, needing: [.readOrders]) { call, member in
                let detail = try await call.marketplace.findOrder(
                    call.path.order, as: member.membership)
                let seller = try await call.marketplace.seller(member.seller)
                return .page(
                    "address-label", LabelPage(detail, from: seller),
                    title: localized("Label \(detail.order.number)"))
            }
        routes.get("/orders/{order}/packing-slip").path(OrderAPI.OrderPath.self)
            .show(as: Member.self, needing: [.readOrders]) { call, member in
                let detail = try await call.marketplace.findOrder(
                    call.path.order, as: member.membership)
                let seller = try await call.marketplace.seller(member.seller)
                return .page(
                    "packing-slip", try PackingSlipPage(detail, from: seller, call.request),
                    title: localized("Packing slip \(detail.order.number)"))
            }
    }
}
