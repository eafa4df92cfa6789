import Postgres
import Vocabulary

extension Marketplace {
    /// Sends a link to the address of a guest's purchase, for whoever holds the purchase's page.
    /// - Throws: `OrderRefusal.purchaseMissing`, ``ClaimRefusal/owned``, ``ClaimRefusal/tooMany``.
    public func sendClaimLink(for id: ID<Purchase>, as buyer: Buyer) async throws {
        try await database.transaction { tx in
            guard try await tx.purchases.find(id, of: buyer) != nil,
                let purchase = try await tx.purchases.lock(id)
            else { throw OrderRefusal.purchaseMissing }
            guard purchase.account == nil else { throw ClaimRefusal.owned }
            guard try await sendLink(to: purchase, tx) else { throw ClaimRefusal.tooMany }
        }
    }

    /// Sends a link to the address of a guest's purchase, for whoever knows number and address.
    /// Tells nothing: what does not fit, and what is in an account, is passed over in silence.
    public func sendClaimLink(number: String, email: String) async throws {
        let number = PurchaseNumber.normalized(number)
        let address: String
        do { address = try Account.normalizedEmail(email) } catch { return }
        try await database.transaction { tx in
            let found = try await tx.purchaseClaims.lockPurchase(number: number, email: address)
            guard let purchase = found, purchase.account == nil else { return }
            _ = try await sendLink(to: purchase, tx)
        }
    }

    /// What a link opens, without using it up.
    /// - Throws: ``ClaimRefusal/over``.
    public func claim(_ token: String) async throws -> PurchaseClaim {
        let found = try await database.purchaseClaims.find(PurchaseClaim.hash(of: token))
        guard let found, found.isGood else { throw ClaimRefusal.over }
        return found.claim
    }

    /// Puts the purchase that a link was sent for into `account`: whoever has the link has read
    /// the mail of the purchase's address. A link works once.
    /// - Throws: ``ClaimRefusal/over``, ``AccountRefusal/unknown``.
    @discardableResult
    public func claimPurchase(
        _ token: String, by account: ID<Account>
    ) async throws -> ID<Purchase> {
        try await database.transaction { tx in
            guard try await tx.accounts.holdOpen(account) else { throw AccountRefusal.unknown }
            let found = try await tx.purchaseClaims.lock(PurchaseClaim.hash(of: token))
            guard let found, found.isGood else { throw ClaimRefusal.over }
            try await tx.purchaseClaims.give(found, to: account)
            try await tx.audit.record(
                "purchase.claimed", on: "purchase", found.claim.purchase.description,
                by: account, as: .customer)
            return found.claim.purchase
        }
    }

    /// - Returns: false when enough were sent within the hour.
    private func sendLink(to purchase: Purchase, _ tx: Transaction) async throws -> Bool {
        let token = PurchaseClaim.newToken()
        let isNew = try await tx.purchaseClaims.insert(
            ID(), of: purchase, hash: PurchaseClaim.hash(of: token),
            lifetime: PurchaseClaim.lifetime)
        guard isNew else { return false }
        guard MailMessage.isAddress(purchase.email) else { return true }
        let link = "\(settings.storefrontURL)/claims/\(token)"
        let language = purchase.language ?? .english
        let words = try Words.kernel(language)
        func message(_ link: String) -> MailMessage {
            Words.$current.withValue(words) {
                let letter = Letter(claiming: purchase.number)
                return MailMessage(
                    id: ID(), from: settings.mail.from, recipient: purchase.email,
                    language: language, subject: letter.subject,
                    body: letter.body(to: nil, about: link, home: settings.storefrontURL),
                    at: .systemNow)
            }
        }
        // The back office shows what was written, but not what opens the purchase; in a demo
        // without a mail server its mailbox is all there is.
        let shown = settings.isDemo ? link : "\(settings.storefrontURL)/claims/…"
        try await tx.mails.insert(
            message(link), showing: message(shown).body, topic: "purchase.claim-link",
            isSendable: settings.mail.host != nil)
        return true
    }
}

extension StoredClaim {
    /// Still nobody's, and still of the address that the link was sent to.
    fileprivate var isGood: Bool { account == nil && email == purchaseEmail }
}
