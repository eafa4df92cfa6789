import Vocabulary

/// The options of a thing with their values; each combination of them is a variant.
public struct OptionMatrix: Hashable, Sendable {
    public struct Option: Hashable, Sendable {
        public var name: String
        public var values: [String]

        public init(name: String, values: [String]) {
            self.name = name
            self.values = values
        }
    }

    public static let optionsMax = 3

    public var options: [Option]

    public init(_ options: [Option]) { self.options = options }

    /// Every value that a variant of the listing has, in the order of the variants.
    public init(_ details: ListingDetails) {
        options = details.listing.optionNames.enumerated().map { place, name in
            var seen: Set<String> = []
            let values = details.variants.compactMap { variant in
                place < variant.options.count ? variant.options[place] : nil
            }
            return Option(name: name, values: values.filter { seen.insert($0).inserted })
        }
    }

    /// Every combination, the last option changing fastest; one empty combination of no options.
    /// Nil for more than ``Listing/variantsMax``.
    public var combinations: [[String]]? {
        var combinations: [[String]] = [[]]
        for option in options {
            guard combinations.count * option.values.count <= Listing.variantsMax else {
                return nil
            }
            combinations = combinations.flatMap { start in option.values.map { start + [$0] } }
        }
        return combinations
    }

    /// The listing with one variant for each combination. A variant that is there goes on as the
    /// combination that it was; where an option is new, as that with its first value. What has no
    /// variant yet is like `model`.
    /// - Throws: ``ListingRefusal`` for too many or none, ``InputRefusal`` that names the option.
    public func draft(
        changing present: ListingDetails, model: VariantDraft
    ) throws -> ListingDraft {
        let clean = try checked()
        guard let combinations = clean.combinations else { throw ListingRefusal.tooManyVariants }
        let origins = clean.origins(in: OptionMatrix(present))
        var left = present.variants
        var draft = ListingDraft(present)
        draft.optionNames = clean.options.map(\.name)
        draft.variants = combinations.map { combination in
            let same = left.firstIndex { variant in
                clean.options.indices.allSatisfy { place in
                    guard let before = origins[place], before < variant.options.count else {
                        return combination[place] == clean.options[place].values[0]
                    }
                    return variant.options[before] == combination[place]
                }
            }
            var variant = same.map { VariantDraft(left.remove(at: $0)) } ?? model
            variant.options = combination
            return variant
        }
        return draft
    }

    /// Where each option stood before: the one of its name, or one of another name that has values
    /// of it; nil for those that are new, which only are where there are more options than before.
    private func origins(in before: OptionMatrix) -> [Int?] {
        var free = Array(before.options.indices)
        func take(_ place: Int?) -> Int? {
            free.removeAll { $0 == place }
            return place
        }
        var origins = options.map { option in
            take(free.first { before.options[$0].name == option.name })
        }
        for (place, option) in options.enumerated() where origins[place] == nil {
            let values = Set(option.values)
            origins[place] = take(
                free.first { !values.isDisjoint(with: before.options[$0].values) })
        }
        if options.count <= before.options.count {
            for place in options.indices where origins[place] == nil {
                origins[place] = take(free.first)
            }
        }
        return origins
    }

    private func checked() throws -> OptionMatrix {
        guard options.count <= Self.optionsMax else { throw ListingRefusal.tooManyOptions }
        return OptionMatrix(
            try options.enumerated().map { index, option in
                let field = "options.\(index)"
                let values = try option.values.map {
                    try InputText.line($0, field: field + ".values", lengths: 1...80)
                }
                guard !values.isEmpty else {
                    throw InputRefusal(
                        .wrong("Say which values it has."), field: field + ".values")
                }
                var seen: Set<String> = []
                return Option(
                    name: try InputText.line(option.name, field: field + ".name", lengths: 1...40),
                    values: values.filter { seen.insert($0).inserted })
            })
    }
}

extension ListingDraft {
    /// What changes nothing of a listing.
    public init(_ details: ListingDetails) {
        let listing = details.listing
        self.init(
            title: listing.title, description: listing.description, handle: listing.handle,
            category: listing.category, productType: listing.productType, tags: listing.tags,
            optionNames: listing.optionNames, variants: details.variants.map { VariantDraft($0) })
        wallet = listing.wallet
        shippingProfile = listing.shippingProfile
    }
}

extension VariantDraft {
    /// What changes nothing of a variant; its stock is left alone, though somebody buys of it.
    public init(_ variant: Variant) {
        self.init(
            price: variant.price, options: variant.options, sku: variant.sku,
            grams: variant.grams)
        id = variant.id
        compareAt = variant.compareAt
        barcode = variant.barcode
        requiresShipping = variant.requiresShipping
        taxable = variant.taxable
        taxCode = variant.taxCode
    }
}
