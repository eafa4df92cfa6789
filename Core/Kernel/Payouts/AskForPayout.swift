import Postgres
import Vocabulary

/// What a seller would be paid out of one wallet, in one currency, on asking now.
public struct PayoutOffer: Hashable, Sendable {
    public let wallet: ID<Wallet>
    /// Everything that would be paid; zero where ``refusal`` says why not.
    public let amount: Money
    /// One for each provider that holds a part of it.
    public let payouts: [PlannedPayout]
    /// What stays for now though it is available.
    public let staying: [Staying]
    /// Nil where it can be asked for.
    public let refusal: OwnPayoutRefusal?

    /// A part that one provider holds, and why it is not paid now.
    public struct Staying: Hashable, Sendable {
        public let amount: Money
        /// How many orders it is for.
        public let orders: Int
        public let because: OwnPayoutRefusal
    }
}

/// What the audit trail keeps of a payout that its seller asked for; where it goes stands with the
/// payout.
private struct AskedPayout: Codable, Sendable {
    let wallet: ID<Wallet>
    let amount: Money
    let orders: Int
}

extension Marketplace {
    /// What asking for the money of a wallet now would come to; asks for nothing and changes
    /// nothing.
    /// - Throws: ``WalletRefusal/unknown`` for another seller's, ``SellerRefusal/notAllowed``.
    public func payoutOffer(
        of wallet: ID<Wallet>, _ currency: Currency, as member: SellerMember
    ) async throws -> PayoutOffer {
        try member.require(.editWallets)
        let terms = try await payoutTerms()
        return try await database.payoutOffer(of: wallet, currency, member.seller, terms)
    }

    /// Pays out what is available in a wallet because its seller asks for it now, the way that
    /// the schedule does: its orders are claimed and the money is set aside in one transaction
    /// under the wallet's lock, then the payout is sent by its job. Of two who ask at once, and of
    /// somebody who asks while the schedule's run is at it, one makes the payout. Written to the
    /// audit trail.
    /// - Parameter amount: what the seller was shown, in the currency that is asked for.
    /// - Throws: ``OwnPayoutRefusal``; as ``payoutOffer(of:_:as:)``.
    public func askForPayout(
        of wallet: ID<Wallet>, _ amount: Money, as member: SellerMember
    ) async throws -> [Payout] {
        try member.require(.editWallets)
        let terms = try await payoutTerms()
        let made = try await unlessAtFault("wallet \(wallet)") {
            try await database.transaction { tx in
                try await tx.ledger.lock(wallet, amount.currency)
                let offer = try await tx.payoutOffer(
                    of: wallet, amount.currency, member.seller, terms)
                if let refusal = offer.refusal { throw refusal }
                guard offer.amount == amount else { throw OwnPayoutRefusal.changed }
                var payouts: [Payout] = []
                for line in offer.payouts {
                    let payout = try await tx.hold(line, plan: nil)
                    payouts.append(payout)
                    try await tx.audit.record(
                        "payout.asked-for", on: "payout", payout.id.description,
                        by: member.account, as: .seller, for: member.seller,
                        before: AskedPayout?.none,
                        after: AskedPayout(
                            wallet: wallet, amount: payout.amount, orders: payout.items.count))
                }
                return payouts
            }
        }
        guard let made else { throw OwnPayoutRefusal.booksAtFault }
        reach(.payout, .intentCommitted)
        return made
    }
}

extension Queryable {
    /// What would be paid by what is known now: for certain only under the wallet's lock.
    fileprivate func payoutOffer(
        of wallet: ID<Wallet>, _ currency: Currency, _ seller: ID<Seller>, _ terms: PayoutTerms
    ) async throws -> PayoutOffer {
        guard try await wallets.find(wallet, of: seller) != nil else { throw WalletRefusal.unknown }
        if let refusal = try await generalRefusal(of: wallet, currency, seller) {
            return PayoutOffer(refused: refusal, wallet, currency)
        }
        guard let account = try await payouts.availableAccounts(of: [(wallet, currency)]).first,
            let funded = try await payouts.fundedWallet(account)
        else { return PayoutOffer(refused: .nothingAvailable, wallet, currency) }
        return try PayoutOffer(try await payoutPosition(of: funded), terms)
    }

    /// What keeps the seller from asking, whatever lies in the wallet.
    private func generalRefusal(
        of wallet: ID<Wallet>, _ currency: Currency, _ seller: ID<Seller>
    ) async throws -> OwnPayoutRefusal? {
        guard let shop = try await sellers.find(seller), shop.state == .verified else {
            return .notVerified
        }
        if try await payoutFreezes.find(seller) != nil { return .frozen }
        if shop.restrictedAt != nil { return .debtStands }
        if try await payouts.debt(of: wallet, currency) < 0 { return .debtStands }
        if try await payoutSchedules.isManual(wallet, currency) { return .byMarketOnly }
        return try await payouts.hasOpen(of: wallet, currency) ? .underWay : nil
    }
}

extension PayoutOffer {
    fileprivate init(
        refused refusal: OwnPayoutRefusal, _ wallet: ID<Wallet>, _ currency: Currency
    ) {
        self.init(
            wallet: wallet, amount: .zero(currency), payouts: [], staying: [], refusal: refusal)
    }

    fileprivate init(_ position: WalletPosition, _ terms: PayoutTerms) throws {
        var payouts: [PlannedPayout] = []
        var staying: [Staying] = []
        for line in try position.plan(terms).lines {
            let reason: WaitingWallet.Reason? =
                switch line.outcome {
                case .waits(let reason): reason
                case .pays: terms.needsApproval(line.amount) ? .needsApproval : nil
                }
            if let reason {
                staying.append(
                    Staying(
                        amount: line.amount, orders: line.items.count,
                        because: OwnPayoutRefusal(reason)))
            } else {
                payouts.append(line)
            }
        }
        self.init(
            wallet: position.wallet.wallet,
            amount: try Money.sum(payouts.map(\.amount), position.wallet.currency),
            payouts: payouts, staying: staying,
            refusal: payouts.isEmpty ? staying.first?.because ?? .nothingAvailable : nil)
    }
}
