import Kernel
import Web

/// What is left on the way from a name to the first sale: `opening.mustache`.
struct OpeningSteps {
    struct Step {
        let words: String
        /// Where it is done; nil for what is ours to do.
        let link: String?
        let isDone: Bool
    }

    let steps: [Step]
    let progress: String
    let done: Int
    let all: Int
    /// The first thing to do now, which stands out.
    let next: Step?

    /// What a shop has so far.
    struct Facts {
        var seller: Seller
        var hasDocument: Bool
        var hasAccount: Bool
        var hasProfile: Bool
        var hasListing: Bool
    }

    /// Nil when there is nothing left to do, or the shop cannot go on by itself.
    init?(_ facts: Facts) {
        let seller = facts.seller
        guard ![.suspended, .closed].contains(seller.state) else { return nil }
        let isSent = [.submitted, .verified].contains(seller.state)
        let steps = [
            Step(
                words: localized("Say who is behind the shop"), link: Links.shop,
                isDone: seller.legalName != nil),
            Step(
                words: localized("Say where your parcels start"), link: Links.shop,
                isDone: seller.origin != nil),
            Step(
                words: localized("Add a document that shows who you are"), link: Links.documents,
                isDone: facts.hasDocument || isSent),
            Step(
                words: localized("Send in the application"), link: Links.documents,
                isDone: isSent),
            Step(
                words: localized("We look at it, and verify the shop"), link: nil,
                isDone: seller.state == .verified),
            Step(
                words: localized("Name the bank account that you are paid to"),
                link: Links.wallets, isDone: facts.hasAccount),
            Step(
                words: localized("Say what shipping costs, in a shipping profile"),
                link: Links.shipping, isDone: facts.hasProfile),
            Step(
                words: localized("Publish your first listing"), link: Links.newListing,
                isDone: facts.hasListing),
        ]
        done = steps.filter(\.isDone).count
        all = steps.count
        // Without a profile of its own, the market's rates hold: nobody is kept at it.
        let canSell = seller.state == .verified && facts.hasAccount && facts.hasListing
        guard done < all, !canSell else { return nil }
        self.steps = steps
        next = steps.first { !$0.isDone && $0.link != nil }
        progress = localized("\(done) of \(all) steps are done.")
    }
}

extension OpeningSteps {
    /// For whoever may do all of it; nil for everybody else.
    static func find(
        _ seller: Seller, _ documents: [SellerDocument]?, _ marketplace: Marketplace,
        _ member: Member
    ) async throws -> OpeningSteps? {
        guard member.membership.may(.editProfile) else { return nil }
        let papers: [SellerDocument]
        if let documents {
            papers = documents
        } else {
            papers = try await marketplace.documents(of: seller.id)
        }
        let one = PageRequest(limit: 1)
        let who = member.membership
        return OpeningSteps(
            Facts(
                seller: seller, hasDocument: papers.contains { $0.state != .rejected },
                hasAccount: try await marketplace.wallets(as: who)
                    .contains(where: \.details.isComplete),
                hasProfile: try await !marketplace.shippingProfiles(as: who, one).items.isEmpty,
                hasListing: try await !marketplace.listings(in: .published, as: who, one)
                    .items.isEmpty))
    }
}
