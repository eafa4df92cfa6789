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

extension Marketplace {
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
