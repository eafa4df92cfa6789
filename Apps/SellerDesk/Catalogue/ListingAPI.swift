import Kernel
import Vocabulary
import Web

/// What a shop offers, for programs.
struct ListingAPI {
    struct ListingPath: Described { let listing: ID<Listing> }
    struct ImagePath: Described {
        let listing: ID<Listing>
        let image: ID<ListingImage>
    }
    struct VariantPath: Described { let variant: ID<Variant> }

    struct ListingsQuery: Described {
        let state: ListingAnswer.State?
        /// A part of the title, or how a SKU begins.
        let text: String?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "text": [.length(1...80), .about("A part of the title, or how a SKU begins.")],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]
    }

    struct ListingBody: Described {
        let title: String
        let description: String?
        /// The last part of its address; made of the title when it is left out.
        let handle: String?
        let categoryId: ID<Kernel.Category>?
        let walletId: ID<Wallet>?
        /// How it is sent; left out, by the shop's default profile.
        let shippingProfileId: ID<ShippingProfile>?
        let productType: String?
        let tags: [String]?
        /// Up to three: `Size`, `Colour`.
        let optionNames: [String]?
        let variants: [VariantBody]
        /// What is said of it; left out, that stays as far as it is asked in the category.
        let attributes: [AttributeBody]?

        static let rules: [String: [Rule]] = [
            "title": [.length(1...200)], "description": [.length(0...20_000)],
            "handle": [.length(1...120), .pattern(.slug)], "productType": [.length(0...80)],
            "tags": [.count(0...50), .each([.length(1...60)])],
            "optionNames": [.count(0...3), .each([.length(1...40)])],
            "variants": [.count(1...100)], "attributes": [.count(0...200)],
        ]

        var draft: ListingDraft {
            var draft = ListingDraft(
                title: title, description: description, handle: handle, category: categoryId,
                productType: productType, tags: tags, optionNames: optionNames,
                variants: variants.map(\.draft))
            draft.wallet = walletId
            draft.shippingProfile = shippingProfileId
            draft.attributes = attributes?.map(\.said)
            return draft
        }
    }

    struct VariantBody: Described {
        /// The variant that this changes; without it, the one with the same options, or a new one.
        let id: ID<Variant>?
        let sku: String?
        /// One value per option name.
        let options: [String]?
        let price: Money
        let compareAt: Money?
        let grams: Int?
        let barcode: String?
        let requiresShipping: Bool?
        let taxable: Bool?
        let taxCode: String?
        /// How many there are; without it the stock stays as it is.
        let onHand: Int?

        static let rules: [String: [Rule]] = [
            "sku": [.length(1...80)], "options": [.count(0...3), .each([.length(1...80)])],
            "grams": [.range(0...1_000_000)], "barcode": [.length(1...80)],
            "taxCode": [.length(1...40)], "onHand": [.range(0...1_000_000)],
        ]

        var draft: VariantDraft {
            var draft = VariantDraft(
                price: price, options: options, sku: sku, onHand: onHand, grams: grams)
            draft.id = id
            draft.compareAt = compareAt
            draft.barcode = barcode
            draft.requiresShipping = requiresShipping
            draft.taxable = taxable
            draft.taxCode = taxCode
            return draft
        }
    }

    struct NewStock: Described {
        let onHand: Int
        static let rules: [String: [Rule]] = ["onHand": [.range(0...1_000_000)]]
    }

    struct ImageQuery: Described {
        /// What the picture shows, for those who cannot see it.
        let alt: String?
        static let rules: [String: [Rule]] = ["alt": [.length(0...200)]]
    }

    struct ImageOrder: Described {
        let images: [ID<ListingImage>]
        static let rules: [String: [Rule]] = ["images": [.count(0...20)]]
    }

    struct ImageText: Described {
        /// What the picture shows, for those who do not see it.
        let alt: String
        static let rules: [String: [Rule]] = ["alt": [.length(0...200)]]
    }

    static let pictureTypes = [
        "image/jpeg", "image/png", "image/webp", "image/gif", "image/heic",
    ]

    func mount(on api: API) {
        let tag = "Listings"
        api.get("/categories", "The tree that customers browse", tag: tag).openToScopes()
            .handle(as: SignedIn.self) { call, _ in
                Listed(
                    items: try await call.marketplace.categories().map { CategoryAnswer($0) },
                    next: nil)
            }
        AttributeAPI().mount(on: api, tag: tag)
        api.get("/listings", "Your listings, newest first", tag: tag)
            .query(ListingsQuery.self)
            .handle(as: Member.self, needing: [.readListings]) { call, member in
                let page = try await call.marketplace.listings(
                    in: call.query.state?.kernel, containing: call.query.text,
                    as: member.membership,
                    ListQuery(after: call.query.after, limit: call.query.limit).page())
                return Listed(page) { ListingSummaryAnswer($0) }
            }
        api.post("/listings", "Make a listing, as a draft", tag: tag)
            .body(ListingBody.self).refuses(.conflict).onlyOnce().succeeds(with: .created)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                ListingAnswer(
                    try await call.marketplace.createListing(
                        call.body.draft, as: member.membership))
            }
        api.get("/listings/{listing}", "One listing with everything on it", tag: tag)
            .path(ListingPath.self)
            .handle(as: Member.self, needing: [.readListings]) { call, member in
                try await answer(call.path.listing, call.marketplace, member)
            }
        api.put("/listings/{listing}", "Change a listing and its variants", tag: tag)
            .about("Variants that are left out are archived; their ids stay for old orders.")
            .path(ListingPath.self).body(ListingBody.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                ListingAnswer(
                    try await call.marketplace.editListing(
                        call.path.listing, call.body.draft, as: member.membership))
            }
        mountStates(on: api, tag: tag)
        mountImages(on: api, tag: tag)
        api.put("/variants/{variant}/stock", "Say how many there are", tag: tag)
            .path(VariantPath.self).body(NewStock.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.setStock(
                    of: call.path.variant, to: call.body.onHand, as: member.membership)
                return Nothing()
            }
    }

    private func mountStates(on api: API, tag: String) {
        api.put("/listings/{listing}/publication", "Put it up for sale", tag: tag)
            .about("It is for sale as soon as the shop is verified.")
            .path(ListingPath.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.publishListing(
                    call.path.listing, as: member.membership)
                return try await answer(call.path.listing, call.marketplace, member)
            }
        api.delete("/listings/{listing}/publication", "Take it back to a draft", tag: tag)
            .path(ListingPath.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.unpublishListing(
                    call.path.listing, as: member.membership)
                return Nothing()
            }
        api.delete("/listings/{listing}", "Archive it", tag: tag)
            .path(ListingPath.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.archiveListing(
                    call.path.listing, as: member.membership)
                return Nothing()
            }
    }

    private func mountImages(on api: API, tag: String) {
        api.post("/listings/{listing}/images", "Add a picture", tag: tag)
            .about(
                "JPEG, PNG, WebP, HEIC or GIF, at most 20 MB; what it is is read from its bytes. "
                    + "A worker makes the photo of it that is shown: `state` says how far it is."
            )
            .path(ListingPath.self).query(ImageQuery.self)
            .upload(Self.pictureTypes, upTo: 20_971_520).refuses(.conflict, .invalid)
            .succeeds(with: .created)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                ImageAnswer(
                    try await call.marketplace.addImage(
                        call.body.bytes, alt: call.query.alt ?? "", to: call.path.listing,
                        as: member.membership))
            }
        api.put("/listings/{listing}/images", "Put the pictures in order", tag: tag)
            .path(ListingPath.self).body(ImageOrder.self)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.arrangeImages(
                    call.body.images, of: call.path.listing, as: member.membership)
                return try await answer(call.path.listing, call.marketplace, member)
            }
        api.put("/listings/{listing}/images/{image}", "Say what a picture shows", tag: tag)
            .path(ImagePath.self).body(ImageText.self)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.describeImage(
                    call.path.image, of: call.path.listing, as: call.body.alt,
                    by: member.membership)
                return try await answer(call.path.listing, call.marketplace, member)
            }
        api.delete("/listings/{listing}/images/{image}", "Take a picture off", tag: tag)
            .path(ImagePath.self)
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.removeImage(
                    call.path.image, from: call.path.listing, as: member.membership)
                return Nothing()
            }
    }

    @Sendable private func answer(
        _ id: ID<Listing>, _ marketplace: Marketplace, _ member: Member
    ) async throws -> ListingAnswer {
        ListingAnswer(try await marketplace.listing(id, as: member.membership))
    }
}
