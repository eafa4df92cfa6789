import Glibc
import NIOCore
import NIOPosix
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
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .withConnectedSocket(near).get()

        let (sent, early, outlet) = try await channel.eventLoop.submit {
            // The event loop writes nothing as long as it is kept here.
            let outlet = FrameOutlet(channel)
            var sent: [UInt8] = []
            func send(_ ids: ClosedRange<UInt64>, of length: Int) {
                for id in ids {
                    let body = [UInt8](repeating: UInt8(truncatingIfNeeded: id), count: length)
                    let frame = Frame(kind: .answer, id: id, body: body)
                    sent += frame.buffer(channel.allocator).readableBytesView
                    #expect(outlet.send(frame))
                }
            }
            send(1...50, of: length)
            let early = Self.read(far)
            send(51...53, of: 10)
            return (sent, early, outlet)
        }.get()
        var came = early
        for _ in 0..<4_000 where came.count < sent.count {
            came += Self.read(far)
            try await Task.sleep(for: .milliseconds(5))
        }

        #expect(early.count < sent.count / 2, "it was full")
        #expect(came.count == sent.count)
        #expect(came == sent)
        outlet.end()
        try await channel.close()
    }

    /// What is there now.
    private static func read(_ socket: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(socket, &room, room.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { return all }
            all += room[..<count]
        }
    }
}
