import Postgres
import ProviderKit
import Vocabulary

/// The jobs of payouts.
enum PayoutJobs {
    struct Send: Codable, Sendable {
        let payout: ID<Payout>
    }

    struct TakeBack: Codable, Sendable {
        let reversal: ID<PayoutReversal>
    }

    static let takeBack = JobKind<TakeBack>("payouts.take-back", lane: .payments)
    static let send = JobKind<Send>("payouts.send", lane: .payments)
    static let release = JobKind<NoArgs>("payouts.release", lane: .payments)
    static let resume = JobKind<NoArgs>("payouts.resume", lane: .payments)
    static let schedule = JobKind<NoArgs>("payouts.schedule", lane: .payments)
}

extension Marketplace {
    /// Takes one payout a step further: asks the provider to pay, or, when it was asked before
    /// and nobody knows what became of it, looks it up first.
    ///
    /// The provider is called between transactions under the payout's id as key, so a process
    /// that dies at any line pays nobody twice: the next try finds `sent` and looks up.
    /// - Returns: the payout as it stands now.
    @discardableResult
    public func sendPayout(_ id: ID<Payout>) async throws -> Payout {
        let payout = try await beginSending(id)
        guard payout.state.isOpen else { return payout }
        let wasAsked = payout.state != .held
        var doubt: CallDoubt?
        do {
            let provider = try await providers.payment(payout.instance)
            if wasAsked {
                let key = ProviderLookup.idempotencyKey("\(id)")
                let known: PayoutSnapshot?
                do { known = try await provider.lookupPayout(key, context(of: payout)) } catch {
                    // Whatever keeps us from looking, what was asked may have been done.
                    return try await leaveUnknown(id, because: error)
                }
                if let known { return try await settlePayout(id, known) }
            }
            let request = try await request(for: payout)
            // Its deadline begins before the doubt: whoever sleeps after it wakes too late to ask.
            let context = context(of: payout)
            guard let asked = try await database.payouts.doubt(id) else {
                return try await database.payouts.find(id, of: nil) ?? payout
            }
            doubt = asked
            reach(.payout, .beforeCall)
            let snapshot = try await provider.pay(request, context)
            reach(.payout, .afterCall)
            return try await settlePayout(id, snapshot)
        } catch let error as ProviderError {
            if let doubt, !error.isAmbiguous { try await database.payouts.answered(id, doubt) }
            return try await settlePayout(id, error, wasAsked: wasAsked)
        }
    }

    /// Marks it as asked before it is asked; returns it as it was. What was stopped before anybody
    /// was asked fails, and its money is available again.
    private func beginSending(_ id: ID<Payout>) async throws -> Payout {
        try await database.transaction { tx in
            guard let payout = try await tx.payouts.lock(id) else { throw PayoutRefusal.unknown }
            if payout.state == .held, let reason = try await tx.payouts.stop(of: payout) {
                return try await tx.end(
                    payout, .failed, failure: "It was stopped: \(reason.rawValue).")
            }
            if payout.state == .held || payout.state == .unknown {
                _ = try await tx.payouts.move(id, from: payout.state, to: .sent)
            }
            return payout
        }
    }

    private func context(of payout: Payout) -> OperationContext {
        OperationContext(
            idempotencyKey: "\(payout.id)", attempt: payout.tries + 1,
            deadline: Instant.systemNow.advanced(by: settings.callDeadline),
            requestID: "\(payout.id)", firstMadeAt: payout.id.madeAt)
    }

    func request(for payout: Payout) async throws -> PayoutRequest {
        guard let wallet = try await database.wallets.find(payout.wallet, of: payout.seller),
            let seller = try await database.sellers.find(payout.seller)
        else { throw PayoutRefusal.unknown }
        let details = payout.destination ?? wallet.details
        return PayoutRequest(
            payoutID: "\(payout.id)", amount: payout.amount,
            destination: PayoutDestination(
                holder: details.holder ?? seller.legalName ?? seller.name,
                account: details.iban ?? details.address ?? "", country: seller.country,
                bic: details.bic),
            webhookURL: ProviderGateway.webhookURL(
                payout.instance, storefront: settings.storefrontURL),
            statement: "Guildhall payout")
    }
}
