import Glibc
import NIOCore
import ProviderKit
import Testing

@testable import ProviderHost

@Suite(.timeLimit(.minutes(5))) struct `What goes out of a connection that is full` {
    /// A frame that came between the halves of another one would spoil every call of both sides.
    @Test(arguments: [10_000, 60_000])
    func `comes whole and in its order, also what is sent when there is room again`(
        _ length: Int
    ) async throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let (near, far) = (ends[0], ends[1])
        defer { close(far) }
        let line = FrameLine(near)
        var sent: [UInt8] = []
        func send(_ ids: ClosedRange<UInt64>, of length: Int) {
            for id in ids {
                let body = [UInt8](repeating: UInt8(truncatingIfNeeded: id), count: length)
                let frame = Frame(kind: .answer, id: id, body: body)
                sent += frame.buffer(ByteBufferAllocator()).readableBytesView
                #expect(line.send(frame))
            }
        }

        send(1...50, of: length)
        var came = Self.read(far, atMost: 30_000)
        #expect(came.count == 30_000, "it was full")
        // There is room for these, and others wait before them.
        send(51...53, of: 10)
        for _ in 0..<4_000 where came.count < sent.count {
            came += Self.read(far, atMost: 1 << 20)
            try await Task.sleep(for: .milliseconds(5))
        }

        #expect(came.count == sent.count)
        #expect(came == sent)
        line.close()
    }

    /// Nobody reads: what waits has an end, and a line that is hung up on tells what it lost.
    @Test func `is told to be lost when it is hung up on`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let line = FrameLine(ends[0])
        let (losses, lost) = AsyncStream.makeStream(of: Void.self)
        let (endings, ended) = AsyncStream.makeStream(of: Void.self)
        line.read({ _ in }, ended: { ended.finish() })
        let long = Frame(kind: .answer, id: 1, body: [UInt8](repeating: 7, count: 20 << 20))
        for _ in 0..<4 {
            #expect(line.send(long) { lost.yield() })
        }
        #expect(!line.isWritable, "80 MB wait")

        close(ends[1])

        var count = 0
        for await _ in losses {
            count += 1
            if count == 4 { break }
        }
        for await _ in endings {}
        #expect(!line.send(long))
    }

    /// What is there now.
    private static func read(_ socket: Int32, atMost most: Int) -> [UInt8] {
        var all: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while all.count < most {
            let count = recv(socket, &room, min(room.count, most - all.count), Int32(MSG_DONTWAIT))
            guard count > 0 else { break }
            all += room[..<count]
        }
        return all
    }
}
