import Kernel
import Vocabulary
import Web

/// A row of lists of listings.
struct ListingRow {
    let link: String
    let title: String
    let picture: String?
    let price: String
    let stock: String
    let isSoldOut: Bool
    let state: String
    let isForSale: Bool

    init(_ listing: ListingSummary) {
        link = Links.listing(listing.id)
        title = listing.title
        picture = listing.imageHash.map { ShownPicture.thumb($0) }
        price = Format.money(listing.priceFrom)
        stock =
            listing.available > 0
            ? localized("\(listing.available) in stock") : localized("Sold out")
        isSoldOut = listing.available <= 0
        state = listing.state.label
        isForSale = listing.isForSale
    }
}

extension Listing.State {
    var label: String {
        switch self {
        case .draft: localized("Draft")
        case .published: localized("Published")
        case .archived: localized("Put away")
        case .blocked: localized("Taken down")
        }
    }
}

/// The model of `listings.mustache`.
struct ListingsPage {
    let listings: [ListingRow]
    let isEmpty: Bool
    let filters: [Choice]
    let next: String?
    let mayEdit: Bool
    /// What is looked for.
    let text: String
    let isSearch: Bool
    /// Kept while something is looked for.
    let state: String?

    init(
        _ page: Kernel.Page<ListingSummary>, state: Listing.State?, text: String?, mayEdit: Bool
    ) {
        let text = text ?? ""
        self.text = text
        isSearch = !text.isEmpty
        self.state = state?.rawValue
        let query = text.isEmpty ? "" : "text=\(QueryText.encode(text))&"
        func link(_ state: Listing.State?) -> String {
            let parts = "\(query)\(state.map { "state=\($0.rawValue)&" } ?? "")".dropLast()
            return parts.isEmpty ? Links.listings : "\(Links.listings)?\(parts)"
        }
        listings = page.items.map { ListingRow($0) }
        isEmpty = listings.isEmpty
        filters =
            [Choice(link(nil), localized("All"), chosen: link(state))]
            + Listing.State.allCases.map { Choice(link($0), $0.label, chosen: link(state)) }
        let filter = state.map { "state=\($0.rawValue)&" } ?? ""
        next = page.next.map { "\(Links.listings)?\(query)\(filter)after=\(Cursor.seal($0))" }
        self.mayEdit = mayEdit
    }
}

/// What the selects of a listing's form offer.
struct ListingChoices {
    let categories: [Kernel.Category]
    let profiles: [ShippingProfile]
    /// What is asked of the things of its category.
    let asked: [Attribute]

    static func read(
        _ marketplace: Marketplace, _ member: Member, in category: ID<Kernel.Category>? = nil
    ) async throws -> ListingChoices {
        ListingChoices(
            categories: try await marketplace.categories(),
            profiles: try await marketplace.shippingProfiles(
                as: member.membership, PageRequest(limit: ShippingProfile.countMax)
            ).items, asked: try await marketplace.attributes(askedIn: category))
    }
}

/// The model of `listing.mustache`: one that is to be, or is.
struct ListingPage {
    struct Row {
        var number: Int
        var id: String
        var options: String
        var sku: String
        var price: String
        var compareAt: String
        var grams: String
        var onHand: String
        var wasOnHand: String
        var reserved: String?
        /// Why there are as many as there are; nil for one that is not there yet.
        var movements: String?
    }

    let isNew: Bool
    let action: String
    var warning: String?
    var title: String
    var description: String
    var handle: String
    var productType: String
    var tags: String
    var optionNames: String
    var categories: [Choice]
    var profiles: [Choice]
    /// The shop has some.
    let hasProfiles: Bool
    var currencies: [Choice]
    var variants: [Row]
    var attributes: [AttributeField]
    let hasAttributes: Bool
    /// More is asked once it has a category.
    let asksLater: Bool
    private let asked: [Attribute]
    let images: [PhotoFigure]
    /// Some of them are being made.
    let isMaking: Bool
    /// What customers see of it; nil while they see nothing.
    let inShop: String?
    let form: State

    /// What can be done with it now.
    struct State {
        let label: String
        let isForSale: Bool
        let isBlocked: Bool
        let mayEdit: Bool
        let canPublish: Bool
        let canUnpublish: Bool
        let canArchive: Bool
    }

    private static let spareRows = 3

    init(new choices: ListingChoices) {
        isNew = true
        action = Links.listings
        (title, description, handle, productType, tags, optionNames) = ("", "", "", "", "", "")
        categories = Choice.categories(choices.categories, chosen: nil)
        profiles = Choice.profiles(choices.profiles, chosen: nil)
        hasProfiles = !profiles.isEmpty
        currencies = Choice.currencies(chosen: "EUR")
        variants = Self.spare(from: 0)
        asked = choices.asked
        attributes = AttributeField.list(asked, [])
        hasAttributes = !asked.isEmpty
        asksLater = true
        images = []
        isMaking = false
        inShop = nil
        form = State(
            label: localized("New"), isForSale: false, isBlocked: false, mayEdit: true,
            canPublish: false,
            canUnpublish: false, canArchive: false)
    }

    init(
        _ details: ListingDetails, _ choices: ListingChoices, mayEdit: Bool, storefront: String
    ) {
        let listing = details.listing
        inShop = listing.isForSale ? "\(storefront)/listings/\(listing.id)" : nil
        isNew = false
        action = Links.listing(listing.id)
        title = listing.title
        description = listing.description
        handle = listing.handle
        productType = listing.productType
        tags = listing.tags.joined(separator: ", ")
        optionNames = ListingForm.text(names: listing.optionNames)
        categories = Choice.categories(
            choices.categories, chosen: listing.category?.description)
        profiles = Choice.profiles(
            choices.profiles, chosen: listing.shippingProfile?.description)
        hasProfiles = !profiles.isEmpty
        currencies = Choice.currencies(chosen: listing.currency.code)
        variants =
            details.variants.enumerated().map { Row($0.offset, $0.element) }
            + (mayEdit ? Self.spare(from: details.variants.count) : [])
        asked = choices.asked
        attributes = AttributeField.list(asked, details.attributes)
        hasAttributes = !asked.isEmpty
        asksLater = listing.category == nil
        images = PhotoFigure.list(details.images)
        isMaking = images.contains(where: \.isMaking)
        form = State(
            label: listing.state.label, isForSale: listing.isForSale,
            isBlocked: listing.state == .blocked,
            mayEdit: mayEdit && listing.state != .blocked,
            canPublish: mayEdit && listing.state == .draft,
            canUnpublish: mayEdit && [.published, .archived].contains(listing.state),
            canArchive: mayEdit && [.draft, .published].contains(listing.state))
    }

    private static func spare(from start: Int) -> [Row] {
        (start..<start + spareRows).map { Row(number: $0) }
    }

    /// What was typed instead of what is stored.
    mutating func fill(_ again: Again) {
        let values = again.values
        warning = again.explanation
        title = values["title"] ?? title
        description = values["description"] ?? description
        handle = values["handle"] ?? handle
        productType = values["productType"] ?? productType
        tags = values["tags"] ?? tags
        optionNames = values["optionNames"] ?? optionNames
        if let chosen = values["category"] {
            categories = categories.map { Choice($0.value, $0.label, chosen: chosen) }
        }
        if let chosen = values["shippingProfile"] {
            profiles = profiles.map { Choice($0.value, $0.label, chosen: chosen) }
        }
        attributes = AttributeField.list(asked, again)
        if let chosen = values["currency"] { currencies = Choice.currencies(chosen: chosen) }
        // The rows as they were sent: by now others may stand at their places.
        let sent = (0..<Listing.variantsMax + Self.spareRows).prefix {
            values["variants.\($0).options"] != nil
        }
        guard !sent.isEmpty else { return }
        variants = sent.map { number in
            func typed(_ name: String) -> String { values["variants.\(number).\(name)"] ?? "" }
            let id = typed("id")
            return Row(
                number: number, id: id, options: typed("options"), sku: typed("sku"),
                price: typed("price"), compareAt: typed("compareAt"), grams: typed("grams"),
                onHand: typed("onHand"), wasOnHand: typed("wasOnHand"),
                reserved: id.isEmpty ? nil : variants.first { $0.id == id }?.reserved,
                movements: ID<Variant>(id).map { Links.movements($0) })
        }
    }
}

extension ListingPage.Row {
    init(number: Int) {
        self.init(
            number: number, id: "", options: "", sku: "", price: "", compareAt: "", grams: "",
            onHand: "", wasOnHand: "", reserved: nil, movements: nil)
    }

    init(_ number: Int, _ variant: Variant) {
        self.init(
            number: number, id: variant.id.description,
            options: ListingForm.text(variant.options), sku: variant.sku ?? "",
            price: Format.typed(variant.price),
            compareAt: variant.compareAt.map { Format.typed($0) } ?? "",
            grams: variant.grams > 0 ? String(variant.grams) : "",
            onHand: String(variant.onHand), wasOnHand: String(variant.onHand),
            reserved: variant.reserved > 0 ? localized("\(variant.reserved) being bought") : nil,
            movements: Links.movements(variant.id))
    }
}
