import Vocabulary

/// Why a commission rule was refused.
public enum CommissionRefusal: Refusal, Hashable {
    case rateOutOfRange, fixedNegative, fixedTooLarge, floorAboveCap, currencyTwice, bandInvalid
    case sellerUnknown, categoryUnknown, listingUnknown, ruleUnknown, countryUnknown
    case notDraft, inThePast, endsBeforeItBegins
    /// Neither would be closer to some sale; the other's name.
    case overlaps(String)

    public var code: String {
        switch self {
        case .rateOutOfRange: "commission.rate-out-of-range"
        case .fixedNegative: "commission.fixed-negative"
        case .fixedTooLarge: "commission.fixed-too-large"
        case .floorAboveCap: "commission.floor-above-cap"
        case .currencyTwice: "commission.currency-twice"
        case .bandInvalid: "commission.band-invalid"
        case .sellerUnknown: "commission.seller-unknown"
        case .categoryUnknown: "commission.category-unknown"
        case .listingUnknown: "commission.listing-unknown"
        case .ruleUnknown: "commission.rule-unknown"
        case .countryUnknown: "commission.country-unknown"
        case .notDraft: "commission.not-draft"
        case .inThePast: "commission.in-the-past"
        case .endsBeforeItBegins: "commission.ends-before-it-begins"
        case .overlaps: "commission.overlaps"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .ruleUnknown: .missing
        case .notDraft, .overlaps: .conflict
        default: .invalid
        }
    }

    public var explanation: String {
        switch self {
        case .rateOutOfRange: "The rate is between 0 and 100 %."
        case .fixedNegative: "What is taken of each piece, at least and at most is not below zero."
        case .fixedTooLarge: "This amount is too large."
        case .floorAboveCap: "What is taken at least is not more than what is taken at most."
        case .currencyTwice: "Each currency is named once."
        case .bandInvalid: "A band of prices begins at zero or more and ends above its beginning."
        case .sellerUnknown: "There is no such seller."
        case .categoryUnknown: "There is no such category."
        case .listingUnknown: "There is no such listing."
        case .ruleUnknown: "There is no such rule, or it has ended."
        case .countryUnknown: "A country is two capital letters, such as DE."
        case .notDraft: "This rule was published already. End it and publish another one."
        case .inThePast: "A rule holds from now on or later: what was sold stays as it was."
        case .endsBeforeItBegins: "The rule would end before it begins."
        case .overlaps(let other):
            "\(other) is for the same sales at the same time, so neither would be closer. "
                + "End it first, or let this one replace it."
        }
    }

    public var field: String? {
        switch self {
        case .rateOutOfRange: "rate"
        case .fixedNegative, .fixedTooLarge, .floorAboveCap, .currencyTwice: "amounts"
        case .bandInvalid: "bandFrom"
        case .sellerUnknown: "seller"
        case .categoryUnknown: "category"
        case .listingUnknown: "listing"
        case .countryUnknown: "country"
        case .inThePast: "effectiveFrom"
        case .endsBeforeItBegins: "effectiveUntil"
        case .ruleUnknown, .notDraft, .overlaps: nil
        }
    }
}
