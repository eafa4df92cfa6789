import CoreMetrics
import Synchronization

final class CounterSeries: Series, CounterHandler {
    private let value = Atomic<Int64>(0)
    let kind = "counter"
    let suffix = "_total"

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ key: SeriesKey, to text: inout String) {
        text += "\(key.name)\(key.labels(adding: "")) \(value.load(ordering: .relaxed))\n"
    }
}

final class FloatingCounterSeries: Series, FloatingPointCounterHandler {
    private let value = Mutex(0.0)
    let kind = "counter"
    let suffix = "_total"

    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func reset() { value.withLock { $0 = 0 } }

    func write(_ key: SeriesKey, to text: inout String) {
        text += "\(key.name)\(key.labels(adding: "")) \(value.withLock { $0 })\n"
    }
}

final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)
    let kind = "gauge"
    let suffix = ""

    func set(_ new: Int64) { value.withLock { $0 = Double(new) } }
    func set(_ new: Double) { value.withLock { $0 = new } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ new: Int64) { set(new) }
    func record(_ new: Double) { set(new) }

    func write(_ key: SeriesKey, to text: inout String) {
        text += "\(key.name)\(key.labels(adding: "")) \(value.withLock { $0 })\n"
    }
}

/// Durations in seconds, or plain sizes when `scale` is one.
final class HistogramSeries: Series, TimerHandler, RecorderHandler {
    /// Upper bounds: from a cached answer to a provider that hangs.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Content {
        var buckets = [Int64](repeating: 0, count: HistogramSeries.bounds.count)
        var count: Int64 = 0
        var sum = 0.0
    }

    private let content = Mutex(Content())
    private let scale: Double
    let kind = "histogram"
    let suffix: String

    init(scale: Double) {
        self.scale = scale
        suffix = scale == 1 ? "" : "_seconds"
    }

    func recordNanoseconds(_ duration: Int64) { add(Double(duration) * scale) }
    func record(_ value: Int64) { add(Double(value) * scale) }
    func record(_ value: Double) { add(value * scale) }

    private func add(_ value: Double) {
        content.withLock { content in
            content.count += 1
            content.sum += value
            if let bucket = Self.bounds.firstIndex(where: { value <= $0 }) {
                content.buckets[bucket] += 1
            }
        }
    }

    func write(_ key: SeriesKey, to text: inout String) {
        let now = content.withLock { $0 }
        var below: Int64 = 0
        for (bound, count) in zip(Self.bounds, now.buckets) {
            below += count
            text += "\(key.name)_bucket\(key.labels(adding: "le=\"\(bound)\"")) \(below)\n"
        }
        text += "\(key.name)_bucket\(key.labels(adding: "le=\"+Inf\"")) \(now.count)\n"
        text += "\(key.name)_sum\(key.labels(adding: "")) \(now.sum)\n"
        text += "\(key.name)_count\(key.labels(adding: "")) \(now.count)\n"
    }
}
