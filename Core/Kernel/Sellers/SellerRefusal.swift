import Vocabulary

/// Why a seller's wish, or a wish about a seller, was refused.
public enum SellerRefusal: Refusal, CaseIterable {
    case unknown, slugInvalid, slugTaken, countryUnknown, wrongState, notAllowed
    case documentsMissing, legalNameMissing, originMissing
    case ordersOpen, balanceOpen, notOpen
    case memberUnknown, memberAlready, lastOwner, accountUnknown
    case tooManyDocuments, documentUnknown

    public var code: String {
        switch self {
        case .unknown: "seller.unknown"
        case .slugInvalid: "seller.slug-invalid"
        case .slugTaken: "seller.slug-taken"
        case .countryUnknown: "seller.country-unknown"
        case .wrongState: "seller.wrong-state"
        case .notAllowed: "seller.not-allowed"
        case .documentsMissing: "seller.documents-missing"
        case .legalNameMissing: "seller.legal-name-missing"
        case .originMissing: "seller.origin-missing"
        case .ordersOpen: "seller.orders-open"
        case .balanceOpen: "seller.balance-open"
        case .notOpen: "seller.not-open"
        case .memberUnknown: "seller.member-unknown"
        case .memberAlready: "seller.member-already"
        case .lastOwner: "seller.last-owner"
        case .accountUnknown: "seller.account-unknown"
        case .tooManyDocuments: "seller.too-many-documents"
        case .documentUnknown: "seller.document-unknown"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown, .memberUnknown, .documentUnknown: .missing
        case .notAllowed: .forbidden
        case .slugInvalid, .countryUnknown, .accountUnknown: .invalid
        case .slugTaken, .wrongState, .documentsMissing, .legalNameMissing, .originMissing,
            .ordersOpen, .balanceOpen, .notOpen, .memberAlready, .lastOwner, .tooManyDocuments:
            .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such seller."
        case .slugInvalid:
            "The address of the shop may have 2 to 60 small letters, digits and single hyphens."
        case .slugTaken: "Another shop has this address."
        case .countryUnknown: "The country is a code of two capital letters, such as DE."
        case .wrongState: "This is not possible in the seller's present state."
        case .notAllowed: "Your role in this shop does not include this."
        case .documentsMissing: "Add at least one document before sending in the application."
        case .legalNameMissing: "Say who is behind the shop: the legal name is missing."
        case .originMissing: "Say where parcels start: the address is missing."
        case .ordersOpen: "There are orders that are not finished yet."
        case .balanceOpen: "There is money that is not paid out yet."
        case .notOpen: "This shop is not open."
        case .memberUnknown: "There is no such member."
        case .memberAlready: "This person belongs to the shop already."
        case .lastOwner: "Somebody has to stay owner."
        case .accountUnknown: "Nobody has an account with this e-mail address yet."
        case .tooManyDocuments: "A shop has at most 30 documents."
        case .documentUnknown: "There is no such document."
        }
    }

    public var field: String? {
        switch self {
        case .slugInvalid, .slugTaken: "slug"
        case .countryUnknown: "country"
        case .accountUnknown, .memberAlready: "email"
        case .legalNameMissing: "legalName"
        case .originMissing: "origin"
        default: nil
        }
    }
}
