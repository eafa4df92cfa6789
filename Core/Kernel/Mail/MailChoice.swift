import Postgres
import Vocabulary

/// What a person may do without being written of. Everything else is written to everybody whom it
/// concerns: money that did not arrive, cancellations, changed bank details, decisions on a shop.
public enum MailChoice: String, SQLText, Sendable, Codable, CaseIterable {
    /// A maker has shipped something that one bought.
    case parcels
    /// One's shop has sold something.
    case newOrders = "new-orders"
    /// A payout is on its way.
    case payouts

    /// What a topic is, nil when nobody may do without it.
    init?(_ topic: String, for audience: Notice.Audience) {
        switch (audience, topic) {
        case (.customer, "order.shipped"): self = .parcels
        case (.seller, "order.paid"), (.seller, "order.promised"): self = .newOrders
        case (.seller, "payout.paid"): self = .payouts
        default: return nil
        }
    }
}

extension Marketplace {
    /// What somebody gets e-mail of, of what may be chosen.
    public func mailChoices(of account: ID<Account>) async throws -> Set<MailChoice> {
        Set(MailChoice.allCases).subtracting(try await database.mails.refused(by: account))
    }

    /// Chooses anew; what is written from now on keeps to it.
    public func chooseMail(_ choices: Set<MailChoice>, of account: ID<Account>) async throws {
        let refused = MailChoice.allCases.filter { !choices.contains($0) }
        try await database.transaction { tx in
            try await tx.mails.saveRefused(refused, by: account)
        }
    }
}
