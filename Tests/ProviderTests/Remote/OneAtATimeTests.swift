import Testing

@testable import ProviderHost

@Suite struct `One at a time` {
    private let later = ContinuousClock.now + .seconds(60)

    @Test func `is let in for each name, and those of other names do not wait`() async {
        let door = OneAtATime()
        #expect(await door.enter("a", before: later))
        #expect(await door.enter("b", before: later))

        async let second = door.enter("a", before: later)
        door.leave("a")

        #expect(await second)
        door.leave("a")
        #expect(await door.enter("a", before: later))
    }

    @Test func `waits no longer than it said, and is not let in afterwards`() async {
        let door = OneAtATime()
        #expect(await door.enter("a", before: later))

        #expect(await !door.enter("a", before: .now + .milliseconds(50)))
        #expect(await !door.enter("a", before: .now - .seconds(1)))
        door.leave("a")
        #expect(await door.enter("a", before: later))
    }
}
