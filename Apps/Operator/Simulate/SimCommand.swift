import ArgumentParser
import Kernel

/// `guildhall sim --seed 1 --days 120 --sellers 50`
struct SimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sim",
        abstract: "Tries to break the money's rules in simulated markets.",
        discussion: """
            Customers buy and sellers ship while banks lose calls, answer late, twice, out of \
            order or with lies, the clock jumps and processes die between any two steps. After \
            every event all invariants of what it touched hold, every night the whole books add \
            up, and at the end the banks' own books agree to the unit; otherwise the shortest \
            story that still fails is printed.
            """)

    @Option(help: "The first seed. The same seed tells the same story.")
    var seed: UInt64 = 1

    @Option(help: "How many seeds, from the first on.")
    var seeds: UInt64?

    @Option(help: "Go on with the next seed until there were so many events.")
    var events: Int?

    @Option(help: "How many days each market is open.")
    var days = 120

    @Option(help: "How many sellers each market has.")
    var sellers = 50

    @Option(help: "Tries each property of money with so many cases instead of telling stories.")
    var properties: Int?

    @Flag(help: "Prints a JSON object for each seed or property, and one for all together.")
    var json = false

    func validate() throws {
        guard (1...3650).contains(days), (1...1000).contains(sellers) else {
            throw ValidationError("--days is 1 to 3650, --sellers 1 to 1000.")
        }
        guard seeds ?? 1 > 0, events ?? 1 > 0, properties ?? 1 > 0 else {
            throw ValidationError("--seeds, --events and --properties are at least 1.")
        }
    }

    func run() async throws {
        let report = SimReport(isJSON: json)
        if let properties { return try await tryProperties(properties, report) }
        let began = ContinuousClock.now
        var total = 0
        var told: UInt64 = 0
        let last = seeds ?? (events == nil ? 1 : .max)
        var isWell = true
        // Two at a time: as many as the smallest machine has cores.
        try await withThrowingTaskGroup(of: (UInt64, Simulation.Outcome).self) { group in
            var next: UInt64 = 0
            func start() {
                guard next < last, events.map({ total < $0 }) ?? true, isWell else { return }
                let simulation = Simulation(seed: seed &+ next, days: days, sellers: sellers)
                next += 1
                group.addTask {
                    let outcome = simulation.run { report.progress(simulation, $0) }
                    return (simulation.seed, outcome)
                }
            }
            start()
            start()
            for try await (seed, outcome) in group {
                total += outcome.events
                told += 1
                try report.tell(seed, outcome, days: days, sellers: sellers)
                if outcome.fault != nil { isWell = false }
                start()
            }
        }
        try report.sum(seeds: told, events: total, in: ContinuousClock.now - began)
        if !isWell { throw ExitCode.failure }
    }

    private func tryProperties(_ cases: Int, _ report: SimReport) async throws {
        let first = seed
        let isWell = try await withThrowingTaskGroup(of: Bool.self) { group in
            for property in MoneyProperties.all {
                group.addTask {
                    let began = ContinuousClock.now
                    let fault = MoneyProperties.firstFault(
                        of: property, cases: cases, seed: first)
                    try report.tell(
                        property.claim, cases: cases, from: first, fault,
                        in: ContinuousClock.now - began)
                    return fault == nil
                }
            }
            return try await group.reduce(true) { $0 && $1 }
        }
        if !isWell { throw ExitCode.failure }
    }
}
