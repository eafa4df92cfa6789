import ProviderKit
import Testing
import Vocabulary

@testable import Kernel

/// A wrong decision in the place of a right one. None of them can be reached from the program that
/// is shipped: the rules of a simulation are set inside the kernel and by its tests alone.
struct DeliberateBug: Sendable, CustomTestStringConvertible {
    let name: String
    let put: @Sendable (inout SimulationRules) -> Void

    var testDescription: String { name }

    var rules: SimulationRules {
        var rules = SimulationRules()
        put(&rules)
        return rules
    }

    static let all = deciding + asking + paying + disputing + invoicing

    private static let deciding = [
        DeliberateBug(name: "old news overwrites newer") { rules in
            rules.read = { snapshot, payment, purchase in
                var older = payment
                older.version = -1
                return Settlement.read(snapshot, for: older, of: purchase)
            }
        },
        DeliberateBug(name: "lies are believed") { rules in
            rules.read = { snapshot, payment, purchase in
                let reading = Settlement.read(snapshot, for: payment, of: purchase)
                guard case .quarantined = reading else { return reading }
                return .news(Settlement(state: .captured, effects: []))
            }
        },
        DeliberateBug(name: "a unit of the seller goes to the market") { rules in
            rules.captured = { settled, held in
                try settled.consequences(for: held).map(Self.shifted)
            }
            rules.consequences = { settlement, held in
                try settlement.consequences(for: held).map(Self.shifted)
            }
        },
        DeliberateBug(name: "money that comes late is kept") { rules in
            rules.consequences = { settlement, held in
                try settlement.consequences(for: held).filter {
                    if case .giveBack = $0 { false } else { true }
                }
            }
        },
        DeliberateBug(name: "shipping is charged twice and ordered once") { rules in
            rules.plan = { checkout, commissions in
                var checkout = checkout
                for index in checkout.parcels.indices.prefix(1) {
                    checkout.parcels[index].chosen = nil
                }
                return try PurchasePlan(checkout, by: commissions)
            }
        },
        DeliberateBug(name: "cancelling one order releases what its siblings need") { rules in
            rules.moneyBack = { share, held in
                let due = MoneyBack.of(share, in: held)
                return due == .nothing && held.payment.capture == .atShipment ? .void : due
            }
        },
    ]

    private static let asking = [
        DeliberateBug(name: "a capture that timed out counts as refused") { rules in
            rules.verdict = { error in
                if case .ambiguous = error { .ends } else { error.verdict }
            }
        },
        DeliberateBug(name: "every capture is the last") { rules in
            rules.isLast = { _, _ in true }
        },
        DeliberateBug(name: "a refund is tried again under a new key") { rules in
            rules.key = { "\($0.id)-\($0.tries)" }
        },
        DeliberateBug(name: "a part of the price takes all of the commission") { rules in
            rules.refundPlan = { wish, basis in
                let plan = try RefundPlan.make(wish, from: basis)
                var parts = plan.parts
                for index in parts.indices.prefix(1) where parts[index].shares.seller > 0 {
                    parts[index].shares.seller -= 1
                    parts[index].shares.commission += 1
                }
                return RefundPlan(
                    kind: plan.kind, fundedBy: plan.fundedBy, amount: plan.amount,
                    goodwill: plan.goodwill, parts: parts)
            }
        },
        DeliberateBug(name: "a refund that is told twice counts twice") { rules in
            rules.refundNews = { snapshot, state, version in
                switch (state, snapshot.status) {
                case (.succeeded, .succeeded): .succeeds
                default: RefundNews.read(snapshot, for: state, version: version)
                }
            }
        },
        DeliberateBug(name: "a refund that came back leaves the commission where it was") { rules in
            rules.refundReturn = { refund, wallet, instance, isReleased in
                let right = try Posting.refundReturn(
                    refund, wallet: wallet, at: instance, taxJurisdiction: nil,
                    isReleased: isReleased)
                let commission = right.entries.filter { $0.account == .commission }
                    .reduce(0) { $0 + $1.amount }
                return try Posting(
                    key: right.key, kind: right.kind, currency: right.currency,
                    reverses: right.reverses,
                    entries: right.entries.filter { $0.account != .commission } + [
                        LedgerEntry(.sellerAvailable(wallet), commission, order: refund.order)
                    ])
            }
        },
        DeliberateBug(name: "a refund after the payout leaves no debt") { rules in
            rules.refund = { refund, wallet, instance, _, isWholeSale in
                try Posting.refund(
                    refund, wallet: wallet, at: instance, taxJurisdiction: nil,
                    held: OrderHoldings(pending: .max, available: 0, frozen: 0, reserved: 0),
                    isWholeSale: isWholeSale)
            }
        },
    ]

    private static let paying = [
        DeliberateBug(name: "a payout is tried again under a new key") { rules in
            rules.payoutKey = { "\($0.id)-\($1)" }
        },
        DeliberateBug(name: "a payout that timed out counts as failed") { rules in
            rules.payoutAfter = { error, wasAsked in
                if case .ambiguous = error { .failed } else { .after(error, wasAsked: wasAsked) }
            }
        },
        DeliberateBug(name: "a failed payout is booked as paid") { rules in
            rules.payoutVoid = { try .payoutPost($0) }
        },
        DeliberateBug(name: "a payout goes before what its seller owes") { rules in
            rules.payoutPlan = { position, terms in
                try WalletPosition(wallet: position.wallet, orders: position.orders, owed: 0)
                    .plan(terms)
            }
        },
    ]

    private static let disputing = [
        DeliberateBug(name: "what a dispute took is booked again under a newer key") { rules in
            rules.dispute = { _, after in try .dispute(from: nil, to: after) }
        },
        DeliberateBug(name: "a dispute has one key for all that becomes of it") { rules in
            rules.dispute = { before, after in
                let right = try Posting.dispute(from: before, to: after)
                return try Posting(
                    key: "dispute:\(after.id)", kind: right.kind, currency: right.currency,
                    entries: right.entries)
            }
        },
        DeliberateBug(name: "a shop's part of a dispute comes back to a key of before") { rules in
            rules.disputeCharge = { change, share, held, isReleased in
                try .disputeCharge(
                    change.dispute, from: change.before, to: change.after, move: 0, of: share,
                    held: held, isReleased: isReleased)
            }
        },
        DeliberateBug(name: "old news of a dispute overwrites newer") { rules in
            rules.disputeIsNewer = { snapshot, known in snapshot.version != known.version }
        },
        DeliberateBug(name: "a seller who gave a direct sale back owes its commission") { rules in
            rules.directRefund = { refund, _ in
                try Posting(
                    key: "refund:\(refund.id)", kind: .refund, currency: refund.amount.currency,
                    entries: [])
            }
        },
        DeliberateBug(
            name: "what pays for commission of direct sales pays a debt that is not there"
        ) { rules in
            rules.netting = { items, wallet, currency in
                try .recovery(ID(), from: items, wallet: wallet, currency)
            }
        },
    ]

    private static let invoicing = [
        DeliberateBug(name: "what went back of a direct sale reaches no invoice") { rules in
            rules.invoiceCharge = { order, posting in
                posting.kind == .sale
                    ? UnbilledCharge(order, of: posting)
                    : UnbilledCharge(order, commission: 0, commissionVAT: 0, taxByPlatform: 0)
            }
        },
        DeliberateBug(name: "what corrects an invoice is dropped") { rules in
            rules.invoice = { charges, ownLines in
                let sold = charges.filter { !ownLines.contains($0.order) }
                return InvoicePlan(
                    lines: InvoicePlan.make(of: sold, hasLine: ownLines.contains).lines,
                    settled: Set(charges.map(\.order)))
            }
        },
        DeliberateBug(name: "what was invoiced waits to be invoiced again") { rules in
            rules.invoice = { charges, ownLines in
                InvoicePlan(
                    lines: InvoicePlan.make(of: charges, hasLine: ownLines.contains).lines,
                    settled: [])
            }
        },
        DeliberateBug(name: "a correction is a second sale of its order") { rules in
            rules.invoice = { charges, _ in
                InvoicePlan.make(of: charges) { _ in false }
            }
        },
        DeliberateBug(name: "an invoice asks for less than nothing") { rules in
            rules.invoice = { charges, ownLines in
                let plan = InvoicePlan.make(of: charges, hasLine: ownLines.contains)
                guard plan.lines.isEmpty else { return plan }
                return InvoicePlan(
                    lines: charges.map {
                        InvoicePlan.Line(charge: $0, isCorrection: ownLines.contains($0.order))
                    }, settled: Set(charges.map(\.order)))
            }
        },
    ]

    private static func shifted(_ consequence: PaymentConsequence) throws -> PaymentConsequence {
        guard case .book(let postings) = consequence else { return consequence }
        return .book(
            try postings.map { posting in
                guard posting.kind == .sale else { return posting }
                return try Posting(
                    key: posting.key, kind: posting.kind, currency: posting.currency,
                    purchase: posting.purchase,
                    entries: posting.entries.map { entry in
                        let shift: Int64 =
                            switch entry.account.kind {
                            case .sellerPending: -1
                            case .commission: 1
                            default: 0
                            }
                        return LedgerEntry(
                            entry.account, entry.amount + shift, order: entry.order)
                    })
            })
    }
}
