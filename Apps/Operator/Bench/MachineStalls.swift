import Foundation

/// What this machine does to a thread that never waits.
enum MachineStalls {
    /// How often, and for how long, it does not get on all the same: because the machine does
    /// something else, or stands still itself. Keeps a core busy for `seconds`.
    static func measure(seconds: Int) async -> Latencies {
        await withCheckedContinuation { continuation in
            Thread {
                var stalls = Latencies()
                var last = ContinuousClock.now
                let end = last + .seconds(seconds)
                while last < end {
                    let now = ContinuousClock.now
                    if now - last > .microseconds(200) { stalls.add(now - last) }
                    last = now
                }
                continuation.resume(returning: stalls)
            }.start()
        }
    }
}
