import Kernel
import Web

extension Seller {
    /// What an application still needs, in words.
    func missing(_ documents: [SellerDocument]) -> [String] {
        var missing: [String] = []
        if legalName == nil {
            missing.append(localized("the legal name of who is behind the shop"))
        }
        if origin == nil { missing.append(localized("the address where parcels start")) }
        if !documents.contains(where: { $0.state != .rejected }) {
            missing.append(localized("at least one document that shows who you are"))
        }
        return missing
    }
}

extension Seller.State {
    /// What it means for the seller.
    var words: String {
        switch self {
        case .applied:
            localized("Your application is not sent in yet. Nothing is for sale until it is.")
        case .submitted:
            localized("Your application is being looked at. You can go on listing meanwhile.")
        case .verified: localized("You are verified. What you publish is for sale.")
        case .rejected:
            localized("Your application was sent back. Mend what is named and send it in again.")
        case .suspended:
            localized("Your shop is suspended: nothing is for sale. Open orders go on.")
        case .closed: localized("This shop is closed.")
        }
    }

    /// For a small label.
    var label: String {
        switch self {
        case .applied: localized("Not sent in")
        case .submitted: localized("Being looked at")
        case .verified: localized("Verified")
        case .rejected: localized("Sent back")
        case .suspended: localized("Suspended")
        case .closed: localized("Closed")
        }
    }
}
