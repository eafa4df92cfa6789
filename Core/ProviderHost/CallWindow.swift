import Vocabulary

/// How the calls of the last half minute went. It stands where it is kept: to count one takes no
/// memory.
struct CallWindow {
    /// From so many calls on their share of failures says something, and so large a share is too
    /// much, in per cent: what Hystrix and resilience4j take as well.
    static let callsMin = 20
    static let failuresMaxPercent = 50
    /// How far it looks back.
    static let length: Duration = .seconds(30)

    private static let slots: Int64 = 6
    private static let slotMicroseconds = Int64(length / .microseconds(1)) / slots

    private struct Slot {
        /// Which slot since 1970 it counts.
        var number = Int64.min
        var calls = 0
        var failures = 0
    }

    private var kept = InlineArray<6, Slot>(repeating: Slot())

    mutating func add(hasFailed: Bool, at now: Instant) {
        let number = Self.number(of: now)
        let place = Int(number % Self.slots)
        if kept[place].number != number { kept[place] = Slot(number: number) }
        kept[place].calls += 1
        if hasFailed { kept[place].failures += 1 }
    }

    /// Whether too many of the calls failed, of enough of them.
    func isBad(at now: Instant) -> Bool {
        let number = Self.number(of: now)
        var (calls, failures) = (0, 0)
        for place in kept.indices {
            // A clock that was put back leaves slots of the future.
            guard (number - Self.slots + 1...number).contains(kept[place].number) else { continue }
            calls += kept[place].calls
            failures += kept[place].failures
        }
        return calls >= Self.callsMin && failures * 100 >= calls * Self.failuresMaxPercent
    }

    /// No clock of ours is set to before 1970.
    private static func number(of time: Instant) -> Int64 {
        max(0, time.microsecondsSince1970) / slotMicroseconds
    }
}
