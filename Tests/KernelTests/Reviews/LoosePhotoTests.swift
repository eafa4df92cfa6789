import Foundation
import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Photos that no review shows` {
    /// A studio with somebody who may review its thing.
    private func reviewing(
        _ settings: (inout KernelSettings) -> Void = { _ in },
        _ body: (Studio, Shop, GivenThing, Account) async throws -> Void
    ) async throws {
        try await Studio.run(settings) { studio in
            let shop = try await Shop(studio.market)
            let thing = try await shop.thing(by: studio.seller)
            try await body(studio, shop, thing, try await shop.leaver())
        }
    }

    @Test func `go in a day, with their files, when the review was refused after all`()
        async throws
    {
        try await reviewing { studio, shop, thing, ada in
            let line = try await shop.delivered(thing, to: ada.id)
            let kernel = studio.kernel
            // Each of them is allowed a review; one of them is the first.
            let photos = try await (1...4).asyncMap {
                try await PhotoFiles.noise("jpg", 60 + $0, 40)
            }
            let written = await withTaskGroup(of: [UInt8]?.self) { group in
                for photo in photos {
                    group.addTask {
                        let review = try? await kernel.review(
                            line, ReviewDraft(stars: 5), photos: [photo], by: ada.id)
                        return review == nil ? nil : photo
                    }
                }
                return await group.reduce(into: [[UInt8]]()) { $0 += $1.map { [$0] } ?? [] }
            }
            #expect(written.count == 1)
            // Whether the others came far enough is a matter of luck: these did.
            for photo in photos {
                _ = try await kernel.storePicture(photo, for: .customer(ada.id))
            }
            try await studio.work()
            #expect(try await studio.count("select count(*) from media") == 4)

            try await kernel.sweepPhotos()
            #expect(try await studio.count("select count(*) from media") == 4)
            try await studio.age()
            try await kernel.sweepPhotos()
            try await studio.work()

            #expect(try await studio.count("select count(*) from media") == 1)
            #expect(try studio.files("pictures").count == 2)
            #expect(try studio.files("originals").isEmpty)
            let shown = try await kernel.reviews(of: thing.listing).items.flatMap(\.photos)
            #expect(shown.map(\.hash) == written.map { ContentHash(of: $0) })
        }
    }

    @Test func `stay for another day when they are sent again, and for good when a shop does`()
        async throws
    {
        try await reviewing { studio, _, _, ada in
            let kernel = studio.kernel
            let (one, two) = (
                try await PhotoFiles.noise("jpg", 60, 40), try await PhotoFiles.noise("jpg", 61, 40)
            )
            for photo in [one, two] {
                _ = try await kernel.storePicture(photo, for: .customer(ada.id))
            }
            try await studio.work()
            try await studio.age()
            _ = try await kernel.storePicture(one, for: .customer(ada.id))
            _ = try await studio.add(two)

            try await kernel.sweepPhotos()
            #expect(try await studio.count("select count(*) from media") == 2)
            // The shop is charged for what is its own now.
            let taken = try await studio.copies(of: ContentHash(of: two))
            #expect(try await studio.stored() == taken.reduce(0) { $0 + $1.count })

            try await kernel.eraseAccount(ada.id, password: Shop.password)
            try await studio.work()
            _ = try await kernel.picture(ContentHash(of: two))
            await #expect(throws: MediaRefusal.unknown) {
                try await kernel.picture(ContentHash(of: one))
            }
        }
    }

    @Test func `go with the person`() async throws {
        try await reviewing { studio, _, _, ada in
            let kernel = studio.kernel
            _ = try await kernel.storePicture(MarketSide.picture, for: .customer(ada.id))
            try await kernel.eraseAccount(ada.id, password: Shop.password)
            try await studio.work()

            #expect(try await studio.count("select count(*) from media") == 0)
            #expect(try studio.files("originals").isEmpty)
            await #expect(throws: AccountRefusal.unknown) {
                try await kernel.storePicture(MarketSide.picture, for: .customer(ada.id))
            }
        }
    }

    @Test func `are counted for each customer, and leave room for the others`() async throws {
        try await reviewing({ $0.customerUnmadeMax = 2 }) { studio, shop, _, ada in
            let kernel = studio.kernel
            func send(_ number: UInt8, _ person: ID<Account>) async throws {
                _ = try await kernel.storePicture(
                    MarketSide.picture + [number], for: .customer(person))
            }
            for number: UInt8 in 1...2 { try await send(number, ada.id) }
            await #expect(throws: MediaRefusal.tooManyWaiting) { try await send(3, ada.id) }
            try await send(4, shop.customer.id)
            // They are made, and still no review shows them.
            try await studio.work()
            await #expect(throws: MediaRefusal.tooManyWaiting) { try await send(3, ada.id) }
            // Sent at the same time, too.
            let eve = try await shop.leaver()
            await withTaskGroup(of: Void.self) { group in
                for number: UInt8 in 11...18 {
                    group.addTask { try? await send(number, eve.id) }
                }
            }
            #expect(
                try await studio.count(
                    "select count(*) from media where account_id = \(eve.id)") == 2)
        }
    }
}
