import Postgres
import Vocabulary

extension Marketplace {
    /// Reviews a thing that was delivered, once per order line. The listing's average moves in
    /// the same transaction.
    /// - Parameter photos: files of pictures, shown once a worker has made photos of them.
    /// - Throws: ``ReviewRefusal``; `unknown` when `customer` did not buy it. ``MediaRefusal`` for
    ///   what is no picture.
    @discardableResult
    public func review(
        _ line: ID<OrderLine>, _ draft: ReviewDraft, photos: [[UInt8]] = [],
        by customer: ID<Account>
    ) async throws -> Review {
        let draft = try draft.checked()
        guard photos.count <= Review.photosMax else { throw ReviewRefusal.tooManyPhotos }
        let id = ID<Review>()
        let hashes = try await keep(photos, with: line, of: customer)
        return try await refusing("review_order_line_key", as: ReviewRefusal.twice) {
            try await database.transaction { tx in
                // Nothing is written of somebody who was erased meanwhile.
                guard try await tx.accounts.holdOpen(customer) else { throw ReviewRefusal.unknown }
                guard let bought = try await tx.reviews.findLine(line, of: customer),
                    let listing = bought.listing
                else { throw ReviewRefusal.unknown }
                guard bought.isDelivered else { throw ReviewRefusal.notDelivered }
                let review = Review(
                    id: id, listing: listing, listingTitle: "",
                    author: try await shownName(of: customer, in: tx), stars: draft.stars,
                    body: draft.body ?? "", photos: [], reply: nil, repliedAt: nil, isHidden: false,
                    createdAt: .systemNow)
                try await tx.reviews.insert(
                    review, line: line, seller: bought.seller, account: customer)
                try await tx.reviews.addToListing(listing, stars: draft.stars, count: 1)
                // After the listing, as workers lock the two.
                guard try await tx.media.attach(hashes) else { throw MediaRefusal.lost }
                try await tx.reviewPhotos.insert(hashes, to: id)
                guard let written = try await tx.reviews.find(id) else {
                    throw ReviewRefusal.unknown
                }
                return written
            }
        }
    }

    /// Stores photos for a line that may be reviewed now: nobody fills the disk for another. Those
    /// of a review that is refused after all are forgotten in a day.
    private func keep(
        _ photos: [[UInt8]], with line: ID<OrderLine>, of customer: ID<Account>
    ) async throws -> [ContentHash] {
        guard !photos.isEmpty else { return [] }
        guard let bought = try await database.reviews.findLine(line, of: customer) else {
            throw ReviewRefusal.unknown
        }
        guard bought.isDelivered else { throw ReviewRefusal.notDelivered }
        guard try await !database.reviews.listDone(in: [bought.order]).lines.contains(line) else {
            throw ReviewRefusal.twice
        }
        // None is stored when one of them is no picture.
        for photo in photos { _ = try pictureHeader(photo) }
        var hashes: [ContentHash] = []
        for photo in photos {
            let hash = try await storePicture(photo, for: .customer(customer)).hash
            if !hashes.contains(hash) { hashes.append(hash) }
        }
        return hashes
    }

    /// Rates the seller of a delivered order, once per order. The seller's average moves in the
    /// same transaction.
    /// - Throws: ``ReviewRefusal``; `unknown` when `customer` did not buy it.
    @discardableResult
    public func rateSeller(
        for order: ID<Order>, _ draft: ReviewDraft, by customer: ID<Account>
    ) async throws -> SellerRating {
        let draft = try draft.checked()
        let id = ID<SellerRating>()
        return try await refusing("seller_rating_order_key", as: ReviewRefusal.twice) {
            try await database.transaction { tx in
                guard let bought = try await tx.reviews.findOrder(order, of: customer) else {
                    throw ReviewRefusal.unknown
                }
                guard bought.isDelivered else { throw ReviewRefusal.notDelivered }
                let rating = SellerRating(
                    id: id, author: try await shownName(of: customer, in: tx),
                    stars: draft.stars, body: draft.body ?? "", isHidden: false,
                    createdAt: .systemNow)
                try await tx.reviews.insert(
                    rating, order: order, seller: bought.seller, account: customer)
                try await tx.reviews.addToSeller(bought.seller, stars: draft.stars, count: 1)
                return rating
            }
        }
    }

    /// Of a name, what strangers may read: the first word and the initial of the last.
    private func shownName(of account: ID<Account>, in tx: Transaction) async throws -> String {
        let words = (try await tx.accounts.find(account)?.name ?? "").split(separator: " ")
        guard let first = words.first else { return "A customer" }
        guard words.count > 1, let last = words.last?.first else { return String(first) }
        return "\(first) \(last)."
    }
}
