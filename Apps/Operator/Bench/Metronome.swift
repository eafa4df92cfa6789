import Foundation

/// Calls turns at even distances, from a thread of its own: a timer of Swift's for each turn takes
/// so much of the machine that what is measured would wait for it.
enum Metronome {
    /// The turns until `end`. Each is the instant at which it was called: how late a thread wakes
    /// says nothing of what is measured.
    static func turns(
        from first: ContinuousClock.Instant, every pause: Duration,
        until end: ContinuousClock.Instant
    ) -> AsyncStream<ContinuousClock.Instant> {
        // What is called while its client is busy waits; there are not more than until `end`.
        let (turns, caller) = AsyncStream.makeStream(
            of: ContinuousClock.Instant.self, bufferingPolicy: .unbounded)
        let thread = Thread {
            var next = first
            while next < end {
                let wait = next - .now
                if wait > .zero { Thread.sleep(forTimeInterval: wait / .seconds(1)) }
                if case .terminated = caller.yield(.now) { return }
                next += pause
            }
            caller.finish()
        }
        thread.start()
        return turns
    }
}
