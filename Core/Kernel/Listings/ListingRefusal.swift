import Vocabulary

/// Why a wish about a listing was refused.
public enum ListingRefusal: Refusal, CaseIterable {
    case unknown, handleInvalid, handleTaken, skuTaken, wrongState, blocked, restricted
    case optionsMismatch, optionsTwice, tooManyOptions
    case noVariants, tooManyVariants, variantUnknown, priceInvalid, currencyMixed
    case categoryUnknown, walletUnknown, shippingProfileUnknown
    case imageUnknown, tooManyImages
    case quantityInvalid, stockReserved

    public var code: String {
        switch self {
        case .unknown: "listing.unknown"
        case .handleInvalid: "listing.handle-invalid"
        case .handleTaken: "listing.handle-taken"
        case .skuTaken: "listing.sku-taken"
        case .wrongState: "listing.wrong-state"
        case .blocked: "listing.blocked"
        case .restricted: "listing.restricted"
        case .optionsMismatch: "listing.options-mismatch"
        case .optionsTwice: "listing.options-twice"
        case .tooManyOptions: "listing.too-many-options"
        case .noVariants: "listing.no-variants"
        case .tooManyVariants: "listing.too-many-variants"
        case .variantUnknown: "listing.variant-unknown"
        case .priceInvalid: "listing.price-invalid"
        case .currencyMixed: "listing.currency-mixed"
        case .categoryUnknown: "listing.category-unknown"
        case .walletUnknown: "listing.wallet-unknown"
        case .shippingProfileUnknown: "listing.shipping-profile-unknown"
        case .imageUnknown: "listing.image-unknown"
        case .tooManyImages: "listing.too-many-images"
        case .quantityInvalid: "stock.quantity-invalid"
        case .stockReserved: "stock.reserved"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown, .variantUnknown, .imageUnknown: .missing
        case .handleTaken, .skuTaken, .wrongState, .blocked, .restricted, .noVariants,
            .tooManyImages,
            .stockReserved:
            .conflict
        case .handleInvalid, .optionsMismatch, .optionsTwice, .tooManyOptions, .tooManyVariants,
            .priceInvalid, .currencyMixed, .categoryUnknown, .walletUnknown,
            .shippingProfileUnknown, .quantityInvalid:
            .invalid
        }
    }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such listing."
        case .handleInvalid:
            "The address may have up to 120 small letters, digits and single hyphens."
        case .handleTaken: "Another listing of this shop has this address."
        case .skuTaken: "Another variant of this shop has this SKU."
        case .wrongState: "This is not possible in the listing's present state."
        case .restricted:
            "The shop owes money for refunds. Nothing new is published until sales have paid it."
        case .blocked: "This listing was taken down by the market. Write to support."
        case .optionsMismatch: "Each variant needs one value for each option."
        case .optionsTwice: "Two variants have the same options."
        case .tooManyOptions: "A listing has at most three options, each with its own name."
        case .noVariants: "A listing needs at least one variant."
        case .tooManyVariants: "A listing has at most \(Listing.variantsMax) variants."
        case .variantUnknown: "There is no such variant."
        case .priceInvalid:
            "The price has to be more than nothing and less than 10 million million."
        case .currencyMixed: "All prices of a listing are in one currency."
        case .categoryUnknown: "There is no such category."
        case .walletUnknown: "There is no such wallet."
        case .shippingProfileUnknown: "There is no such shipping profile."
        case .imageUnknown: "There is no such picture."
        case .tooManyImages: "A listing has at most \(Listing.imagesMax) pictures."
        case .quantityInvalid: "The stock is a number from 0 to 1,000,000."
        case .stockReserved: "Customers are paying for more of them than that right now."
        }
    }

    public var field: String? {
        switch self {
        case .handleInvalid, .handleTaken: "handle"
        case .skuTaken: "variants.sku"
        case .optionsMismatch, .optionsTwice: "variants.options"
        case .tooManyOptions: "optionNames"
        case .noVariants, .tooManyVariants: "variants"
        case .priceInvalid, .currencyMixed: "variants.price"
        case .categoryUnknown: "category"
        case .walletUnknown: "wallet"
        case .shippingProfileUnknown: "shippingProfile"
        case .quantityInvalid, .stockReserved: "onHand"
        default: nil
        }
    }
}
