import Foundation
import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A worker that makes photos` {
    @Test func `leaves nothing undone when it dies on the way`() async throws {
        try await Studio.run { studio in
            let hash = try await studio.add(try await PhotoFiles.noise("jpg", 400, 300))
            let database = studio.market.database
            // What a worker has done that was killed after the first copy.
            let lanes = LaneSlots([.photos], parallel: 1, running: [:])
            let dead = try #require(
                try await database.jobs.claim([.photos], lanes, lease: .milliseconds(1)).first)
            #expect(try await database.media.begin(hash) != nil)
            try await database.media.saveProgress(hash, made: 1, of: 4)
            #expect(try await studio.progress()?.made == 1)

            try await Task.sleep(for: .milliseconds(20))
            #expect(try await database.jobs.reap() == 1)
            try await studio.work()

            #expect(try await studio.progress()?.state == .ready)
            // Should it live after all, what it says does not count any more.
            await #expect(throws: JobLeaseLost.self) {
                try await database.transaction { tx in try await JobRun(dead).finish(in: tx) }
            }
        }
    }

    @Test func `makes the same copies whenever it makes them`() async throws {
        try await Studio.run { studio in
            let file = try await PhotoFiles.noise("jpg", 400, 300)
            _ = try await studio.add(file)
            try await studio.work()
            let before = try studio.files("pictures").sorted()
            #expect(before.count == 4)

            try FileManager.default.removeItem(
                atPath: studio.kernel.settings.mediaFolder + "/pictures")
            _ = try await studio.kernel.storePicture(file, of: studio.seller.id)
            #expect(try await studio.progress()?.state == .waiting)
            try await studio.work()

            #expect(try studio.files("pictures").sorted() == before)
            #expect(try await studio.progress()?.state == .ready)
        }
    }

    @Test func `waits for the tool where there is none`() async throws {
        // The program does what its own name says, so it has to keep it.
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("guildhall-tool-\(ID<Listing>())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tool = folder.appendingPathComponent("vips").path
        try await Studio.run({ $0.photoTool = tool }) { studio in
            _ = try await studio.add(try await PhotoFiles.noise("jpg", 90, 60))
            try await studio.work()
            #expect(try await studio.progress()?.state == .making)

            #expect(symlink(PhotoFiles.tool, tool) == 0)
            try await studio.market.database.execute("update job set run_at = now()")
            try await studio.work()

            #expect(try await studio.progress()?.state == .ready)
        }
    }

    @Test func `says that HEIC cannot be read where the tool cannot`() async throws {
        try await Self.tool("echo 'heif: Unsupported feature: Unsupported codec' >&2; exit 1") {
            studio in
            _ = try await studio.add(
                try await PhotoFiles.noise("heic", 64, 64, options: "[compression=hevc]"))
            try await studio.work()
            #expect(try await studio.progress()?.refusal == .heicUnreadable)
        }
    }

    @Test func `ends a tool that wants more memory than it may have`() async throws {
        // It asks for the room of one block at once and touches none of it, so that a busy machine
        // does not end it first. Glib ends like this without memory.
        let script = """
            dd if=/dev/null of=/dev/null bs=1200M count=1 2>/dev/null && exit 0
            echo 'GLib-ERROR: failed to allocate 1048576 bytes' >&2
            kill -TRAP $$
            """
        try await Self.tool(script) { studio in
            _ = try await studio.add(try await PhotoFiles.noise("jpg", 64, 64))
            try await studio.work()
            #expect(try await studio.progress()?.refusal == .tooMuchWork)
        }
    }

    @Test func `ends a tool that takes more of the processor than it may`() async throws {
        let folder = "/tmp/guildhall-busy-\(ID<Listing>())"
        try MediaFolder.make(folder)
        defer { try? MediaFolder.removeFolder(folder) }
        let path = folder + "/busy"
        try "#!/bin/sh\nwhile :; do :; done\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        chmod(path, 0o755)
        let tool = PhotoTool(
            program: path, deadline: .seconds(120), processorSeconds: (soft: 1, hard: 3))
        await #expect(throws: MediaRefusal.tooMuchWork) {
            try await WorkThreads(count: 1, waitingMax: 1).run {
                try tool.open(path, "image/jpeg", into: folder + "/photo.png")
            }
        }
    }

    @Test(arguments: ["SEGV", "ABRT", "BUS", "ILL", "FPE", "XCPU", "XFSZ"])
    func `refuses a picture that the tool does not survive`(_ signal: String) async throws {
        try await Self.tool("kill -\(signal) $$") { studio in
            _ = try await studio.add(try await PhotoFiles.noise("jpg", 64, 64))
            try await studio.work()
            #expect(
                try await studio.progress()?.refusal
                    == (signal.hasPrefix("X") ? .tooMuchWork : .damaged))
        }
    }

    @Test(arguments: ["KILL", "TERM", "INT", "HUP"])
    func `makes a photo after all when somebody else ended the tool`(
        _ signal: String
    ) async throws {
        let mark = "/tmp/guildhall-ended-\(ID<Listing>())"
        defer { unlink(mark) }
        let script = "[ -e \(mark) ] || { touch \(mark); kill -\(signal) $$; }"
        try await Self.tool(script + "\nexec \(PhotoFiles.tool) \"$@\"") { studio in
            _ = try await studio.add(try await PhotoFiles.noise("jpg", 64, 64))
            try await studio.work()
            #expect(try await studio.progress()?.state == .making)
            #expect(try studio.files("originals").count == 1)

            try await studio.market.database.execute("update job set run_at = now()")
            try await studio.work()

            #expect(try await studio.progress()?.state == .ready)
        }
    }

    @Test func `refuses at the last try what ends the tool every time`() async throws {
        try await Self.tool("kill -KILL $$") { studio in
            _ = try await studio.add(try await PhotoFiles.noise("jpg", 64, 64))
            for _ in 0..<7 {
                try await studio.work()
                #expect(try await studio.progress()?.state == .making)
                try await studio.market.database.execute("update job set run_at = now()")
            }
            try await studio.work()
            #expect(try await studio.progress()?.refusal == .tooMuchWork)
        }
    }

    @Test func `ends a tool at its deadline, with all that it started, and tries again`()
        async throws
    {
        let mark = "/tmp/guildhall-late-\(ID<Listing>())"
        defer { unlink(mark) }
        try await Self.tool("(sleep 1; touch \(mark)) & wait", within: .milliseconds(200)) {
            studio in
            _ = try await studio.add(try await PhotoFiles.noise("jpg", 64, 64))
            try await studio.work()

            #expect(try await studio.progress()?.state == .making)
            try await Task.sleep(for: .milliseconds(1500))
            #expect(!FileManager.default.fileExists(atPath: mark))
            let waiting = try await studio.market.database.query(
                "select from job where kind = 'photos.make' and state = 'ready' and attempt = 1")
            #expect(waiting.count == 1)
        }
    }

    @Test func `says of an upload that the disk has lost that it is lost`() async throws {
        try await Studio.run { studio in
            let hash = try await studio.add(try await PhotoFiles.noise("jpg", 64, 64))
            let originals = studio.kernel.originalFolder
            // A disk that is not there is another thing: it may be there again.
            #expect(rename(originals.path, originals.path + "-away") == 0)
            try await studio.work()
            #expect(try await studio.progress()?.state == .making)
            #expect(rename(originals.path + "-away", originals.path) == 0)
            try await originals.remove(hash, on: studio.kernel.files)
            try await studio.market.database.execute("update job set run_at = now()")
            try await studio.work()
            #expect(try await studio.progress()?.refusal == .lost)
        }
    }

    @Test func `goes on showing what was served as it came and cannot be made`() async throws {
        try await Studio.run { studio in
            let kernel = studio.kernel
            let file = Array(try await PhotoFiles.noise("jpg", 400, 300).prefix(9000))
            let hash = try await studio.add(file)
            _ = try await kernel.pictureFolder.write(file, on: kernel.files)
            try await studio.market.database.execute(
                "update media set state = 'kept', seller_id = null, charged = 0")
            try await studio.work()

            #expect(try await studio.progress()?.state == .kept)
            #expect(try await kernel.picture(hash).byteCount == 9000)
            try await kernel.sweepPhotos()
            let again = try await studio.market.database.query(
                "select from job where kind = 'photos.make' and state = 'ready'")
            #expect(again.isEmpty)
        }
    }

    @Test func `is asked again for a photo whose job was given up`() async throws {
        try await Studio.run { studio in
            _ = try await studio.add(try await PhotoFiles.noise("jpg", 64, 64))
            let database = studio.market.database
            try await database.execute("update media set state = 'making'")
            try await database.execute(
                """
                update job set state = 'dead', finished_at = now() where kind = 'photos.make'
                """)
            try await studio.kernel.sweepPhotos()
            try await studio.work()
            #expect(try await studio.progress()?.state == .making)

            try await database.execute("update job set finished_at = now() - interval '1 day'")
            try await studio.kernel.sweepPhotos()
            try await studio.work()

            #expect(try await studio.progress()?.state == .ready)
        }
    }

    @Test func `has no more photos in hand than threads for them`() async throws {
        try await Studio.run { studio in
            for side in 60..<66 {
                _ = try await studio.add(try await PhotoFiles.noise("jpg", side, 60))
            }
            let database = studio.market.database
            let lanes = JobLane.allCases
            func claim(_ running: [JobLane: Int]) async throws -> Int {
                try await database.jobs.claim(
                    lanes, LaneSlots(lanes, parallel: 10, running: running), lease: .seconds(30)
                ).filter { $0.lane == .photos }.count
            }

            #expect(try await claim([:]) == 2)
            #expect(try await claim([.photos: 1]) == 1)
            #expect(try await claim([.photos: 2]) == 0)
        }
    }

    @Test func `makes photos of what was served as it came, which is then forgotten`() async throws
    {
        try await Studio.run { studio in
            let file = PhotoFiles.turned(try await PhotoFiles.noise("jpg", 400, 300))
            let hash = try await studio.add(file)
            let kernel = studio.kernel
            _ = try await kernel.pictureFolder.write(file, on: kernel.files)
            try await studio.market.database.execute(
                "update media set state = 'kept', seller_id = null, charged = 0")
            try await studio.market.database.execute("delete from job")
            #expect(try await studio.size(hash, 320, .webp) == "image/jpeg 400x300")
            #expect(try await !kernel.picture(hash).isFinal)

            try await kernel.sweepPhotos()
            try await studio.work()

            #expect(try await studio.size(hash, 320, .webp) == "image/webp 300x400")
            #expect(try await kernel.picture(hash).isFinal)
            #expect(!FileManager.default.fileExists(atPath: kernel.pictureFolder.file(of: hash)))
        }
    }

    @Test func `sweeps what dead workers left, and nothing that is wanted`() async throws {
        try await Studio.run { studio in
            let kernel = studio.kernel
            let wanted = try await studio.add(try await PhotoFiles.noise("jpg", 64, 64))
            let left = try await kernel.originalFolder.write([1, 2, 3], on: kernel.files)
            let making = kernel.settings.mediaFolder + "/making/left"
            try MediaFolder.make(making)
            let old = [
                kernel.originalFolder.file(of: wanted), kernel.originalFolder.file(of: left),
                making,
            ]
            for path in old {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
            }

            try await kernel.sweepPhotos()

            #expect(old.map { FileManager.default.fileExists(atPath: $0) } == [true, false, false])
        }
    }

    /// A market whose tool is a script.
    static func tool(
        _ script: String, within deadline: Duration = .seconds(30),
        _ body: (Studio) async throws -> Void
    ) async throws {
        let path = "/tmp/guildhall-tool-\(ID<Listing>())"
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, 0o755)
        defer { unlink(path) }
        try await Studio.run({
            $0.photoTool = path
            $0.photoDeadline = deadline
        }) { try await body($0) }
    }
}
