import ProviderKit
import Vocabulary

/// A cart with what is known of its things: everything that makes a checkout, before it is kept.
/// Pure.
struct CheckoutDraft: Sendable {
    struct Line: Sendable {
        /// Where it stood in the cart.
        let line: Int
        let item: CheckoutItem
        let facts: VariantFacts
        let wallet: ID<Wallet>
    }

    let lines: [Line]
    let address: Address
    let currency: Currency

    /// - Throws: `notForSale`, `sellerAway`, `walletMissing`, `mixedCurrency`.
    init(
        _ wanted: [(line: Int, item: CheckoutItem)], _ facts: [VariantFacts?], to address: Address
    ) throws(CheckoutRefusal) {
        var lines: [Line] = []
        for (index, (line, item)) in wanted.enumerated() {
            guard index < facts.count, let facts = facts[index] else {
                throw .notForSale(line: line)
            }
            guard facts.sellerIsOpen || !facts.isPublished else {
                throw .sellerAway(line: line, title: facts.title)
            }
            guard facts.isForSale else { throw .notForSale(line: line) }
            guard let wallet = facts.wallet else {
                throw .walletMissing(line: line, title: facts.title)
            }
            if let first = lines.first, first.facts.price.currency != facts.price.currency {
                throw .mixedCurrency(line: line)
            }
            lines.append(Line(line: line, item: item, facts: facts, wallet: wallet))
        }
        guard let first = lines.first else { throw .cartEmpty }
        self.lines = lines
        self.address = address
        currency = first.facts.price.currency
    }

    var items: [CheckoutItem] { lines.map(\.item) }

    /// Whether less was there than is wanted when it was looked at.
    var isShort: Bool { lines.contains { $0.facts.available < $0.item.quantity } }

    /// The first line of which less is there than is wanted.
    func shortage(_ available: [ID<Variant>: Int]) -> CheckoutRefusal? {
        for line in lines {
            let count = available[line.item.variant] ?? 0
            if count <= 0 { return .soldOut(line: line.line, title: line.facts.title) }
            if count < line.item.quantity {
                return .onlyLeft(line: line.line, title: line.facts.title, count: count)
            }
        }
        return nil
    }

    /// An open checkout without shipping and taxes: one parcel for each wallet, in the order in
    /// which they first come.
    func checkout(
        email: String, account: ID<Account>?, now: Instant, lifetime: Duration
    ) throws -> Checkout {
        var wallets: [ID<Wallet>] = []
        for line in lines where !wallets.contains(line.wallet) { wallets.append(line.wallet) }
        let parcels = try wallets.enumerated().map { number, wallet in
            try parcel(number, lines.filter { $0.wallet == wallet })
        }
        var checkout = Checkout(
            id: ID(), account: account, email: email, currency: currency, address: address,
            state: .open, totals: .zero(currency), taxLines: [], isTaxed: false, parcels: parcels,
            expiresAt: now.advanced(by: lifetime), taxInstance: nil, version: 1, readAt: now)
        do {
            checkout.totals = try Split.totals(of: checkout)
        } catch MoneyError.overflow {
            throw CheckoutRefusal.tooExpensive
        }
        guard checkout.totals.items.amount <= Self.itemsTotalMax else {
            throw CheckoutRefusal.tooExpensive
        }
        return checkout
    }

    /// A thousandth of what an amount may be, so that taxes and shipping fit on top.
    private static let itemsTotalMax = Money.amountMax / 1000

    private func parcel(_ number: Int, _ lines: [Line]) throws -> CheckoutParcel {
        let facts = lines[0].facts
        return CheckoutParcel(
            number: number, seller: facts.seller, sellerName: facts.sellerName,
            sellerSlug: facts.sellerSlug, sellerCountry: facts.sellerCountry,
            wallet: lines[0].wallet,
            lines: try lines.map { line in try checkoutLine(line) }, options: [],
            isQuoted: false, chosen: nil, sellerIsOpen: true, shippingInstance: nil,
            origin: facts.origin, holdDays: facts.holdDays)
    }

    private func checkoutLine(_ line: Line) throws -> CheckoutLine {
        let facts = line.facts
        let number = lines.firstIndex { $0.line == line.line } ?? 0
        return CheckoutLine(
            number: number, variant: facts.variant, listing: facts.listing,
            quantity: line.item.quantity, unitPrice: facts.price, title: facts.title,
            sku: facts.sku, optionsText: facts.optionsText, imageHash: facts.imageHash,
            weightGrams: facts.weightGrams,
            total: try facts.price.multiplied(by: line.item.quantity), isForSale: true,
            categoryPath: facts.categoryPath, taxCode: facts.taxCode,
            requiresShipping: facts.requiresShipping)
    }
}

extension CheckoutTotals {
    static func zero(_ currency: Currency) -> CheckoutTotals {
        let zero = Money.zero(currency)
        return CheckoutTotals(
            items: zero, shipping: zero, tax: zero, taxIncluded: zero, total: zero)
    }
}
