/// What a row's saying whether its product is for sale means to the listing as it is.
enum SaleTurn: Hashable, Sendable {
    /// It is new, or stays in the state that it is in.
    case none(Listing.State)
    case publishes, takesOff
    /// The shop put it away by hand; an old file does not bring it back.
    case staysArchived
    /// The shop may publish nothing.
    case staysDraft

    /// - Parameters:
    ///   - present: nil for a product that the shop does not have.
    ///   - isMeantForSale: nil when the row does not say.
    init(of present: Listing.State?, isMeantForSale: Bool?, isRestricted: Bool) {
        self =
            switch (present, isMeantForSale) {
            case (nil, false): .none(.draft)
            case (nil, _): isRestricted ? .staysDraft : .none(.published)
            case (.draft, true): isRestricted ? .staysDraft : .publishes
            case (.published, false): .takesOff
            case (.archived, true): .staysArchived
            case (let present?, _): .none(present)
            }
    }

    /// What the listing is in afterwards.
    var state: Listing.State {
        switch self {
        case .none(let state): state
        case .publishes: .published
        case .takesOff, .staysDraft: .draft
        case .staysArchived: .archived
        }
    }
}
