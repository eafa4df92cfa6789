import ArgumentParser
import Foundation

/// `guildhall bench reads`
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures this machine: each figure beside its ceiling, in one run.",
        discussion: """
            Works in a database of its own beside the one that DATABASE_URL names, which is made \
            anew and dropped at the end. Build with -c release before believing a figure.
            """,
        subcommands: [
            DriverBench.self, ReadsBench.self, PagesBench.self, StartBench.self, CheckoutBench.self,
            LedgerBench.self, FlashSaleBench.self, ReplayBench.self,
            ProviderBench.self,
        ])
}

/// What every bench takes.
struct BenchOutput: ParsableArguments {
    @Flag(help: "Print one JSON object for each figure instead of tables.")
    var json = false
}

/// What every bench takes that measures for a time, and not until its work is done.
struct BenchOptions: ParsableArguments {
    @OptionGroup var output: BenchOutput

    @Option(help: "How long each measurement runs, in seconds.")
    var seconds = 8

    var json: Bool { output.json }

    func validate() throws {
        guard (1...600).contains(seconds) else {
            throw ValidationError("--seconds must be between 1 and 600.")
        }
    }
}

/// One measured figure beside what it is compared with.
struct BenchFigure: Encodable, Sendable {
    let name: String
    var value: Double
    /// What the machine does at best for the same work, measured in the same run.
    var ceiling: Double?
    var ratio: Double? { ceiling.map { $0 > 0 ? value / $0 : 0 } }
    var unit: String
    var p50Ms: Double?
    /// Only where it is what a target speaks of.
    var p95Ms: Double?
    var p99Ms: Double?
    var clients: Int
    var seconds: Double
    var dataset: String

    enum CodingKeys: String, CodingKey {
        case name, value, ceiling, ratio, unit, p50Ms, p95Ms, p99Ms, clients, seconds, dataset
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(Self.rounded(value), forKey: .value)
        try container.encode(ceiling.map(Self.rounded), forKey: .ceiling)
        try container.encode(ratio.map(Self.rounded), forKey: .ratio)
        try container.encode(unit, forKey: .unit)
        try container.encode(p50Ms.map(Self.rounded), forKey: .p50Ms)
        try container.encodeIfPresent(p95Ms.map(Self.rounded), forKey: .p95Ms)
        try container.encode(p99Ms.map(Self.rounded), forKey: .p99Ms)
        try container.encode(clients, forKey: .clients)
        try container.encode(Self.rounded(seconds), forKey: .seconds)
        try container.encode(dataset, forKey: .dataset)
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

/// Prints figures, for people or for programs, and progress for people only.
struct BenchReport: Sendable {
    let isJSON: Bool

    func note(_ line: String) {
        if !isJSON { say(line) }
    }

    /// No more faults than these are told one by one.
    static let faultsToldMax = 20

    /// Ends a bench that also checks what it did.
    /// - Parameter line: for people, when nothing is at fault.
    /// - Throws: `ExitCode` 1 when anything is; what it is stands on standard error then, for
    ///   programs too.
    func conclude(_ faults: [String], otherwise line: String) throws {
        guard !faults.isEmpty else { return note("  " + line) }
        var lines = faults.prefix(Self.faultsToldMax).map { "  WRONG  \($0)\n" }
        let untold = faults.count - lines.count
        if untold > 0 { lines.append("  … and \(untold) more\n") }
        FileHandle.standardError.write(Data(lines.joined().utf8))
        throw ExitCode(1)
    }

    func print(_ figures: [BenchFigure]) throws {
        guard !isJSON else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            for figure in figures {
                say(String(decoding: try encoder.encode(figure), as: UTF8.self))
            }
            return
        }
        let head = [
            "", "value", "unit", "ceiling", "ratio", "p50 ms", "p95 ms", "p99 ms", "clients", "s",
        ]
        let rows = figures.map { figure in
            [
                figure.name, Self.text(figure.value), figure.unit, Self.text(figure.ceiling),
                figure.ratio.map { String(format: "%.2f", $0) } ?? "", Self.text(figure.p50Ms),
                Self.text(figure.p95Ms), Self.text(figure.p99Ms), "\(figure.clients)",
                Self.text(figure.seconds),
            ]
        }
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        for row in [head] + rows {
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 || column == 2 ? cell + space : space + cell
            }
            say("  " + cells.joined(separator: "  "))
        }
        for dataset in Set(figures.map(\.dataset)).sorted() { say("  (\(dataset))") }
    }

    private static func text(_ value: Double?) -> String {
        guard let value else { return "" }
        return String(format: value < 100 ? "%.2f" : "%.0f", value)
    }
}

/// Durations of single operations, for percentiles.
struct Latencies: Sendable {
    private var milliseconds: [Double] = []

    mutating func add(_ duration: Duration) { milliseconds.append(duration / .milliseconds(1)) }
    mutating func add(_ other: Latencies) { milliseconds += other.milliseconds }

    var count: Int { milliseconds.count }

    /// Of all of them, one after the other.
    var seconds: Double { milliseconds.reduce(0, +) / 1000 }

    /// The value below which `share` of all lie.
    func percentile(_ share: Double) -> Double? {
        guard !milliseconds.isEmpty else { return nil }
        let sorted = milliseconds.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}

/// Runs the same operation over and over from several tasks.
enum Load {
    /// - Parameter body: one operation; it is told which client runs it.
    /// - Returns: how long each took, and how long all of it took.
    static func run(
        clients: Int, seconds: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> (latencies: Latencies, seconds: Double) {
        let began = ContinuousClock.now
        let end = began + .seconds(seconds)
        let latencies = try await withThrowingTaskGroup(of: Latencies.self) { group in
            for client in 0..<clients {
                group.addTask {
                    var own = Latencies()
                    var now = ContinuousClock.now
                    while now < end {
                        try await body(client)
                        let done = ContinuousClock.now
                        own.add(done - now)
                        now = done
                    }
                    return own
                }
            }
            return try await group.reduce(into: Latencies()) { $0.add($1) }
        }
        return (latencies, (ContinuousClock.now - began) / .seconds(1))
    }

    /// The same at a given rate: each client begins an operation whenever its turn comes. One that
    /// begins late because the one before took too long is timed from its turn, so that a stall
    /// counts for all that it holds up.
    /// - Parameter rate: operations per second of all clients together.
    static func paced(
        rate: Double, clients: Int, seconds: Int,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> (latencies: Latencies, seconds: Double) {
        let began = ContinuousClock.now
        let end = began + .seconds(seconds)
        let pause = Duration.seconds(Double(clients) / max(rate, 1))
        let latencies = try await withThrowingTaskGroup(of: Latencies.self) { group in
            for client in 0..<clients {
                let turns = Metronome.turns(
                    from: began + pause * (Double(client) / Double(clients)), every: pause,
                    until: end)
                group.addTask {
                    var own = Latencies()
                    for await turn in turns {
                        try await body(client)
                        own.add(ContinuousClock.now - turn)
                    }
                    return own
                }
            }
            return try await group.reduce(into: Latencies()) { $0.add($1) }
        }
        return (latencies, (ContinuousClock.now - began) / .seconds(1))
    }
}
