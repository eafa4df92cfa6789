import Kernel
import Vocabulary

extension Seeding {
    /// The shop's own shipping profiles, and what goes by which.
    func send(_ member: SellerMember, _ shop: DemoMarket.Shop) async throws {
        guard let wanted = shop.shipping,
            try await marketplace.shippingProfiles(as: member).items.isEmpty
        else { return }
        for profile in wanted {
            let made = try await marketplace.createShippingProfile(profile.draft, as: member)
            for handle in profile.things ?? [] {
                let id = try await marketplace.listingID(handle: handle, shop: shop.slug)
                var draft = ListingDraft(try await marketplace.listing(id, as: member))
                draft.shippingProfile = made.id
                try await marketplace.editListing(id, draft, as: member)
            }
        }
        say("  \(shop.name): \(wanted.count) shipping profiles")
    }
}
