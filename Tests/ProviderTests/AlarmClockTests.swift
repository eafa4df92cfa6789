import Synchronization
import Testing

@testable import ProviderHost

@Suite struct `An alarm clock` {
    private final class Bell: Sendable {
        let rung = Mutex<[Int]>([])
        func ring(_ number: Int) { rung.withLock { $0.append(number) } }
    }

    private func waiting(for count: Int, _ bell: Bell) async throws -> [Int] {
        for _ in 0..<3000 {
            if bell.rung.withLock({ $0.count }) >= count { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        return bell.rung.withLock { $0 }
    }

    @Test func `rings in time for whoever is earlier than those before, and for all of them`()
        async throws
    {
        let (clock, bell) = (AlarmClock(), Bell())
        let now = ContinuousClock.now
        for (number, milliseconds) in [(3, 300), (1, 20), (2, 150)] {
            _ = clock.set(at: now + .milliseconds(milliseconds)) { bell.ring(number) }
        }

        #expect(try await waiting(for: 3, bell).sorted() == [1, 2, 3])
        #expect(ContinuousClock.now - now >= .milliseconds(300))
    }

    @Test func `rings for nobody who cancelled, and goes on for the others`() async throws {
        let (clock, bell) = (AlarmClock(), Bell())
        let now = ContinuousClock.now
        let first = clock.set(at: now + .milliseconds(50)) { bell.ring(1) }
        _ = clock.set(at: now + .milliseconds(100)) { bell.ring(2) }
        clock.cancel(first)

        #expect(try await waiting(for: 1, bell) == [2])
    }

    @Test func `rings once each for a thousand, set from many tasks`() async throws {
        let (clock, bell) = (AlarmClock(), Bell())
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<1000 {
                group.addTask {
                    let time = ContinuousClock.now + .milliseconds(number * 7 % 100)
                    _ = clock.set(at: time) { bell.ring(number) }
                }
            }
        }

        #expect(try await waiting(for: 1000, bell).sorted() == Array(0..<1000))
    }
}
