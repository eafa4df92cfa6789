import Postgres
import Vocabulary

extension Marketplace {
    /// Begins to buy: pins the prices, holds the stock until the checkout expires, and asks for
    /// shipping options and taxes, with the cheapest way chosen for each parcel.
    ///
    /// When shipping prices or taxes cannot be had just now, the checkout comes back all the same,
    /// with its stock held and `isQuoted` or `isTaxed` false: ``quoteCheckout(_:as:)`` tries again.
    /// Where stock is short, what the same buyer held in an earlier checkout gives way to this one.
    /// - Parameter wishes: what was wished of each maker's parcel; more may be at the checkout.
    /// - Parameter choices: how parcels go, by their number; what is not offered is not chosen.
    /// - Parameter once: keeps the answer to a request that happens at most once.
    /// - Throws: ``CheckoutRefusal`` that names the line at fault, ``InputRefusal`` that names the
    ///   part of the address, ``OnceKeyTaken``. Nothing is kept then.
    public func startCheckout(
        _ items: [CheckoutItem], to address: Address, email: String, as buyer: Buyer,
        wishing wishes: [ID<Seller>: ParcelWishes] = [:], choosing choices: [Int: String] = [:],
        answering once: AnswerOnce<Checkout>? = nil
    ) async throws -> Checkout {
        let wanted = try CheckoutInput.merged(items)
        let address = try address.checked(field: "address")
        let email = try CheckoutInput.email(email)
        let (facts, sending, now) = try await database.checkouts.facts(
            of: wanted.map(\.item.variant), sentTo: address.country)
        let draft = try CheckoutDraft(wanted, facts, to: address)
        if draft.isShort { try await makeRoom(for: draft, from: buyer, answering: once) }

        // Asked for before anything is held, so that no stock waits for somebody else's computer.
        var checkout = try draft.checkout(
            email: email, account: buyer.account, now: now, lifetime: settings.checkoutLifetime)
        checkout.wish(wishes)
        checkout.choose(choices)
        checkout = try await taxed(try await quoted(checkout, by: sending))
        do {
            try await hold(checkout, draft, buyer, answering: once)
        } catch let error as PostgresError where error.constraint == "stock_level_short" {
            try await makeRoom(for: draft, from: buyer, answering: once)
            do {
                try await hold(checkout, draft, buyer, answering: once)
            } catch let error as PostgresError where error.constraint == "stock_level_short" {
                throw try await shortage(of: draft)
            }
        }
        recentCheckouts.keep(checkout, of: buyer)
        return checkout
    }

    private func hold(
        _ checkout: Checkout, _ draft: CheckoutDraft, _ buyer: Buyer,
        answering once: AnswerOnce<Checkout>?
    ) async throws {
        let answer = try once?.ready(for: checkout)
        do {
            try await freshCheckouts.write(
                FreshCheckout(
                    checkout: checkout, buyer: buyer, items: draft.items, answer: answer))
        } catch let error as PostgresError where OnceStore.isTaken(error) {
            throw OnceKeyTaken()
        }
        answer?.committed()
    }

    /// Ends what holds the wanted things without need; refuses when that is not enough.
    private func makeRoom(
        for draft: CheckoutDraft, from buyer: Buyer, answering once: AnswerOnce<Checkout>?
    ) async throws {
        // Or a twin of this request would end the checkout that the first one has just made.
        if let claim = once?.claim { try await self.once.secure(claim) }
        let variants = draft.items.map(\.variant)
        try await database.transaction { tx in
            let over = try await tx.reservations.lockGivingWay(variants, to: buyer)
            _ = try await tx.batch(ReservationStore.expireStatements(over))
        }
        let available = try await database.reservations.available(variants)
        if let refusal = draft.shortage(available) { throw refusal }
    }

    private func shortage(of draft: CheckoutDraft) async throws -> CheckoutRefusal {
        let available = try await database.reservations.available(draft.items.map(\.variant))
        // It came back between our try and this look; the customer may simply try again.
        return draft.shortage(available) ?? .changedMeanwhile
    }
}
