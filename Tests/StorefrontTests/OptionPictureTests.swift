import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Pictures of a thing with several options` {
    @Test func `stand at the values that share one, and the chosen one's first`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            func choice(_ options: [String]) -> VariantDraft {
                VariantDraft(price: Money(2000, .eur), options: options, onHand: 5, grams: 900)
            }
            let made = try await shop.marketplace.createListing(
                ListingDraft(
                    title: "Jug", optionNames: ["Size", "Colour"],
                    variants: [
                        choice(["Small", "Red"]), choice(["Small", "Blue"]),
                        choice(["Large", "Red"]), choice(["Large", "Blue"]),
                    ]), as: maker.member)
            let jug = made.listing.id
            try await shop.marketplace.publishListing(jug, as: maker.member)
            let bytes = [MarketSide.picture, MarketSide.picture + [0]]
            var images: [ID<ListingImage>] = []
            for picture in bytes {
                images.append(
                    try await shop.marketplace.addImage(
                        picture, alt: "", to: jug, as: maker.member
                    ).id)
            }
            try await shop.market.worker().drain()
            try await shop.marketplace.setPictures(
                made.variants.map { variant in
                    (variant: variant.id, image: images[variant.options[1] == "Red" ? 0 : 1])
                }, of: jug, as: maker.member)
            let hashes = bytes.map { "\(ContentHash(of: $0))" }
            let browser = Browser(shop.app)

            let plain = try await browser.get("/listings/\(jug)").text
            let blue = try await browser.get("/listings/\(jug)?variant=\(made.variants[3].id)").text

            func group(_ name: String) -> String {
                plain.components(separatedBy: "role=\"group\" aria-label=\"\(name)\"").last?
                    .components(separatedBy: "</div>").first ?? ""
            }
            #expect(!group("Size").contains("<img"), "both sizes have both pictures")
            #expect(group("Colour").contains(hashes[0]) && group("Colour").contains(hashes[1]))
            func first(_ page: String) -> String? {
                page.firstMatch(of: /<a id="picture-\d" href="\/media\/([0-9a-f]+)/).map {
                    String($0.1)
                }
            }
            #expect(first(plain).map { hashes[0].hasPrefix($0) } == true)
            #expect(first(blue).map { hashes[1].hasPrefix($0) } == true)
        }
    }
}
