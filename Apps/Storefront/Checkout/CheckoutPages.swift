import Kernel
import Vocabulary
import Web

/// The model of `checkout-new.mustache`.
struct NewCheckoutPage {
    struct Group {
        let seller: String
        let lines: [Line]
    }
    struct Line {
        let title: String
        let quantity: Int
        let total: String
    }

    let warning: String?
    let email: String
    let isGuest: Bool
    /// What is in the address book, the default first.
    let saved: [SavedAddressCard]
    let hasSaved: Bool
    let isSignedIn: Bool
    /// Whether the form for another address stands open.
    let opensForm: Bool
    let keeps: Bool
    let inputs: AddressForm
    let groups: [Group]
    let total: String?

    init(
        _ cart: Cart, _ account: Account?, saved: Page<SavedAddress>?, country: String? = nil,
        again: Again? = nil
    ) {
        warning = again?.explanation
        email = again?.values["email"] ?? account?.email ?? ""
        isSignedIn = account != nil
        self.saved = saved.map { SavedAddressCard.all($0) } ?? []
        hasSaved = !self.saved.isEmpty
        opensForm = again != nil || self.saved.isEmpty
        keeps = again.map { $0.values["keep"] != nil } ?? true
        inputs =
            again.map { AddressForm($0) } ?? AddressForm(named: account?.name ?? "", in: country)
        isGuest = account == nil
        groups = cart.groups.map { group in
            Group(
                seller: group.sellerName,
                lines: group.lines.map {
                    Line(
                        title: $0.offer.title, quantity: $0.quantity,
                        total: Format.money($0.total))
                })
        }
        total = cart.total.map { Format.money($0) }
    }
}

/// The model of `checkout.mustache`.
struct CheckoutPage {
    struct Parcel {
        let number: Int
        let index: Int
        let count: String
        let seller: String
        let lines: [NewCheckoutPage.Line]
        let options: [Option]
        let isQuoted: Bool
        let cannotBeSent: Bool
        let giftMessage: String
        let deliverOn: String
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
    struct Way {
        let value: String
        let label: String
        let isFirst: Bool
    }

    let id: String
    let path: String
    let email: String
    let addressLines: [String]
    /// Of the address book, without the one where it goes.
    let saved: [SavedAddressCard]
    let hasSaved: Bool
    /// For another address.
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
    let ways: [Way]
    let isReady: Bool
    let hasWays: Bool
    let isSandbox: Bool
    let expires: String
    let hasWishes: Bool
    /// The first day that may be wished for.
    let tomorrow: String
    /// What was refused; nil when the page is only looked at.
    let warning: String?
    /// Whether the form can be paid as it stands.
    let canPay: Bool

    /// - Parameters:
    ///   - book: where else it may go with one click.
    ///   - again: what was typed, when it was refused.
    init(
        _ checkout: Checkout, _ waysToPay: [WayToPay], book: Page<SavedAddress>?,
        again: Again? = nil
    ) {
        id = checkout.id.description
        path = Links.checkout(checkout.id)
        email = checkout.email
        let shown = checkout.address.shownLines
        addressLines = shown
        saved = book.map { SavedAddressCard.all($0).filter { $0.lines != shown } } ?? []
        hasSaved = !saved.isEmpty
        opensAddress = again?.values.keys.contains { $0.hasPrefix("address.") } ?? false
        inputs =
            opensAddress
            ? again.map { AddressForm($0) } ?? AddressForm()
            : AddressForm(named: checkout.address.name, in: checkout.address.country)
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
        ways = Way.all(waysToPay, chosen: again?.values["way"])
        isReady = checkout.isReady
        hasWays = !ways.isEmpty
        isSandbox = waysToPay.contains(where: \.isSandbox)
        hasWishes = parcels.contains { !$0.giftMessage.isEmpty || !$0.deliverOn.isEmpty }
        tomorrow = String(checkout.readAt.advanced(days: 1).description.prefix(10))
        warning = again?.explanation
        canPay = isReady && hasWays
        expires = String(Format.time(checkout.expiresAt).suffix(9))
    }
}

extension CheckoutPage.Parcel {
    init(_ parcel: CheckoutParcel, index: Int, count: Int, _ again: Again?) {
        let chosen = again?.values["parcels.\(index).option"] ?? parcel.chosen
        number = parcel.number
        self.index = index
        self.count = localized("Parcel \(index + 1) of \(count)")
        seller = parcel.sellerName
        lines = parcel.lines.map {
            NewCheckoutPage.Line(
                title: $0.optionsText.isEmpty ? $0.title : "\($0.title), \($0.optionsText)",
                quantity: $0.quantity, total: Format.money($0.total))
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

extension CheckoutPage.Way {
    /// One choice per instance and method. With several instances, each says whose it is.
    /// - Parameter chosen: the value that is chosen; the first when there is none of it.
    static func all(_ ways: [WayToPay], chosen: String? = nil) -> [Self] {
        let choices = ways.flatMap { way in
            way.methods.map { method in
                (
                    WayChoice(instance: way.instance, method: method.code).text,
                    ways.count > 1 && way.name != method.label
                        ? "\(localized(name: method.label)) (\(way.name))"
                        : localized(name: method.label)
                )
            }
        }
        let place = choices.firstIndex { $0.0 == chosen } ?? 0
        return choices.enumerated().map { index, choice in
            Self(value: choice.0, label: choice.1, isFirst: index == place)
        }
    }
}

extension Address {
    /// As on a parcel.
    var shownLines: [String] {
        let town = [postalCode, city, region].compactMap { $0 }.joined(separator: " ")
        return [name] + lines + [town, Countries.name(country)]
    }
}
