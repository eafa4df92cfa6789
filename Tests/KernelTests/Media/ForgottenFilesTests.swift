import Foundation
import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Files of photos that are forgotten` {
    @Test func `are never those that a shop's photo is made of`() async throws {
        try await Studio.run { studio in
            let shop = try await Shop(studio.market)
            let file = try await PhotoFiles.noise("jpg", 400, 300)
            let hash = try await studio.add(file)
            try await studio.work()
            let before = try await studio.copies(of: hash)
            // What everybody is sent, sent back.
            let copy = try await studio.bytes(
                try await studio.kernel.picture(hash, width: 320, as: .jpeg))
            let ada = try await shop.leaver()
            let line = try await shop.delivered(
                try await shop.thing(by: studio.seller), to: ada.id)
            try await studio.kernel.review(
                line, ReviewDraft(stars: 5), photos: [copy], by: ada.id)
            try await studio.work()

            try await studio.kernel.eraseAccount(ada.id, password: Shop.password)
            try await studio.work()

            #expect(try await studio.copies(of: hash) == before)
            await #expect(throws: MediaRefusal.unknown) {
                try await studio.kernel.picture(ContentHash(of: copy))
            }
        }
    }

    @Test func `go later when the disk fails at the erasure`() async throws {
        try await Studio.run { studio in
            let shop = try await Shop(studio.market)
            let ada = try await shop.leaver()
            let line = try await shop.delivered(
                try await shop.thing(by: studio.seller), to: ada.id)
            try await studio.kernel.review(
                line, ReviewDraft(stars: 5),
                photos: [try await PhotoFiles.noise("jpg", 400, 300)], by: ada.id)
            try await studio.work()
            #expect(try studio.files("pictures").count == 4)
            let pictures = studio.kernel.pictureFolder.path
            #expect(rename(pictures, pictures + "-away") == 0)
            #expect(FileManager.default.createFile(atPath: pictures, contents: nil))

            try await studio.kernel.eraseAccount(ada.id, password: Shop.password)
            try await studio.work()

            unlink(pictures)
            #expect(rename(pictures + "-away", pictures) == 0)
            #expect(try studio.files("pictures").count == 4)
            try await studio.market.database.execute("update job set run_at = now()")
            try await studio.work()
            #expect(try studio.files("pictures").isEmpty)
        }
    }

    @Test func `are not left by a worker that was making them`() async throws {
        let mark = "/tmp/guildhall-go-on-\(ID<Listing>())"
        defer { unlink(mark) }
        let script = "while [ ! -e \(mark) ]; do sleep 0.02; done; exec \(PhotoFiles.tool) \"$@\""
        try await `A worker that makes photos`.tool(script) { studio in
            let shop = try await Shop(studio.market)
            let ada = try await shop.leaver()
            let photo = try await PhotoFiles.noise("jpg", 400, 300)
            _ = try await studio.kernel.storePicture(photo, for: .customer(ada.id))
            let working = Task { try await studio.work() }
            while try await studio.count("select count(*) from media where state = 'making'") == 0 {
                try await Task.sleep(for: .milliseconds(10))
            }

            try await studio.kernel.eraseAccount(ada.id, password: Shop.password)
            #expect(FileManager.default.createFile(atPath: mark, contents: nil))
            try await working.value

            try await studio.work()
            #expect(try studio.files("pictures").isEmpty)
            #expect(try studio.files("originals").isEmpty)
            #expect(
                try await studio.count(
                    """
                    select count(*) from job where kind like 'photos.%' and state <> 'done'
                    """) == 0)
        }
    }

    @Test func `are swept when nobody is sent them, and they are old`() async throws {
        try await Studio.run { studio in
            let kernel = studio.kernel
            let hash = try await studio.add(try await PhotoFiles.noise("jpg", 400, 300))
            let kept = try await studio.add(MarketSide.picture)
            try await studio.work()
            try await studio.market.database.execute(
                "update media set state = 'kept', tried = true where content_hash = \(kept)")
            try await studio.market.database.execute(
                "delete from media_rendition where photo = \(kept)")
            _ = try await kernel.pictureFolder.write(MarketSide.picture, on: kernel.files)
            let left = try await kernel.pictureFolder.write([1, 2, 3], on: kernel.files)
            let half = kernel.pictureFolder.path + "/new-0123"
            #expect(FileManager.default.createFile(atPath: half, contents: nil))
            try await studio.age()
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -200_000)], ofItemAtPath: half)
            let young = try await kernel.pictureFolder.write([1, 2, 4], on: kernel.files)

            try await kernel.sweepPhotos()
            try await kernel.sweepPictures()

            #expect(try await studio.copies(of: hash).count == 4)
            #expect(try await kernel.picture(kept).byteCount == MarketSide.picture.count)
            #expect(kernel.pictureFolder.has(young))
            #expect(!kernel.pictureFolder.has(left))
            #expect(!FileManager.default.fileExists(atPath: half))
        }
    }

    @Test func `are made again when they go before the photo names them`() async throws {
        try await Studio.run { studio in
            let kernel = studio.kernel
            let file = try await PhotoFiles.noise("jpg", 200, 100)
            let hash = try await studio.add(file)
            try await studio.work()
            let names = try await studio.market.database.media.copies(of: hash)
            for name in names { try await kernel.pictureFolder.remove(name, on: kernel.files) }
            _ = try await kernel.storePicture(file, of: studio.seller.id)
            let forgetting = try studio.market.anotherProcess()
            let working = try await forgetting.database.transaction { tx in
                // Another photo had the same copies; its worker has them all and waits.
                try await tx.media.lockFiles([names[0]])
                let working = Task { try await studio.work() }
                try await studio.waitForWaiters(1)
                try await kernel.pictureFolder.remove(names[0], on: kernel.files)
                return working
            }
            try await working.value
            await forgetting.database.close()
            #expect(try await studio.progress()?.state == .making)

            try await studio.market.database.execute("update job set run_at = now()")
            try await studio.work()

            #expect(try await studio.progress()?.state == .ready)
            #expect(try await studio.copies(of: hash).count == 2)
        }
    }

    @Test func `are written again when whoever refused them takes them away at that moment`()
        async throws
    {
        try await Studio.run { studio in
            let kernel = studio.kernel
            let photo = try await PhotoFiles.noise("jpg", 64, 64)
            let hash = ContentHash(of: photo)
            let refusing = try studio.market.anotherProcess()
            let sending = try await refusing.database.transaction { tx in
                try await tx.media.lockFiles([hash])
                let sending = Task { try await studio.add(photo) }
                try await studio.waitForWaiters(1)
                #expect(try studio.files("originals").count == 1)
                try await kernel.originalFolder.remove(hash, on: kernel.files)
                return sending
            }
            _ = try await sending.value
            await refusing.database.close()

            try await studio.work()
            #expect(try await studio.progress()?.state == .ready)
        }
    }

    @Test(arguments: ["jpg", "webp"])
    func `are made again when the picture is sent once more, whichever was lost`(
        _ suffix: String
    ) async throws {
        try await Studio.run { studio in
            let file = try await PhotoFiles.noise("png", 700, 350)
            let hash = try await studio.add(file)
            try await studio.work()
            let before = try studio.files("pictures").sorted()
            let widest = try await studio.kernel.picture(
                hash, width: 700, as: suffix == "jpg" ? .jpeg : .webp)
            try await studio.kernel.pictureFolder.remove(widest.hash, on: studio.kernel.files)

            _ = try await studio.kernel.storePicture(file, of: studio.seller.id)
            try await studio.work()

            #expect(try studio.files("pictures").sorted() == before)
        }
    }
}
