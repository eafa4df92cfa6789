import Foundation
import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Making a photo` {
    @Test func `gives copies in several widths, never wider than it is`() async throws {
        try await Studio.run { studio in
            let hash = try await studio.add(try await PhotoFiles.noise("jpg", 700, 350))
            #expect(try await studio.progress()?.state == .waiting)

            try await studio.work()

            let progress = try #require(try await studio.progress())
            #expect(progress == PhotoProgress(state: .ready, made: 4, wanted: 4, refusal: nil))
            #expect(try await studio.size(hash, 320, .webp) == "image/webp 320x160")
            #expect(try await studio.size(hash, 320, .jpeg) == "image/jpeg 320x160")
            #expect(try await studio.size(hash, 321, .webp) == "image/webp 700x350")
            #expect(try await studio.size(hash, 2000, .jpeg) == "image/jpeg 700x350")
            #expect(try await studio.size(hash, nil, .jpeg) == "image/jpeg 700x350")
            #expect(try studio.files("originals").isEmpty)
            #expect(try studio.files("making").isEmpty)
        }
    }

    @Test func `shows it to customers once it is ready, and not before`() async throws {
        try await Studio.run { studio in
            let hash = try await studio.add(try await PhotoFiles.noise("png", 400, 300))
            let kernel = studio.kernel
            #expect(try await kernel.publicListing(studio.listing).images.isEmpty)
            #expect(try await kernel.cards(CardQuery()).items.first?.image == nil)
            await #expect(throws: MediaRefusal.unknown) { try await kernel.picture(hash) }

            try await studio.work()

            let shown = try await kernel.publicListing(studio.listing).images
            #expect(shown.map(\.width) == [400])
            #expect(
                try await kernel.cards(CardQuery()).items.first?.image
                    == ShownImage(hash: hash, width: 400, height: 300))
        }
    }

    @Test func `turns it upright and leaves out where it was taken`() async throws {
        try await Studio.run { studio in
            let file = PhotoFiles.turned(try await PhotoFiles.noise("jpg", 640, 480))
            let hash = try await studio.add(file)

            try await studio.work()

            #expect(try await studio.size(hash, nil, .jpeg) == "image/jpeg 480x640")
            #expect(try await studio.size(hash, nil, .webp) == "image/webp 480x640")
            for copy in try await studio.copies(of: hash) {
                for mark in ["Exif", "EXIF", "ICCP", "ICC_PROFILE", "XMP "] {
                    #expect(!contains(copy, mark))
                }
                #expect(!contains(copy, PhotoFiles.place))
            }
        }
    }

    @Test func `keeps nothing of a file that is something else besides`() async throws {
        try await Studio.run { studio in
            let script = "<script>alert('PK')</script>"
            let file = PhotoFiles.polyglot(try await PhotoFiles.noise("jpg", 90, 60), script)
            #expect(contains(file, script))

            let hash = try await studio.add(file)
            try await studio.work()

            let copies = try await studio.copies(of: hash)
            #expect(copies.count == 2)
            for copy in copies { #expect(!contains(copy, "script")) }
        }
    }

    @Test(arguments: ["webp", "gif", "heic", "png", "jpg"])
    func `reads what telephones and cameras write`(_ suffix: String) async throws {
        try await Studio.run { studio in
            let options = suffix == "heic" ? "[compression=hevc]" : ""
            let hash = try await studio.add(
                try await PhotoFiles.noise(suffix, 200, 100, options: options))

            try await studio.work()

            #expect(try await studio.size(hash, 64, .webp) == "image/webp 200x100")
        }
    }

    @Test(arguments: ["jpg", "png", "webp", "gif", "heic"])
    func `says of a file that ends too early that it is damaged`(_ suffix: String) async throws {
        try await Studio.run { studio in
            let options = suffix == "heic" ? "[compression=hevc]" : ""
            let whole = try await PhotoFiles.noise(suffix, 300, 200, options: options)
            let hash = try await studio.add(Array(whole.prefix(whole.count * 6 / 10)))

            try await studio.work()

            #expect(try await studio.progress()?.refusal == .damaged)
            await #expect(throws: MediaRefusal.unknown) { try await studio.kernel.picture(hash) }
            #expect(try studio.files("originals").isEmpty)
            #expect(try await studio.stored() == 0)
        }
    }

    @Test func `opens the largest picture in the memory that it is given`() async throws {
        try await Studio.run { studio in
            let file = try await PhotoFiles.made(
                "black", as: "png", options: "[interlace]", "12000", "4166")
            #expect(file.count < 200_000)

            let hash = try await studio.add(file)
            try await studio.work()

            #expect(try await studio.size(hash, nil, .jpeg) == "image/jpeg 2000x694")
        }
    }

    @Test func `tries again with a file that was refused when it is sent once more`() async throws {
        try await Studio.run { studio in
            let file = Array(try await PhotoFiles.noise("jpg", 300, 200).prefix(9000))
            _ = try await studio.add(file)
            try await studio.work()
            #expect(try await studio.progress()?.state == .refused)

            _ = try await studio.kernel.storePicture(file, of: studio.seller.id)

            #expect(try await studio.progress()?.state == .waiting)
            #expect(try await studio.stored() == file.count)
            try await studio.work()
            #expect(try await studio.progress()?.state == .refused)
            #expect(try await studio.stored() == 0)
        }
    }

    @Test func `counts what the copies take, not what was sent`() async throws {
        try await Studio.run { studio in
            let file = try await PhotoFiles.noise("png", 600, 400)
            let hash = try await studio.add(file)
            #expect(try await studio.stored() == file.count)

            try await studio.work()
            _ = try await studio.kernel.storePicture(file, of: studio.seller.id)
            try await studio.work()

            let copies = try await studio.copies(of: hash)
            #expect(try await studio.stored() == copies.reduce(0) { $0 + $1.count })
        }
    }

    @Test func `lets no shop have more waiting than it may`() async throws {
        try await Studio.run({ $0.sellerUnmadeBytesMax = 6000 }) { studio in
            let (one, two) = (
                try await PhotoFiles.noise("jpg", 90, 90), try await PhotoFiles.noise("jpg", 91, 90)
            )
            #expect(one.count < 6000 && one.count + two.count > 6000)
            _ = try await studio.add(one)

            await #expect(throws: MediaRefusal.tooManyWaiting) { try await studio.add(two) }

            try await studio.work()
            _ = try await studio.add(two)
        }
        try await Studio.run({ $0.sellerUnmadeMax = 1 }) { studio in
            _ = try await studio.add(MarketSide.picture)
            await #expect(throws: MediaRefusal.tooManyWaiting) {
                try await studio.add(MarketSide.picture + [1])
            }
        }
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        Data(bytes).range(of: Data(text.utf8)) != nil
    }
}
