import Vocabulary

/// A listing as it is typed in.
public struct ListingDraft: Hashable, Sendable, Codable {
    public var title: String
    public var description: String?
    /// Made of the title when it is missing.
    public var handle: String?
    public var category: ID<Category>?
    public var wallet: ID<Wallet>?
    /// How it is sent; nil is the shop's default profile.
    public var shippingProfile: ID<ShippingProfile>?
    public var productType: String?
    public var tags: [String]?
    public var optionNames: [String]?
    public var variants: [VariantDraft]
    /// What is said of it; nil leaves that as it is, as far as it is asked in the category.
    public var attributes: [ListingAttribute]?

    public init(
        title: String, description: String? = nil, handle: String? = nil,
        category: ID<Category>? = nil, productType: String? = nil, tags: [String]? = nil,
        optionNames: [String]? = nil, variants: [VariantDraft]
    ) {
        self.title = title
        self.description = description
        self.handle = handle
        self.category = category
        self.productType = productType
        self.tags = tags
        self.optionNames = optionNames
        self.variants = variants
    }
}

/// A variant as it is typed in.
public struct VariantDraft: Hashable, Sendable, Codable {
    /// The variant that this changes; without it, the one with the same options, or a new one.
    public var id: ID<Variant>?
    public var sku: String?
    public var options: [String]?
    public var price: Money
    public var compareAt: Money?
    public var grams: Int?
    public var barcode: String?
    public var requiresShipping: Bool?
    public var taxable: Bool?
    public var taxCode: String?
    /// How many there are; nil leaves the stock as it is.
    public var onHand: Int?
    /// How many there were when `onHand` was written: what was bought since is taken off it. Nil
    /// takes `onHand` as it stands.
    public var wasOnHand: Int?

    public init(
        price: Money, options: [String]? = nil, sku: String? = nil, onHand: Int? = nil,
        grams: Int? = nil
    ) {
        self.price = price
        self.options = options
        self.sku = sku
        self.onHand = onHand
        self.grams = grams
    }
}

extension ListingDraft {
    static let handleLengthMax = 120
    static let tagsMax = 50

    /// The draft cleaned and bounded, with a handle.
    /// - Throws: ``InputRefusal`` and ``ListingRefusal`` that name the field at fault.
    func checked() throws -> ListingDraft {
        var draft = self
        draft.title = try InputText.line(title, field: "title", lengths: 1...200)
        draft.description = try InputText.paragraphs(
            description ?? "", field: "description", lengths: 0...20_000)
        draft.productType = try InputText.line(
            productType ?? "", field: "productType", lengths: 0...80)
        draft.handle = try checkedHandle(title: draft.title)
        draft.tags = try checkedTags()
        draft.optionNames = try checkedOptionNames()
        guard !variants.isEmpty else { throw ListingRefusal.noVariants }
        guard variants.count <= Listing.variantsMax else { throw ListingRefusal.tooManyVariants }
        draft.variants = try variants.enumerated().map { index, variant in
            try variant.checked(
                optionCount: draft.optionNames?.count ?? 0, field: "variants.\(index)")
        }
        guard Set(draft.variants.map(\.price.currency)).count == 1 else {
            throw ListingRefusal.currencyMixed
        }
        guard Set(draft.variants.map { $0.options ?? [] }).count == variants.count,
            Set(draft.variants.compactMap(\.id)).count
                == draft.variants.count(where: {
                    $0.id != nil
                })
        else { throw ListingRefusal.optionsTwice }
        let skus = draft.variants.compactMap(\.sku)
        guard Set(skus).count == skus.count else { throw ListingRefusal.skuTaken }
        return draft
    }

    private func checkedHandle(title: String) throws -> String {
        if let handle, !InputText.trimmed(handle).isEmpty {
            let clean = InputText.trimmed(handle)
            guard clean.utf8.count <= Self.handleLengthMax, Slug.isSlug(clean) else {
                throw ListingRefusal.handleInvalid
            }
            return clean
        }
        let made = Slug.made(of: title, lengthMax: 100)
        // A title in a script that has no plain letters still needs an address.
        return made.isEmpty ? "item-" + ID<Listing>().description.suffix(12) : made
    }

    private func checkedTags() throws -> [String] {
        var seen: Set<String> = []
        var clean: [String] = []
        for tag in tags ?? [] {
            let line = try InputText.line(tag, field: "tags", lengths: 0...60)
            if !line.isEmpty, seen.insert(line.lowercased()).inserted { clean.append(line) }
        }
        guard clean.count <= Self.tagsMax else {
            throw InputRefusal(
                .wrong("A listing has at most \(Self.tagsMax) tags."), field: "tags")
        }
        return clean
    }

    private func checkedOptionNames() throws -> [String] {
        let names = try (optionNames ?? []).map {
            try InputText.line($0, field: "optionNames", lengths: 1...40)
        }
        guard names.count <= 3, Set(names).count == names.count else {
            throw ListingRefusal.tooManyOptions
        }
        return names
    }
}

extension VariantDraft {
    static let onHandMax = 1_000_000

    func checked(optionCount: Int, field: String) throws -> VariantDraft {
        var draft = self
        draft.sku = try InputText.optionalLine(sku, field: "\(field).sku", lengthMax: 80)
        draft.barcode = try InputText.optionalLine(
            barcode, field: "\(field).barcode", lengthMax: 80)
        draft.taxCode = try InputText.optionalLine(
            taxCode, field: "\(field).taxCode", lengthMax: 40)
        draft.options = try (options ?? []).map {
            try InputText.line($0, field: "\(field).options", lengths: 1...80)
        }
        guard draft.options?.count == optionCount else { throw ListingRefusal.optionsMismatch }
        guard price.isPositive, price.amount <= Money.amountMax else {
            throw ListingRefusal.priceInvalid
        }
        if let compareAt {
            guard compareAt.currency == price.currency else { throw ListingRefusal.currencyMixed }
            guard (0...Money.amountMax).contains(compareAt.amount) else {
                throw ListingRefusal.priceInvalid
            }
        }
        guard (0...1_000_000).contains(grams ?? 0) else {
            throw InputRefusal(
                .wrong("The weight is 0 to 1,000,000 grams."), field: "\(field).grams")
        }
        if let onHand, !(0...Self.onHandMax).contains(onHand) {
            throw ListingRefusal.quantityInvalid
        }
        return draft
    }
}
