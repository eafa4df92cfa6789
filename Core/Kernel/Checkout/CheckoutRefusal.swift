import Vocabulary

/// Why a checkout was refused. Lines are counted from 0, as they came.
public enum CheckoutRefusal: Refusal, Hashable {
    case cartEmpty, tooManyLines
    case quantityOutOfRange(line: Int)
    case notForSale(line: Int)
    case soldOut(line: Int, title: String)
    case onlyLeft(line: Int, title: String, count: Int)
    case sellerAway(line: Int, title: String)
    case mixedCurrency(line: Int)
    case walletMissing(line: Int, title: String)
    case tooExpensive
    case emailInvalid
    case missing, expired, alreadyPlaced, changedMeanwhile
    case parcelUnknown, optionUnknown
    case notDeliverable(parcel: Int, seller: String)
    case shippingUnavailable, taxUnavailable

    public var code: String {
        switch self {
        case .cartEmpty: "checkout.cart-empty"
        case .tooManyLines: "checkout.too-many-lines"
        case .quantityOutOfRange: "checkout.quantity-out-of-range"
        case .notForSale: "checkout.not-for-sale"
        case .soldOut: "checkout.sold-out"
        case .onlyLeft: "checkout.only-left"
        case .sellerAway: "checkout.seller-away"
        case .mixedCurrency: "checkout.mixed-currency"
        case .walletMissing: "checkout.wallet-missing"
        case .tooExpensive: "checkout.too-expensive"
        case .emailInvalid: "checkout.email-invalid"
        case .missing: "checkout.missing"
        case .expired: "checkout.expired"
        case .alreadyPlaced: "checkout.already-placed"
        case .changedMeanwhile: "checkout.changed-meanwhile"
        case .parcelUnknown: "checkout.parcel-unknown"
        case .optionUnknown: "checkout.option-unknown"
        case .notDeliverable: "checkout.not-deliverable"
        case .shippingUnavailable: "checkout.shipping-unavailable"
        case .taxUnavailable: "checkout.tax-unavailable"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .cartEmpty, .tooManyLines, .quantityOutOfRange, .mixedCurrency, .tooExpensive,
            .emailInvalid, .optionUnknown:
            .invalid
        case .notForSale, .soldOut, .onlyLeft, .sellerAway, .walletMissing, .expired,
            .alreadyPlaced, .changedMeanwhile, .notDeliverable:
            .conflict
        case .missing, .parcelUnknown: .missing
        case .shippingUnavailable, .taxUnavailable: .unavailable
        }
    }

    public var explanation: String {
        switch self {
        case .cartEmpty: "There is nothing in the cart."
        case .tooManyLines: "At most \(Checkout.linesMax) different things can be bought at once."
        case .quantityOutOfRange: "Choose a quantity from 1 to \(CheckoutItem.quantityMax)."
        case .notForSale: "This is no longer for sale. Remove it to go on."
        case .soldOut(_, let title): "“\(title)” is sold out. Remove it to go on."
        case .onlyLeft(_, let title, let count):
            count == 1
                ? "Only one of “\(title)” is left." : "Only \(count) of “\(title)” are left."
        case .sellerAway(_, let title):
            "The seller of “\(title)” is not selling at the moment. Remove it to go on."
        case .mixedCurrency: "One purchase has one currency. Buy things in other currencies apart."
        case .walletMissing(_, let title):
            "The seller of “\(title)” cannot be paid at the moment. Remove it to go on."
        case .tooExpensive: "This is more than can be bought at once."
        case .emailInvalid: "This is not an e-mail address that can be used."
        case .missing: "There is no such checkout."
        case .expired: "The time of this checkout is over. Start again from your cart."
        case .alreadyPlaced: "This has been ordered already."
        case .changedMeanwhile: "This checkout was just changed somewhere else. Look again."
        case .parcelUnknown: "This checkout has no such parcel."
        case .optionUnknown: "Choose one of the ways of shipping that are offered."
        case .notDeliverable(_, let seller): "\(seller) does not send to this address."
        case .shippingUnavailable:
            "Shipping prices cannot be had at the moment. Your things stay reserved; try again."
        case .taxUnavailable:
            "Taxes cannot be computed at the moment. Your things stay reserved; try again."
        }
    }

    public var field: String? {
        switch self {
        case .cartEmpty, .tooManyLines: "lines"
        case .quantityOutOfRange(let line): "lines.\(line).quantity"
        case .onlyLeft(let line, _, _): "lines.\(line).quantity"
        case .notForSale(let line), .soldOut(let line, _), .sellerAway(let line, _),
            .mixedCurrency(let line), .walletMissing(let line, _):
            "lines.\(line).variantId"
        case .emailInvalid: "email"
        case .optionUnknown: "option"
        case .notDeliverable(let parcel, _): "parcels.\(parcel)"
        default: nil
        }
    }
}
