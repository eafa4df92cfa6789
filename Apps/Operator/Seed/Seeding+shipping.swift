import Kernel
import Vocabulary

extension Seeding {
    /// The shop's own shipping profiles, and what goes by which.
    func send(
        _ member: SellerMember, _ shop: DemoMarket.Shop, isFirst: Bool
    ) async throws {
        let known = try await marketplace.shippingProfiles(as: member).items
        guard let wanted = shop.shipping, known.isEmpty || isFirst else { return }
        for profile in wanted {
            var made = known.first { $0.name == profile.name }?.id
            if made == nil {
                made = try await marketplace.createShippingProfile(profile.draft, as: member).id
            }
            for handle in profile.things ?? [] {
                let id = try await marketplace.listingID(handle: handle, shop: shop.slug)
                var draft = ListingDraft(try await marketplace.listing(id, as: member))
                draft.shippingProfile = made
                try await marketplace.editListing(id, draft, as: member)
            }
        }
        say("  \(shop.name): \(wanted.count) shipping profiles")
    }
}
