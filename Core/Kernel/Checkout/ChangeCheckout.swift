import ProviderKit
import Vocabulary

extension Marketplace {
    /// The checkout as it stands; one whose time is over reads as expired.
    /// - Throws: `CheckoutRefusal.missing` when there is none, or it is someone else's.
    public func findCheckout(_ id: ID<Checkout>, as buyer: Buyer) async throws -> Checkout {
        guard let checkout = try await database.checkouts.find(id, of: buyer) else {
            throw CheckoutRefusal.missing
        }
        return checkout
    }

    /// Asks for what is missing of shipping options and taxes. Changes nothing when nothing is.
    /// - Throws: `shippingUnavailable` or `taxUnavailable` when they still cannot be had: the stock
    ///   stays held, and it may be tried again. `notDeliverable` when a seller does not send there.
    public func quoteCheckout(_ id: ID<Checkout>, as buyer: Buyer) async throws -> Checkout {
        let found = try await findCheckout(id, as: buyer)
        try found.checkOpen()
        var checkout = found
        if checkout.parcels.contains(where: { !$0.isQuoted }) {
            checkout = try await quoted(checkout)
        }
        if !checkout.isTaxed { checkout = try await taxed(checkout) }
        if !found.isReady { checkout = try await save(checkout, as: buyer) }
        try checkout.checkQuoted()
        return checkout
    }

    /// Chooses how a parcel goes, and computes taxes and totals anew.
    /// - Throws: `parcelUnknown`, `optionUnknown`, and what ``quoteCheckout(_:as:)`` throws.
    public func chooseShipping(
        _ id: ID<Checkout>, parcel: Int, option: String, as buyer: Buyer
    ) async throws -> Checkout {
        var checkout = try await findCheckout(id, as: buyer)
        try checkout.checkOpen()
        guard let index = checkout.parcels.firstIndex(where: { $0.number == parcel }) else {
            throw CheckoutRefusal.parcelUnknown
        }
        guard checkout.parcels[index].options.contains(where: { $0.code == option }) else {
            throw checkout.parcels[index].isQuoted
                ? CheckoutRefusal.optionUnknown : .shippingUnavailable
        }
        if checkout.parcels[index].chosen == option, checkout.isReady { return checkout }
        checkout.parcels[index].chosen = option
        checkout = try await save(try await taxed(checkout), as: buyer)
        try checkout.checkQuoted()
        return checkout
    }

    /// Sends it somewhere else: options, taxes and totals are asked for anew; the stock stays held.
    /// - Parameter email: where the receipt goes from now on; nil leaves it as it is.
    /// - Throws: ``InputRefusal`` that names the part at fault, `emailInvalid`, and what
    ///   ``quoteCheckout(_:as:)`` throws.
    public func changeAddress(
        _ id: ID<Checkout>, to address: Address, email: String? = nil, as buyer: Buyer
    ) async throws -> Checkout {
        let address = try address.checked(field: "address")
        let email = try email.map { try CheckoutInput.email($0) }
        var checkout = try await findCheckout(id, as: buyer)
        try checkout.checkOpen()
        checkout.address = address
        if let email { checkout.email = email }
        checkout = try await taxed(try await quoted(checkout))
        checkout = try await save(checkout, as: buyer)
        try checkout.checkQuoted()
        return checkout
    }

    /// Gives up: what was held is for sale again at once. A checkout that is over stays as it is.
    public func abandonCheckout(_ id: ID<Checkout>, as buyer: Buyer) async throws {
        let checkout = try await findCheckout(id, as: buyer)
        guard checkout.state == .open else { return }
        try await database.transaction { tx in
            guard try await tx.reservations.lockOpen(id) else { return }
            _ = try await tx.commit(after: ReservationStore.expireStatements([id]))
        }
    }

    private func save(_ checkout: Checkout, as buyer: Buyer) async throws -> Checkout {
        if try await database.checkouts.save(checkout) {
            var saved = checkout
            saved.version += 1
            recentCheckouts.keep(saved, of: buyer)
            return saved
        }
        try await findCheckout(checkout.id, as: buyer).checkOpen()
        throw CheckoutRefusal.changedMeanwhile
    }
}

extension Checkout {
    /// Whether shipping and taxes are known and every parcel has a way to go.
    /// - Throws: `shippingUnavailable`, `notDeliverable`, `taxUnavailable`.
    func checkQuoted() throws(CheckoutRefusal) {
        for parcel in parcels {
            guard parcel.isQuoted else { throw .shippingUnavailable }
            guard !parcel.options.isEmpty else {
                throw .notDeliverable(parcel: parcel.number, seller: parcel.sellerName)
            }
        }
        guard isTaxed else { throw .taxUnavailable }
    }
}
