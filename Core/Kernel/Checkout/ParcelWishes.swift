import Vocabulary

/// What a customer wishes of a maker's parcel; wishes, not promises.
public struct ParcelWishes: Hashable, Sendable {
    /// Words to put into it.
    public let giftMessage: String?
    /// The day on which it shall come.
    public let deliverOn: Day?

    public static let messageMax = 500
    /// How far ahead the day may be.
    static let daysMax = 366

    public init(giftMessage: String? = nil, deliverOn: Day? = nil) {
        self.giftMessage = giftMessage
        self.deliverOn = deliverOn
    }

    public var isEmpty: Bool { giftMessage == nil && deliverOn == nil }

    /// The same without a day that is no longer to come: wishes wait in carts for weeks.
    public func coming(at now: Instant) -> ParcelWishes {
        guard let deliverOn, deliverOn.from <= now else { return self }
        return ParcelWishes(giftMessage: giftMessage)
    }

    /// As it comes from outside; blank texts are no wishes.
    /// - Parameter day: `2026-12-24`.
    /// - Throws: ``InputRefusal`` for `giftMessage` and `deliverOn`.
    static func checked(
        giftMessage: String?, deliverOn day: String?, at now: Instant
    ) throws(InputRefusal) -> ParcelWishes {
        let message = try InputText.paragraphs(
            giftMessage ?? "", field: "giftMessage", lengths: 0...messageMax)
        let text = InputText.trimmed(day ?? "")
        guard !text.isEmpty else {
            return ParcelWishes(giftMessage: message.isEmpty ? nil : message)
        }
        guard let wished = Day(text) else {
            throw InputRefusal(
                .wrong("This is no day, such as 2026-12-24."), field: "deliverOn")
        }
        guard wished.from > now, wished.from <= now.advanced(days: daysMax) else {
            throw InputRefusal(
                .wrong("The day has to come, and within a year."), field: "deliverOn")
        }
        return ParcelWishes(giftMessage: message.isEmpty ? nil : message, deliverOn: wished)
    }
}

/// What somebody wishes of one parcel, as it comes from outside.
public struct WantedWishes: Sendable {
    let parcel: Int
    let giftMessage: String?
    let deliverOn: String?

    /// - Parameter deliverOn: `2026-12-24`; blank for none.
    public init(parcel: Int, giftMessage: String?, deliverOn: String?) {
        self.parcel = parcel
        self.giftMessage = giftMessage
        self.deliverOn = deliverOn
    }
}

extension Checkout {
    /// What was wished of a maker's things before it was known in how many parcels they go: the
    /// day counts for each, and the words lie in the first.
    mutating func wish(_ wishes: [ID<Seller>: ParcelWishes]) {
        var written: Set<ID<Seller>> = []
        for index in parcels.indices {
            let seller = parcels[index].seller
            guard let wanted = wishes[seller]?.coming(at: readAt) else { continue }
            parcels[index].wishes =
                written.insert(seller).inserted
                ? wanted : ParcelWishes(deliverOn: wanted.deliverOn)
        }
    }
}

extension Marketplace {
    /// What somebody wishes of a parcel of which everything is still in the cart.
    /// - Parameter day: `2026-12-24`; blank for none.
    /// - Throws: ``InputRefusal`` for `giftMessage` and `deliverOn`.
    public func checkedWishes(
        giftMessage: String?, deliverOn day: String?
    ) async throws -> ParcelWishes {
        try ParcelWishes.checked(
            giftMessage: giftMessage, deliverOn: day, at: try await marketNow())
    }

    /// Keeps what the customer wishes of some parcels, in place of what was wished before.
    /// - Throws: ``InputRefusal``, `parcelUnknown`, and what ``findCheckout(_:as:)`` throws;
    ///   `expired` or `alreadyPlaced` when it is over.
    @discardableResult
    public func wish(
        _ wanted: [WantedWishes], of id: ID<Checkout>, as buyer: Buyer
    ) async throws -> Checkout {
        let checkout = try await findCheckout(id, as: buyer)
        try checkout.checkOpen()
        var changed: [Int: ParcelWishes] = [:]
        for one in wanted {
            guard let known = checkout.parcels.first(where: { $0.number == one.parcel }) else {
                throw CheckoutRefusal.parcelUnknown
            }
            let wishes = try ParcelWishes.checked(
                giftMessage: one.giftMessage, deliverOn: one.deliverOn, at: checkout.readAt)
            if known.wishes != wishes { changed[one.parcel] = wishes }
        }
        guard !changed.isEmpty else { return checkout }
        guard try await database.checkouts.save(changed, in: id) else {
            throw CheckoutRefusal.changedMeanwhile
        }
        return try await findCheckout(id, as: buyer)
    }
}
