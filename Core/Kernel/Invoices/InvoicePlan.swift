import Vocabulary

/// What bookings changed of what a seller is to be invoiced of one order, in minor units; below
/// zero for what went back.
struct UnbilledCharge: Hashable, Sendable {
    let order: ID<Order>
    var commission: Int64
    var commissionVAT: Int64
    var taxByPlatform: Int64

    init(_ order: ID<Order>, commission: Int64, commissionVAT: Int64, taxByPlatform: Int64) {
        self.order = order
        self.commission = commission
        self.commissionVAT = commissionVAT
        self.taxByPlatform = taxByPlatform
    }

    /// What a sale that was paid to the seller, or a refund of one, changes.
    init(_ order: ID<Order>, of posting: Posting) {
        func sum(_ kind: LedgerAccount.Kind) -> Int64 {
            posting.entries.reduce(0) {
                $0 + ($1.order == order && $1.account.kind == kind ? $1.amount : 0)
            }
        }
        self.init(
            order, commission: sum(.commission), commissionVAT: sum(.commissionVAT),
            taxByPlatform: sum(.taxPayable))
    }

    /// All three together.
    var total: Int64 { commission + commissionVAT + taxByPlatform }

    var isNothing: Bool { commission == 0 && commissionVAT == 0 && taxByPlatform == 0 }

    static func + (left: UnbilledCharge, right: UnbilledCharge) -> UnbilledCharge {
        UnbilledCharge(
            left.order, commission: left.commission + right.commission,
            commissionVAT: left.commissionVAT + right.commissionVAT,
            taxByPlatform: left.taxByPlatform + right.taxByPlatform)
    }
}

/// What becomes of the charges of one seller, currency and month. Pure; ``InvoiceStore/issue`` does
/// the same in one statement, and a test compares them.
struct InvoicePlan: Hashable, Sendable {
    struct Line: Hashable, Sendable {
        let charge: UnbilledCharge
        /// An earlier invoice has the order's own line.
        let isCorrection: Bool
    }

    /// In the order of the orders' ids; empty when there is no invoice, since nothing is to be
    /// charged or more went back than was sold: then all of it waits for the next month.
    let lines: [Line]
    /// Orders whose charges wait no longer.
    let settled: Set<ID<Order>>

    /// - Parameter hasLine: whether an invoice has an order's own line already.
    static func make(
        of charges: [UnbilledCharge], hasLine: (ID<Order>) -> Bool
    ) -> InvoicePlan {
        let byOrder = Dictionary(grouping: charges, by: \.order).values.compactMap { charges in
            charges.dropFirst().reduce(charges.first) { sum, next in sum.map { $0 + next } }
        }
        let charged = byOrder.filter { !$0.isNothing }
            .sorted { $0.order.description < $1.order.description }
        let even = byOrder.filter(\.isNothing).map(\.order)
        let isInvoiced =
            !charged.isEmpty && charged.reduce(0) { $0 + $1.commission } >= 0
            && charged.reduce(0) { $0 + $1.commissionVAT } >= 0
            && charged.reduce(0) { $0 + $1.taxByPlatform } >= 0
        return InvoicePlan(
            lines: isInvoiced
                ? charged.map { Line(charge: $0, isCorrection: hasLine($0.order)) } : [],
            settled: Set(even + (isInvoiced ? charged.map(\.order) : [])))
    }
}
