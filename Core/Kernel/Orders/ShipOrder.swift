import Postgres
import Vocabulary

/// A parcel that was handed over.
public struct ShippedParcel: Sendable {
    public let carrier: String
    public let trackingNumber: String?
    public let trackingURL: String?

    /// - Throws: `trackingInvalid` for what is missing, too long, or no http address.
    public init(
        carrier: String, trackingNumber: String? = nil, trackingURL: String? = nil
    ) throws(OrderRefusal) {
        func clean(_ text: String?, _ field: String, _ most: Int) throws(OrderRefusal) -> String? {
            do {
                return try InputText.optionalLine(text, field: field, lengthMax: most)
            } catch {
                throw .trackingInvalid(field: field)
            }
        }
        guard let carrier = try clean(carrier, "carrier", 80) else {
            throw .trackingInvalid(field: "carrier")
        }
        self.carrier = carrier
        self.trackingNumber = try clean(trackingNumber, "trackingNumber", 80)
        let url = try clean(trackingURL, "trackingUrl", 500)
        guard url.map({ $0.hasPrefix("https://") || $0.hasPrefix("http://") }) ?? true else {
            throw .trackingInvalid(field: "trackingUrl")
        }
        self.trackingURL = url
    }
}

extension Marketplace {
    /// Tells that things of an order were handed over; without `lines`, all that is left. The
    /// first parcel has the order's share captured where payments are captured at shipment.
    /// - Throws: ``OrderRefusal``: `missing`, `notPaid`, `cancelled`, `alreadyShipped`,
    ///   `nothingToShip`, `lineUnknown`, `tooMany`, `paymentLost`; `SellerRefusal.notAllowed`.
    @discardableResult
    public func shipOrder(
        _ id: ID<Order>, _ lines: [ShippedLine]? = nil, in parcel: ShippedParcel,
        as member: SellerMember
    ) async throws -> OrderDetail {
        try member.require(.shipOrders)
        guard let seen = try await database.orders.details([id]).first,
            seen.order.seller == member.seller
        else { throw OrderRefusal.missing }
        try await database.transaction { tx in
            guard let purchase = try await tx.purchases.lock(seen.order.purchase),
                let order = try await tx.orders.lock(id)
            else { throw OrderRefusal.missing }
            let all = try await tx.orders.lines(of: id)
            let packed = try Self.packed(lines, of: order, all)
            let isAll = all.allSatisfy { line in
                packed.filter { $0.line == line.id }.reduce(line.shipped) { $0 + $1.quantity }
                    == line.quantity - line.withheld
            }
            let next: Order.State = isAll ? .shipped : .partlyShipped
            try order.checkMove(to: next)
            let note = [parcel.carrier, parcel.trackingNumber].compactMap { $0 }
                .joined(separator: " ")
            let before = try await tx.audit.before("order", id.description)
            var statements = OrderStore.shipStatements(ID(), of: id, parcel, packed)
            statements += OrderStore.moveStatements(
                order, to: next, "shipped", note: note, by: member.account)
            statements += try await captureStatements(for: order, in: tx)
            statements.append(
                Announcements.customer(
                    "order.shipped", id, number: order.number, order.amounts.total, note: note,
                    of: purchase))
            statements.append(
                AuditStore.statement(
                    "order.shipped", on: "order", id.description, by: member, reason: note,
                    before: before))
            _ = try await tx.commit(after: statements)
        }
        reach(.capture, .intentCommitted)
        return try await findOrder(id, as: member)
    }

    /// What goes into the parcel, checked against what is left.
    private static func packed(
        _ wanted: [ShippedLine]?, of order: Order, _ lines: [OrderLine]
    ) throws(OrderRefusal) -> [ShippedLine] {
        guard order.state != .cancelled else { throw .cancelled }
        guard order.state != .awaitingPayment else { throw .notPaid }
        let left = lines.filter { $0.toShip > 0 }
        guard !left.isEmpty else { throw .alreadyShipped }
        guard let wanted else { return left.map { ShippedLine(line: $0.id, quantity: $0.toShip) } }
        guard !wanted.isEmpty else { throw .nothingToShip }
        var packed: [ShippedLine] = []
        for (index, one) in wanted.enumerated() {
            guard let line = lines.first(where: { $0.id == one.line }),
                !packed.contains(where: { $0.line == one.line })
            else { throw .lineUnknown(index) }
            guard (1...max(line.toShip, 1)).contains(one.quantity), line.toShip > 0 else {
                throw .tooMany(index)
            }
            packed.append(one)
        }
        return packed
    }

    /// Asks for the order's share, where that was not taken with the order.
    private func captureStatements(for order: Order, in tx: Transaction) async throws -> [SQL] {
        guard let held = try await tx.payments.lock(payingFor: order.id) else {
            // The reservation ended before anything was taken.
            throw OrderRefusal.paymentLost
        }
        guard held.payment.capture == .atShipment,
            let share = held.shares.first(where: { $0.order == order.id }),
            share.captured.isZero, share.due.isPositive,
            try await !tx.attempts.isCapturing(order.id, in: held.payment.id)
        else { return [] }
        return [
            AttemptStore.insertStatement(
                .capture, of: held.payment.id, share.due, order: order.id)
        ]
    }
}
