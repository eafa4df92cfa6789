import Kernel
import Vocabulary
import Web

/// How calls to a provider went in the last hour.
struct HealthAnswer: Codable {
    struct Minute: Codable {
        let at: Instant
        let calls: Int
        /// Without an answer, or with an answer of "not now".
        let failures: Int
        let slowestMilliseconds: Int64
    }

    let calls: Int
    let failures: Int
    let failureRatePpm: Int64
    let meanMilliseconds: Int64
    let slowestMilliseconds: Int64
    /// Oldest first; minutes without calls are left out.
    let minutes: [Minute]

    init(_ health: ProviderHealth) {
        calls = health.calls
        failures = health.failures
        failureRatePpm = health.failureRate.value
        meanMilliseconds = health.meanMilliseconds
        slowestMilliseconds = health.slowestMilliseconds
        minutes = health.minutes.map {
            Minute(
                at: $0.at, calls: $0.calls, failures: $0.failures,
                slowestMilliseconds: $0.slowestMilliseconds)
        }
    }
}

enum HealthBlock {
    /// The last hour as a chart of sixty bars and what is to know of it.
    static func show(_ health: ProviderHealth) -> Block {
        guard health.calls > 0 else {
            return Block(
                "Health", timeline: [], nothing: "Nobody called it in the last hour.")
        }
        var values = [(good: Int, bad: Int)](repeating: (0, 0), count: 60)
        let last = health.until.secondsSince1970 / 60
        for minute in health.minutes {
            let place = 59 - Int(last - minute.at.secondsSince1970 / 60)
            guard values.indices.contains(place) else { continue }
            values[place] = (minute.calls - minute.failures, minute.failures)
        }
        let label: Phrase =
            "\(health.calls) calls in the last hour, \(health.failures) without an answer"
        return Block(
            "Health",
            facts: [
                Fact("Calls in the last hour", data: String(health.calls)),
                Fact(
                    "Without an answer",

                    "\(health.failures) (\(Format.decimal(health.failureRate.percentText)))",
                    to: nil,
                    health.failures == 0 ? .good : .bad),
                Fact("Answered in", "\(health.meanMilliseconds) ms on average"),
                Fact("Slowest", "\(health.slowestMilliseconds) ms"),
            ], chart: Chart(label, values))
    }
}
