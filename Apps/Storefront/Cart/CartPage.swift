import Kernel
import Vocabulary
import Web

/// The model of `cart.mustache`.
struct CartPage {
    struct Group {
        let seller: String
        let sellerLink: String
        let lines: [Line]
        /// How its parcel would be sent; nil while that cannot be asked.
        let delivery: String?
        let wishesLink: String
        let giftMessage: String
        let deliverOn: String
        let hasWishes: Bool
    }
    /// What is wished of the parcels, and what was typed and refused.
    struct Wishes {
        let kept: [ID<Seller>: ParcelWishes]
        let again: Again?
        let now: Instant

        /// As it stands in the inputs of a maker's form.
        func typed(of seller: ID<Seller>) -> (giftMessage: String, deliverOn: String) {
            if let again, again.request.path == Links.wishes(ofParcelBy: seller) {
                return (again.values["giftMessage"] ?? "", again.values["deliverOn"] ?? "")
            }
            let wishes = kept[seller]
            return (wishes?.giftMessage ?? "", wishes?.deliverOn?.description ?? "")
        }
    }
    struct Line {
        let variant: String
        let title: String
        let link: String
        let options: String?
        let picture: String?
        let unitPrice: String
        let total: String
        let quantity: Int
        let problem: String?
        let isAway: Bool
    }

    struct Shipping {
        let place: String
        let cost: String
        let together: String

        init?(_ cart: Cart, to country: String?, _ delivery: [ID<Seller>: DeliveryEstimate]) {
            guard let country, let things = cart.total, !cart.groups.isEmpty else { return nil }
            var sum = Money.zero(things.currency)
            for group in cart.groups {
                switch delivery[group.seller] {
                case .sent(let cheapest, _, _):
                    guard let next = try? sum.adding(cheapest.price) else { return nil }
                    sum = next
                case .nothingToSend: break
                case .notThere, .unknown, nil: return nil
                }
            }
            guard let all = try? things.adding(sum) else { return nil }
            place = Countries.name(country)
            cost = sum.isZero ? localized("free") : Format.money(sum)
            together = Format.money(all)
        }
    }

    let warning: String?
    /// What of the cart from before the sign-in found no room in this one; nil when all did.
    let left: String?
    /// The first day that may be wished for.
    let tomorrow: String
    let groups: [Group]
    let isEmpty: Bool
    let unknown: [String]
    let total: String?
    /// What all parcels cost by the cheapest ways, and everything with them; nil unless each is
    /// known.
    let shipping: Shipping?
    let canCheckOut: Bool
    /// The currencies of a cart that has several, which cannot be bought at once.
    let currencies: String?
    let makers: String
    let asksCountry: Bool
    let countries: [DeliveryLine.Country]

    /// - Parameters:
    ///   - delivery: by seller, as far as it is known.
    ///   - left: how many different things found no room in it when their person signed in.
    init(
        _ cart: Cart, to country: String?, _ delivery: [ID<Seller>: DeliveryEstimate],
        _ wishes: Wishes, left: Int
    ) {
        let things = Format.count(left, "thing", "things")
        self.left =
            left == 0
            ? nil
            : localized(
                """
                Left out of what you chose before you signed in: \(things). A cart holds at most \
                \(CartStore.linesMax) different things.
                """)
        warning = wishes.again?.explanation
        tomorrow = String(wishes.now.advanced(days: 1).description.prefix(10))
        groups = cart.groups.map { group in
            let typed = wishes.typed(of: group.seller)
            return Group(
                seller: group.sellerName, sellerLink: Links.seller(group.sellerSlug),
                lines: group.lines.map { Line($0) },
                delivery: delivery[group.seller].map {
                    DeliveryLine($0, to: country, seller: group.sellerName, then: Links.cart).words
                },
                wishesLink: Links.wishes(ofParcelBy: group.seller),
                giftMessage: typed.giftMessage, deliverOn: typed.deliverOn,
                hasWishes: !typed.giftMessage.isEmpty || !typed.deliverOn.isEmpty)
        }
        isEmpty = cart.isEmpty && cart.unknown.isEmpty
        unknown = cart.unknown.map(\.description)
        total = cart.total.map { Format.money($0) }
        shipping = Shipping(cart, to: country, delivery)
        canCheckOut = cart.isBuyable && cart.unknown.isEmpty && cart.total != nil
        let kinds = cart.currencies.map(\.code)
        currencies = kinds.count > 1 ? kinds.joined(separator: localized(" and ")) : nil
        asksCountry = !cart.isEmpty
        countries = DeliveryLine(nil, to: country, seller: "", then: Links.cart).countries
        makers = Format.count(cart.groups.count, "maker", "makers")
    }
}

extension CartPage.Line {
    init(_ line: CartLine) {
        let offer = line.offer
        variant = offer.id.description
        title = offer.title
        link = Links.listing(offer.listing, choosing: offer.id, of: offer.optionsText)
        options = offer.optionsText.isEmpty ? nil : offer.optionsText
        picture = offer.imageHash.map { ShownPicture.thumb($0) }
        unitPrice = Format.money(offer.price)
        total = Format.money(line.total)
        quantity = line.quantity
        problem = line.problem.map { localized(sentence: $0.explanation) }
        isAway = line.problem == .soldOut || line.problem == .notForSale
    }
}
