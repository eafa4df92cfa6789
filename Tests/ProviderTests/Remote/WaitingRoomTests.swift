import Testing

@testable import ProviderHost

@Suite struct `Whoever waits for the provider host` {
    @Test func `has a place before anybody begins to connect, and is not forgotten`() {
        var room = WaitingRoom<String>(placesMax: 2)

        #expect(room.enter("first", as: 1) == .waitsAsFirst)
        // The very first try fails at once.
        #expect(room.failed() == true)
        #expect(room.enter("second", as: 2) == .waits)
        #expect(room.enter("third", as: 3) == .full)
        #expect(room.failed() == true)
        #expect(room.connected().sorted() == ["first", "second"])
        #expect(!room.isConnecting)
    }

    @Test func `has a connection made anew when the making of one was given up`() {
        var room = WaitingRoom<String>(placesMax: 2)
        _ = room.enter("first", as: 1)
        #expect(room.leave(1) == "first")
        #expect(room.leave(1) == nil)
        // Nobody waits any more, and nobody goes on.
        #expect(room.failed() == false)

        #expect(room.enter("second", as: 2) == .waitsAsFirst)
        #expect(room.connected() == ["second"])
        #expect(room.enter("third", as: 3) == .waitsAsFirst)
    }
}
