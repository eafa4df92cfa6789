import Postgres
import Vocabulary

extension Marketplace {
    /// Adds a picture after those that are there.
    /// - Throws: ``MediaRefusal`` for bytes that are no picture, ``ListingRefusal/tooManyImages``.
    @discardableResult
    public func addImage(
        _ bytes: [UInt8], alt: String, to listing: ID<Listing>, as member: SellerMember
    ) async throws -> ListingImage {
        try member.require(.editListings)
        let alt = try InputText.line(alt, field: "alt", lengths: 0...200)
        // Before the bytes are stored, so that nobody fills the disk for a foreign listing.
        guard try await database.listings.find(listing, of: member.seller) != nil else {
            throw ListingRefusal.unknown
        }
        guard try await database.images.list(of: listing).count < Listing.imagesMax else {
            throw ListingRefusal.tooManyImages
        }
        let picture = try await storePicture(bytes, of: member.seller)
        let id = ID<ListingImage>()
        try await changeImages(of: listing, as: member) { images, tx in
            guard images.count < Listing.imagesMax else { throw ListingRefusal.tooManyImages }
            try await tx.images.save([
                ImageRow(
                    id: id, listing: listing, position: images.count + 1,
                    hash: picture.hash.description, alt: alt)
            ])
            try await tx.images.arrange(images.map(\.id) + [id], of: listing)
        }
        guard
            let image = try await database.images.list(of: listing).first(where: { $0.id == id })
        else { throw ListingRefusal.imageUnknown }
        return image
    }

    /// Takes a picture off the listing; its bytes stay for old orders.
    public func removeImage(
        _ id: ID<ListingImage>, from listing: ID<Listing>, as member: SellerMember
    ) async throws {
        try member.require(.editListings)
        try await changeImages(of: listing, as: member) { images, tx in
            guard images.contains(where: { $0.id == id }) else {
                throw ListingRefusal.imageUnknown
            }
            try await tx.images.delete([id])
        }
    }

    /// Says anew what a picture shows, for those who do not see it.
    /// - Throws: ``ListingRefusal/imageUnknown`` for a picture of another listing.
    public func describeImage(
        _ id: ID<ListingImage>, of listing: ID<Listing>, as alt: String, by member: SellerMember
    ) async throws {
        try member.require(.editListings)
        let alt = try InputText.line(alt, field: "alt", lengths: 0...200)
        try await database.transaction { tx in
            guard let locked = try await tx.listings.lock(listing, of: member.seller) else {
                throw ListingRefusal.unknown
            }
            guard locked.state != .blocked else { throw ListingRefusal.blocked }
            guard
                let image = try await tx.images.list(of: listing).first(where: { $0.id == id })
            else { throw ListingRefusal.imageUnknown }
            try await tx.images.saveAlt(id, alt)
            try await tx.listings.refresh([listing])
            try await tx.audit.record(
                "listing.pictures-changed", on: "listing", listing.description,
                by: member.account, as: .seller, for: member.seller,
                before: ["alt": image.alt], after: ["alt": alt])
        }
    }

    /// Puts the pictures into the order of `ids`, which has to name each once.
    public func arrangeImages(
        _ ids: [ID<ListingImage>], of listing: ID<Listing>, as member: SellerMember
    ) async throws {
        try member.require(.editListings)
        try await changeImages(of: listing, as: member) { images, tx in
            guard ids.count == images.count, Set(ids) == Set(images.map(\.id)) else {
                throw ListingRefusal.imageUnknown
            }
            try await tx.images.arrange(ids, of: listing)
        }
    }

    /// Says which picture shows which variant; nil for none of its own.
    /// - Throws: ``ListingRefusal/variantUnknown`` when one of the variants or pictures is not of
    ///   this listing, or a variant is named twice; nothing is changed then.
    public func setPictures(
        _ choices: [(variant: ID<Variant>, image: ID<ListingImage>?)], of listing: ID<Listing>,
        as member: SellerMember
    ) async throws {
        try member.require(.editListings)
        guard choices.count <= Listing.variantsMax else { throw ListingRefusal.tooManyVariants }
        try await changeImages(of: listing, as: member) { _, tx in
            guard try await tx.variants.savePictures(choices, of: listing) == choices.count
            else { throw ListingRefusal.variantUnknown }
        }
    }

    private func changeImages(
        of listing: ID<Listing>, as member: SellerMember,
        _ change: ([ListingImage], Transaction) async throws -> Void
    ) async throws {
        try await database.transaction { tx in
            guard let locked = try await tx.listings.lock(listing, of: member.seller) else {
                throw ListingRefusal.unknown
            }
            guard locked.state != .blocked else { throw ListingRefusal.blocked }
            let before = try await tx.audit.before("listing", listing.description)
            try await change(try await tx.images.list(of: listing), tx)
            try await tx.images.holdPhotos(of: [listing])
            try await tx.listings.refresh([listing])
            try await tx.audit.record(
                "listing.pictures-changed", on: "listing", listing.description, by: member,
                before: before)
        }
    }
}
