import Vocabulary

/// What a refund comes to, and who pays for it. Pure.
///
/// Every refund divides what is left, never what once was: so each part stays within its frozen
/// amount, a failed refund leaves no trace, and whichever refund is the last takes the residue of
/// all roundings with it. What the platform gave as goodwill before is taken back when the parts
/// come to more than is left of the customer's money.
public struct RefundPlan: Hashable, Sendable {
    public let kind: Refund.Kind
    public let fundedBy: Refund.Funder?
    /// What the customer gets.
    public let amount: Money
    /// What the platform adds of its own, in minor units; below zero, what it takes back of that.
    public let goodwill: Int64
    public let parts: [RefundPart]

    /// - Throws: ``RefundRefusal`` when there is not so much, or the wish makes no sense.
    public static func make(
        _ wish: RefundWish, from basis: RefundBasis
    ) throws -> RefundPlan {
        switch wish {
        case .everything: return try plan(.whole, basis.parts, basis, of: basis.left)
        case .lines(let lines, let shipping):
            let parts = try pieces(lines, shipping, basis)
            return try plan(.lines, parts, basis, of: min(worth(parts), basis.left))
        case .amount(let amount):
            try check(amount, basis)
            let isAll = amount.amount == basis.left || amount.amount >= worth(basis.parts)
            let parts = isAll ? basis.parts : try spread(amount, basis)
            return try plan(.amount, parts, basis, of: amount.amount)
        case .goodwill(let amount, let funder):
            try check(amount, basis)
            let parts = funder == .seller ? try spreadOverSeller(amount, basis) : []
            return RefundPlan(
                kind: .goodwill, fundedBy: funder, amount: amount,
                goodwill: funder == .platform ? amount.amount : 0, parts: parts)
        }
    }

    private static func worth(_ parts: [RefundPart]) -> Int64 {
        parts.reduce(0) { $0 + $1.shares.total }
    }

    private static func plan(
        _ kind: Refund.Kind, _ parts: [RefundPart], _ basis: RefundBasis, of amount: Int64
    ) throws -> RefundPlan {
        guard amount > 0 else { throw OrderRefusal.nothingToRefund }
        return RefundPlan(
            kind: kind, fundedBy: nil, amount: Money(amount, basis.currency),
            goodwill: amount - worth(parts),
            parts: parts.filter { $0.shares.total > 0 || $0.quantity > 0 })
    }

    private static func check(_ amount: Money, _ basis: RefundBasis) throws(RefundRefusal) {
        guard amount.currency == basis.currency else { throw .otherCurrency(basis.currency) }
        guard amount.isPositive else { throw .notPositive }
        guard amount.amount <= basis.left else {
            throw .aboveShare(left: Money(basis.left, basis.currency))
        }
    }

    private static func pieces(
        _ lines: [RefundedLine], _ shipping: Bool, _ basis: RefundBasis
    ) throws -> [RefundPart] {
        guard !lines.isEmpty || shipping else { throw RefundRefusal.nothingChosen }
        var taken: [RefundPart] = []
        for (index, wanted) in lines.enumerated() {
            guard let part = basis.parts.first(where: { $0.line == wanted.line }),
                !taken.contains(where: { $0.line == wanted.line })
            else { throw RefundRefusal.lineUnknown(index) }
            guard part.quantity > 0, (1...part.quantity).contains(wanted.quantity) else {
                throw RefundRefusal.tooMany(index, left: part.quantity)
            }
            taken.append(try part.taking(pieces: wanted.quantity, basis.currency))
        }
        if shipping {
            guard let part = basis.parts.first(where: { $0.line == nil }), part.shares.total > 0
            else { throw RefundRefusal.shippingGone }
            taken.append(part)
        }
        return taken
    }

    private static func spread(
        _ amount: Money, _ basis: RefundBasis
    ) throws(MoneyError) -> [RefundPart] {
        let amounts = try amount.allocated(by: basis.parts.map { UInt64($0.shares.total) })
        var taken: [RefundPart] = []
        for (part, share) in zip(basis.parts, amounts) where share.isPositive {
            var part = part
            part.quantity = 0
            part.shares = try part.shares.taking(share.amount, basis.currency)
            taken.append(part)
        }
        return taken
    }

    private static func spreadOverSeller(
        _ amount: Money, _ basis: RefundBasis
    ) throws -> [RefundPart] {
        let most = basis.parts.reduce(0) { $0 + $1.shares.seller }
        guard amount.amount <= most else {
            throw RefundRefusal.sellerHasLess(left: Money(most, basis.currency))
        }
        let amounts = try amount.allocated(by: basis.parts.map { UInt64($0.shares.seller) })
        return zip(basis.parts, amounts).filter { $1.isPositive }.map { part, share in
            RefundPart(
                number: part.number, line: part.line, quantity: 0,
                shares: RefundShares(seller: share.amount))
        }
    }
}

extension RefundPart {
    /// So many of the pieces that are left, at what is left of their price.
    fileprivate func taking(
        pieces: Int, _ currency: Currency
    ) throws(MoneyError) -> RefundPart {
        guard pieces < quantity else { return self }
        let price = try Money(shares.total, currency)
            .allocated(by: [UInt64(pieces), UInt64(quantity - pieces)])[0]
        return RefundPart(
            number: number, line: line, quantity: pieces,
            shares: try shares.taking(price.amount, currency))
    }
}
