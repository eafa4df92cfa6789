import Kernel
import Vocabulary
import Web

/// The model of `checkout.mustache`: where to, how it is sent, what it comes to and how it is paid,
/// of a checkout that is held or of one that would be started.
struct CheckoutPage {
    /// What is known of one that is not started yet.
    struct New {
        /// What the page shows of the cart, see ``CheckoutThings``.
        let things: ContentHash
        let account: Account?
        /// Where it goes, of the address book; nil while an address has to be typed.
        let saved: SavedAddress?
        /// The one before it, which was not ordered.
        let before: Checkout?
        /// Whether everything can be had as it stands.
        let isBuyable: Bool
    }
    struct Parcel {
        let number: Int
        let index: Int
        let count: String
        let seller: String
        let lines: [Line]
        let options: [Option]
        let isQuoted: Bool
        let cannotBeSent: Bool
        let giftMessage: String
        let deliverOn: String
    }
    struct Line {
        let title: String
        let quantity: Int
        let total: String
        /// Why it cannot be ordered any more, or nil.
        let gone: String?
    }
    struct Option {
        let code: String
        let label: String
        let price: String
        let days: String?
        let isChosen: Bool
        let index: Int
    }
    struct Row {
        let label: String
        let amount: String
    }

    let path: String
    /// Where the form goes, and its buttons that do not pay.
    let action: String
    let shippingPath: String
    let addressPath: String
    let isNew: Bool
    let things: String?
    let addressId: String?
    /// Whether the address is typed into the same form.
    let asks: Bool
    let isGuest: Bool
    let canKeep: Bool
    let keeps: Bool
    let email: String
    let typedEmail: String
    let addressLines: [String]
    /// The country that it is worked out for while nobody knows the address.
    let estimatedFor: String?
    /// Of the address book, without the one where it goes.
    let saved: [SavedAddressCard]
    let hasSaved: Bool
    let inputs: AddressForm
    let opensAddress: Bool
    let parcels: [Parcel]
    let items: String
    let shipping: String
    let addedTaxes: [Row]
    let includedTaxes: [Row]
    let total: String
    let amount: Int64
    let currency: String
    let shown: ShownTotal.Parts
    let ways: PaymentChoices
    let isReady: Bool
    /// Whether something of what is held cannot be ordered any more, so that nothing can.
    let isStuck: Bool
    let hasWays: Bool
    let lacksWays: Bool
    let isSandbox: Bool
    /// How long it is held yet; nil while it is not.
    let heldFor: String?
    /// Until when, as HTML.
    let heldUntil: String
    let hasWishes: Bool
    /// The first day that may be wished for.
    let tomorrow: String
    /// What was refused; nil when the page is only looked at.
    let warning: String?

    /// - Parameters:
    ///   - book: where else it may go with one click.
    ///   - new: nil for a checkout that is held.
    ///   - again: what was typed, when it was refused.
    ///   - way: the way to pay that was chosen before the page was looked at again.
    init(
        _ checkout: Checkout, _ waysToPay: [WayToPay], book: Page<SavedAddress>?, new: New? = nil,
        again: Again? = nil, way: String? = nil
    ) {
        path = new == nil ? Links.checkout(checkout.id) : Links.checkout
        isNew = new != nil
        things = new?.things.description
        addressId = new?.saved?.id.description
        asks = new.map { $0.saved == nil } ?? false
        isGuest = new.map { $0.account == nil } ?? false
        canKeep = new?.account != nil
        keeps = again.map { $0.values["keep"] != nil } ?? true
        email = new.map { $0.account?.email ?? "" } ?? checkout.email
        typedEmail = again?.values["email"] ?? new?.before?.email ?? email
        let shown = checkout.address.shownLines
        addressLines = asks ? [] : shown
        estimatedFor = asks ? Countries.name(checkout.address.country) : nil
        saved = book.map { SavedAddressCard.all($0).filter { $0.lines != shown } } ?? []
        hasSaved = !saved.isEmpty
        opensAddress = again?.hasAddress ?? false
        let name = new.map { $0.account?.name ?? "" } ?? checkout.address.name
        inputs =
            (opensAddress ? again : nil).map { AddressForm($0) }
            ?? new?.before.map { AddressForm($0.address) }
            ?? AddressForm(named: name, in: checkout.address.country)
        let count = checkout.parcels.count
        parcels = checkout.parcels.enumerated().map { index, parcel in
            Parcel(parcel, index: index, count: count, again)
        }
        items = Format.money(checkout.totals.items)
        shipping = Format.money(checkout.totals.shipping)
        addedTaxes = checkout.taxes.filter { !$0.isIncluded }
            .map { Row(label: localized(label: $0.label), amount: Format.money($0.amount)) }
        includedTaxes = checkout.taxes.filter(\.isIncluded)
            .map { Row(label: localized(label: $0.label), amount: Format.money($0.amount)) }
        total = Format.money(checkout.totals.total)
        amount = checkout.totals.total.amount
        currency = checkout.totals.total.currency.code
        self.shown = ShownTotal.Parts(checkout.totals)
        ways = PaymentChoices(waysToPay, chosen: again?.values["way"] ?? way)
        isReady = checkout.isReady
        isStuck = !checkout.isForSale
        hasWays = !ways.isEmpty && new?.isBuyable != false
        lacksWays = ways.isEmpty
        isSandbox = waysToPay.contains(where: \.isSandbox)
        hasWishes = parcels.contains { !$0.giftMessage.isEmpty || !$0.deliverOn.isEmpty }
        tomorrow = String(checkout.readAt.advanced(days: 1).description.prefix(10))
        warning = again?.explanation
        heldFor =
            isNew ? nil : ClockTime.left(from: checkout.readAt, until: checkout.expiresAt)
        heldUntil = ClockTime.hour(checkout.expiresAt)
        shippingPath = isNew ? path : "\(path)/shipping"
        addressPath = isNew ? path : "\(path)/address"
        action = isNew ? path : isReady && hasWays ? "\(path)/purchase" : shippingPath
    }
}

extension CheckoutPage.Parcel {
    init(_ parcel: CheckoutParcel, index: Int, count: Int, _ again: Again?) {
        let typed = again?.values["parcels.\(index).option"]
        let chosen = parcel.options.first { $0.code == typed }?.code ?? parcel.chosen
        number = parcel.number
        self.index = index
        self.count = localized("Parcel \(index + 1) of \(count)")
        seller = parcel.sellerName
        lines = parcel.lines.map {
            CheckoutPage.Line(
                title: $0.optionsText.isEmpty ? $0.title : "\($0.title), \($0.optionsText)",
                quantity: $0.quantity, total: Format.money($0.total),
                gone: parcel.goneWords(of: $0))
        }
        options = parcel.options.map { option in
            CheckoutPage.Option(
                code: option.code, label: localized(name: option.label),
                price: option.price.isZero ? localized("free") : Format.money(option.price),
                days: Self.days(option.daysMin, option.daysMax),
                isChosen: option.code == chosen, index: index)
        }
        isQuoted = parcel.isQuoted
        cannotBeSent = parcel.isQuoted && parcel.options.isEmpty
        giftMessage =
            again?.values["wishes.\(index).giftMessage"] ?? parcel.wishes.giftMessage ?? ""
        deliverOn =
            again?.values["wishes.\(index).deliverOn"]
            ?? parcel.wishes.deliverOn?.description ?? ""
    }

    static func days(_ least: Int?, _ most: Int?) -> String? {
        switch (least, most) {
        case (let least?, let most?) where least != most: localized("\(least) to \(most) days")
        case (let days?, _), (nil, let days?): Format.count(days, "day", "days")
        case (nil, nil): nil
        }
    }
}

extension CheckoutParcel {
    fileprivate func goneWords(of line: CheckoutLine) -> String? {
        guard sellerIsOpen else { return localized("\(sellerName) is not selling at the moment.") }
        return line.isForSale
            ? nil : localized(sentence: VariantOffer.Problem.notForSale.explanation)
    }
}

extension Address {
    /// As on a parcel.
    var shownLines: [String] {
        let town = [postalCode, city, region].compactMap { $0 }.joined(separator: " ")
        return [name] + lines + [town, Countries.name(country)]
    }
}
