import Foundation
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Photos of a review` {
    @Test func `are shown once they are made, without what the camera wrote`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let line = try await shop.delivered(thing)
            let photo = PhotoFiles.turned(try await PhotoFiles.noise("jpg", 60, 40))

            let review = try await shop.marketplace.review(
                line, ReviewDraft(stars: 5, body: "Lovely."),
                photos: [photo, MarketSide.picture, photo], by: shop.customer.id)
            #expect(review.photos.isEmpty)
            try await market.worker().drain()

            let shown = try #require(
                try await shop.marketplace.reviews(of: thing.listing).items.first)
            #expect(
                shown.photos.map(\.hash) == [photo, MarketSide.picture].map { ContentHash(of: $0) })
            #expect(shown.photos.map(\.width) == [40, 4])
            let first = try await shop.marketplace.picture(shown.photos[0].hash)
            let bytes = try await first.piece(at: 0)
            #expect(!String(decoding: bytes, as: UTF8.self).contains(PhotoFiles.place))
            // It takes nothing of the maker's room.
            let stored = try await market.database.query("select count(*) from seller_storage")
                .decode { c in try c.next(Int.self) }
            #expect(stored == [0])
        }
    }

    @Test func `are refused before anything of them is stored`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let order = try #require(try await shop.bought(thing).first)
            let line = order.lines[0].id
            func review(_ photos: [[UInt8]], by person: ID<Account>) async throws {
                try await shop.marketplace.review(
                    line, ReviewDraft(stars: 5), photos: photos, by: person)
            }
            let stranger = try await market.given.account("Mallory").id

            await #expect(throws: ReviewRefusal.notDelivered) {
                try await review([MarketSide.picture], by: shop.customer.id)
            }
            await #expect(throws: ReviewRefusal.unknown) {
                try await review([MarketSide.picture], by: stranger)
            }
            try await shop.marketplace.shipOrder(
                order.order.id, in: try ShippedParcel(carrier: "DHL"), as: thing.seller.member)
            _ = try await shop.marketplace.confirmDelivery(order.order.id, as: shop.buyer)
            await #expect(throws: ReviewRefusal.tooManyPhotos) {
                try await review(
                    (1...5).map { MarketSide.picture + [$0] }, by: shop.customer.id)
            }
            await #expect(throws: MediaRefusal.unsupported) {
                try await review(
                    [MarketSide.picture, Array("<svg onload='x'/>".utf8)], by: shop.customer.id)
            }
            let stored = try await market.database.query("select count(*) from media")
                .decode { c in try c.next(Int.self) }
            #expect(stored == [0])
            try await review([MarketSide.picture], by: shop.customer.id)
            await #expect(throws: ReviewRefusal.twice) {
                try await review([MarketSide.picture + [7]], by: shop.customer.id)
            }
        }
    }

    @Test func `go with the person, but not what others show as well`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let thing = try await shop.thing()
            let ada = try await shop.leaver()
            let line = try await shop.delivered(thing, to: ada.id)
            let (own, makers) = (
                try await PhotoFiles.noise("jpg", 90, 60), MarketSide.picture
            )
            try await kernel.addImage(
                makers, alt: "", to: thing.listing, as: thing.seller.member)
            try await kernel.review(
                line, ReviewDraft(stars: 4), photos: [own, makers], by: ada.id)
            try await market.worker().drain()
            func files() throws -> Int {
                let path = kernel.settings.mediaFolder + "/pictures"
                return
                    (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String }
                    ?? []).filter { $0.contains("/") }.count
            }
            #expect(try files() == 4)
            let data = try await kernel.personalData(of: ada.id)
            #expect(
                String(decoding: data.json, as: UTF8.self).contains("\(ContentHash(of: own))"))

            try await kernel.eraseAccount(ada.id, password: Shop.password)
            try await market.worker().drain()

            #expect(try files() == 2)
            await #expect(throws: MediaRefusal.unknown) {
                try await kernel.picture(ContentHash(of: own))
            }
            _ = try await kernel.picture(ContentHash(of: makers))
            #expect(try await kernel.reviews(of: thing.listing).items.map(\.photos) == [[]])
        }
    }
}
