import CoreMetrics
import Synchronization

/// Keeps what this process counts and measures, and writes it as Prometheus reads it.
final class PrometheusMetrics: MetricsFactory, Sendable {
    /// Series beyond this are dropped: a label with unbounded values must not fill the memory.
    static let seriesMax = 4000

    private let series = Mutex<[SeriesKey: any Series]>([:])

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        make(label, dimensions) { CounterSeries() }
    }

    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        make(label, dimensions) { FloatingCounterSeries() }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        make(label, dimensions) { GaugeSeries() }
    }

    func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate
            ? make(label, dimensions) { HistogramSeries(scale: 1) }
            : make(label, dimensions) { GaugeSeries() } as any RecorderHandler
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        make(label, dimensions) { HistogramSeries(scale: 1e-9) }
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    /// Everything in Prometheus' text format, version 0.0.4.
    func text() -> String {
        let all = series.withLock { $0 }
            .sorted { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }
        var text = ""
        var name = ""
        for (key, series) in all {
            if key.name != name {
                name = key.name
                text += "# TYPE \(name) \(series.kind)\n"
            }
            series.write(key, to: &text)
        }
        return text
    }

    private func make<Made: Series>(
        _ label: String, _ dimensions: [(String, String)], _ create: () -> Made
    ) -> Made {
        let made = create()
        let key = SeriesKey(label, dimensions, suffix: made.suffix)
        return series.withLock { all in
            if let known = all[key] as? Made { return known }
            if all.count < Self.seriesMax { all[key] = made }
            return made
        }
    }
}

/// A series' name and labels as they are written.
struct SeriesKey: Hashable, Sendable {
    let name: String
    let labels: String

    init(_ label: String, _ dimensions: [(String, String)], suffix: String) {
        let plain = Self.plain(label)
        name = plain.hasSuffix(suffix) ? plain : plain + suffix
        labels =
            dimensions
            .map { "\(Self.plain($0.0))=\"\(Self.escaped($0.1))\"" }
            .joined(separator: ",")
    }

    func labels(adding more: String) -> String {
        let all = [labels, more].filter { !$0.isEmpty }.joined(separator: ",")
        return all.isEmpty ? "" : "{\(all)}"
    }

    private static func plain(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}

protocol Series: AnyObject, Sendable {
    var kind: String { get }
    var suffix: String { get }
    func write(_ key: SeriesKey, to text: inout String)
}
