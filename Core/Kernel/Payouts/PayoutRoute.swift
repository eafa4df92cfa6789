import ProviderKit
import Vocabulary

/// Whose money an instance pays out: what `holder` holds, `payer` pays.
public struct PayoutRoute: Hashable, Sendable {
    public let holder: ID<ProviderInstance>
    public let payer: ID<ProviderInstance>
}

extension Marketplace {
    /// Lets another instance pay out what `holder` holds, such as the platform's own bank account
    /// where a provider settles to that cannot pay sellers. For payouts from now on.
    /// - Parameter payer: nil lets the holder pay out itself again.
    /// - Throws: ``PayoutRefusal/payerUnable`` when it does not pay out, `ProviderRefusal`.
    public func setPayoutRoute(
        of holder: ID<ProviderInstance>, to payer: ID<ProviderInstance>?, reason: String,
        by admin: ID<Account>
    ) async throws {
        let tables = try await database.providers.tables()
        guard try tables.instance(holder).kind == .payment else { throw ProviderRefusal.wrongKind }
        if let payer {
            let instance = try tables.instance(payer)
            guard payer != holder, instance.kind == .payment, instance.state == .active,
                try await providers.payment(payer).paysOut
            else { throw PayoutRefusal.payerUnable }
        }
        try await database.transaction { tx in
            try await tx.payoutFiles.saveRoute(of: holder, to: payer)
            try await tx.audit.record(
                "payouts.route-changed", on: "provider_instance", holder.description, by: admin,
                reason: reason, before: String?.none, after: payer?.description)
        }
    }

    /// Which instances pay out what others hold.
    public func payoutRoutes() async throws -> [PayoutRoute] {
        try await database.payoutFiles.routes()
    }

    /// Writes into the books that `holder` handed an amount to `receiver`, as a provider does that
    /// settles to the platform's bank account. The reference is the bank's; each counts once.
    public func recordSettlement(
        of amount: Money, from holder: ID<ProviderInstance>, to receiver: ID<ProviderInstance>,
        reference: String, reason: String? = nil, by admin: ID<Account>
    ) async throws {
        let reference = try InputText.line(reference, field: "reference", lengths: 1...80)
        guard amount.isPositive, amount.amount <= Money.amountMax else {
            throw InputRefusal(.wrong("The amount is above zero."), field: "amount")
        }
        let tables = try await database.providers.tables()
        guard holder != receiver, try tables.instance(holder).kind == .payment,
            try tables.instance(receiver).kind == .payment
        else { throw ProviderRefusal.wrongKind }
        try await refusing("ledger_transaction_content", as: PayoutRefusal.settlementKnown) {
            try await database.transaction { tx in
                try await tx.ledger.post([
                    .settlement(reference, of: amount, from: holder, to: receiver)
                ])
                try await tx.audit.record(
                    "settlement.recorded", on: "provider_instance", holder.description, by: admin,
                    reason: ["\(amount), \(reference)", reason].compactMap { $0 }
                        .joined(separator: ": "))
            }
        }
    }
}
