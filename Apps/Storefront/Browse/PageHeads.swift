import Kernel
import Vocabulary
import Web

// What the shop's pages say to search engines, in the words of https://schema.org.

extension PageHead {
    static func home(_ picture: ContentHash?) -> PageHead {
        PageHead(
            localized(
                """
                Pottery, wood, wool, paper, silver and wax, made by hand by people you can name. \
                Take things from several makers and pay once.
                """),
            canonical: Links.home, picture: picture.map { Links.picture($0) })
    }

    static func category(
        _ branch: Kernel.Category, above: [Kernel.Category], _ cards: [ListingCard]
    ) -> PageHead {
        let makers = Set(cards.map(\.sellerName)).sorted().prefix(3).joined(separator: ", ")
        return PageHead(
            makers.isEmpty
                ? localized("\(branch.localizedName), made by hand.")
                : localized("\(branch.localizedName), made by hand by \(makers) and others."),
            canonical: Links.category(branch.slug),
            picture: cards.first?.imageHash.map { Links.picture($0) },
            structured: [
                trail(
                    [(name: localized("Home"), path: Links.home)]
                        + (above + [branch]).map {
                            (name: $0.localizedName, path: Links.category($0.slug))
                        })
            ])
    }

    static func maker(_ seller: Seller) -> PageHead {
        PageHead(
            seller.about.isEmpty ? localized("What \(seller.name) makes by hand.") : seller.about,
            canonical: Links.seller(seller.slug), kind: "profile",
            structured: [
                maker(rated: seller),
                trail([
                    (name: localized("Home"), path: Links.home),
                    (name: seller.name, path: Links.seller(seller.slug)),
                ]),
            ])
    }

    private static func maker(rated seller: Seller) -> JSONValue {
        var maker: [String: JSONValue] = [
            "@context": "https://schema.org", "@type": "Organization",
            "name": .string(seller.name), "url": link(Links.seller(seller.slug)),
        ]
        if let tenths = seller.rating.tenths {
            maker["aggregateRating"] = .object([
                "@type": "AggregateRating",
                "ratingValue": .string("\(tenths / 10).\(tenths % 10)"),
                "ratingCount": .integer(Int64(seller.rating.count)),
            ])
        }
        return .object(maker)
    }

    /// - Parameter reviews: the newest, of which some are shown with it in lists of results.
    static func listing(
        _ listing: PublicListing, _ crumbs: [Kernel.Category], _ attributes: [Attribute],
        _ reviews: [ReviewCard]
    ) -> PageHead {
        let path = Links.listing(listing.id)
        return PageHead(
            listing.description.isEmpty
                ? localized("\(listing.title), made by \(listing.seller.name).")
                : listing.description,
            canonical: path,
            picture: listing.images.lazy.compactMap(\.hash).first.map { Links.picture($0) },
            kind: "product",
            structured: [
                product(listing, path, attributes, reviews),
                trail(
                    [(name: localized("Home"), path: Links.home)]
                        + crumbs.map { (name: $0.localizedName, path: Links.category($0.slug)) }
                        + [(name: listing.title, path: path)]),
            ])
    }

    private static func product(
        _ listing: PublicListing, _ path: String, _ attributes: [Attribute],
        _ reviews: [ReviewCard]
    ) -> JSONValue {
        var product: [String: JSONValue] = [
            "@context": "https://schema.org", "@type": "Product", "name": .string(listing.title),
            "description": .string(cut(listing.description)), "url": link(path),
            "brand": .object(["@type": "Brand", "name": .string(listing.seller.name)]),
            "offers": .array(listing.variants.map { offer($0, listing, path) }),
        ]
        let pictures = listing.images.compactMap(\.hash).map { link(Links.picture($0)) }
        if !pictures.isEmpty { product["image"] = .array(pictures) }
        if !listing.attributes.isEmpty {
            product["additionalProperty"] = .array(
                listing.attributes.map { property($0, attributes) })
        }
        if let average = listing.rating.average {
            product["aggregateRating"] = .object([
                "@type": "AggregateRating", "ratingValue": .number(average),
                "reviewCount": .integer(Int64(listing.rating.count)),
            ])
        }
        if !reviews.isEmpty {
            product["review"] = .array(reviews.prefix(reviewsMax).map { review($0) })
        }
        return .object(product)
    }

    private static let reviewsMax = 3

    private static func review(_ said: ReviewCard) -> JSONValue {
        var review: [String: JSONValue] = [
            "@type": "Review",
            "author": .object(["@type": "Person", "name": .string(said.author)]),
            "datePublished": .string(said.day),
            "reviewRating": .object([
                "@type": "Rating", "ratingValue": .integer(Int64(said.given)),
                "bestRating": .integer(5),
            ]),
        ]
        if !said.words.isEmpty { review["reviewBody"] = .string(cut(said.words)) }
        return .object(review)
    }

    private static func property(
        _ said: PublicListing.ShownAttribute, _ attributes: [Attribute]
    ) -> JSONValue {
        var property: [String: JSONValue] = [
            "@type": "PropertyValue", "name": .string(said.localizedName(attributes)),
            "value": said.number.map { .integer(Int64($0)) }
                ?? .string(said.localizedValue(attributes)),
        ]
        if let unit = said.unit { property["unitText"] = .string(unit) }
        return .object(property)
    }

    private static func offer(
        _ choice: PublicListing.Choice, _ listing: PublicListing, _ path: String
    ) -> JSONValue {
        var offer: [String: JSONValue] = [
            "@type": "Offer", "url": link(path), "price": .string(choice.price.decimalText),
            "priceCurrency": .string(choice.price.currency.code),
            "availability": .string(
                "https://schema.org/" + (choice.available > 0 ? "InStock" : "OutOfStock")),
            "seller": .object([
                "@type": "Organization", "name": .string(listing.seller.name),
                "url": link(Links.seller(listing.seller.slug)),
            ]),
        ]
        if !choice.options.isEmpty {
            offer["name"] = .string(choice.options.joined(separator: ", "))
        }
        if let sku = choice.sku, !sku.isEmpty { offer["sku"] = .string(sku) }
        return .object(offer)
    }
}
