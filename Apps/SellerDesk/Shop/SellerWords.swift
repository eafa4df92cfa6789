import Kernel

extension Seller {
    /// What an application still needs, in words.
    func missing(_ documents: [SellerDocument]) -> [String] {
        var missing: [String] = []
        if legalName == nil { missing.append("the legal name of who is behind the shop") }
        if origin == nil { missing.append("the address where parcels start") }
        if !documents.contains(where: { $0.state != .rejected }) {
            missing.append("at least one document that shows who you are")
        }
        return missing
    }
}

extension Seller.State {
    /// What it means for the seller.
    var words: String {
        switch self {
        case .applied: "Your application is not sent in yet. Nothing is for sale until it is."
        case .submitted: "Your application is being looked at. You can go on listing meanwhile."
        case .verified: "You are verified. What you publish is for sale."
        case .rejected: "Your application was sent back. Mend what is named and send it in again."
        case .suspended: "Your shop is suspended: nothing is for sale. Open orders go on."
        case .closed: "This shop is closed."
        }
    }

    /// For a small label.
    var label: String {
        switch self {
        case .applied: "Not sent in"
        case .submitted: "Being looked at"
        case .verified: "Verified"
        case .rejected: "Sent back"
        case .suspended: "Suspended"
        case .closed: "Closed"
        }
    }
}
