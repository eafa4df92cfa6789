import Kernel
import Vocabulary

extension Marketplace {
    /// Publishes every draft of the shop that has something to sell.
    /// - Returns: how many were published.
    func publishDrafts(as member: SellerMember) async throws -> Int {
        var published = 0
        var after: String?
        repeat {
            let page = try await listings(
                in: .draft, as: member, PageRequest(after: after, limit: PageRequest.limitMax))
            for listing in page.items {
                do {
                    try await publishListing(listing.id, as: member)
                    published += 1
                } catch ListingRefusal.noVariants, ListingRefusal.wrongState {
                    continue
                }
            }
            after = page.next
        } while after != nil
        return published
    }
}
