import Vocabulary

/// Something of the market that has a page of its own, or is dealt with on the page of something
/// else: a refund on that of its order, a wallet on that of its seller.
public struct MarketObject: Sendable, Hashable {
    /// What the page is about.
    public enum Kind: String, CaseIterable, Sendable {
        case purchase, order, payment, seller, account, listing, payout
        case payoutPlan = "payout_plan"
        case payoutFile = "payout_file"
        case provider, invoice, category, attribute
        case bankReport = "bank_report"
    }

    public let kind: Kind
    /// A UUID.
    public let id: String
    /// What people call it: a number, a name or a title; a payout's and a plan's is the end of its
    /// id.
    public let name: String
}

extension Marketplace {
    /// What ids, numbers and providers' references stand for, as far as there is a page for it.
    /// - Parameter names: ids of anything, numbers of purchases and orders, references of disputes.
    public func objects(called names: Set<String>) async throws -> [String: MarketObject] {
        try await database.marketObjects.list(names)
    }
}

extension LedgerCheck {
    /// The ids, numbers and references in a culprit, first to last: whatever is as long as the
    /// number of a purchase, and has a digit or is in capitals, as one in twelve such numbers is.
    public static func names(in culprit: String) -> [String] {
        let words: [Substring] = culprit.split {
            !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
        }
        return words.filter { word in
            word.count >= 8
                && (word.contains(where: \.isNumber) || word.allSatisfy(\.isUppercase))
        }.map { String($0) }
    }
}
