import Foundation
import Glibc
import Testing

@testable import Operator

@Suite struct `The log files of processes` {
    /// Runs `body` with a relay of small files, and the end of a pipe into one of them.
    private func on(
        bytesMax: Int, before: String = "",
        _ body: (_ folder: String, _ worker: Int32) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/guildhall-logs-\(UUID())"
        let relay = try LogRelay(folder: folder, console: .nothing, fileBytesMax: bytesMax)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        if !before.isEmpty {
            try before.write(toFile: relay.path(of: "worker"), atomically: true, encoding: .utf8)
        }
        var ends: [Int32] = [0, 0]
        let status = pipe(&ends)
        try #require(status == 0)
        relay.follow(ends[0], as: "worker")
        try await body(folder, ends[1])
    }

    private func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    private func say(_ words: String, to pipe: Int32) {
        let bytes = Array((words + "\n").utf8)
        #expect(Glibc.write(pipe, bytes, bytes.count) == bytes.count)
    }

    @Test func `stay within their bound however long one process writes`() async throws {
        try await on(bytesMax: 1000) { folder, worker in
            for number in 1...200 { say("line \(number) of a worker that stays up", to: worker) }
            close(worker)

            let last = "line 200 of a worker that stays up\n"
            let isWritten = try await eventually { text(folder + "/worker.log").hasSuffix(last) }
            #expect(isWritten)
            let (now, before) = (text(folder + "/worker.log"), text(folder + "/worker.log.1"))
            #expect(now.utf8.count <= 1000 && before.utf8.count <= 1000)
            // What is kept is the end of it, without a gap and without half a line.
            let kept = (before + now).split(separator: "\n").map(String.init)
            #expect(kept.count > 20)
            #expect(
                kept == (201 - kept.count...200).map { "line \($0) of a worker that stays up" })
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.sorted() == ["worker.log", "worker.log.1"])
        }
    }

    @Test func `count what a process before wrote`() async throws {
        let old = String(repeating: "x", count: 990) + "\n"
        try await on(bytesMax: 1000, before: old) { folder, worker in
            say("started again", to: worker)
            close(worker)

            let isWritten = try await eventually {
                text(folder + "/worker.log") == "started again\n"
            }
            #expect(isWritten)
            #expect(text(folder + "/worker.log.1") == old)
        }
    }
}
