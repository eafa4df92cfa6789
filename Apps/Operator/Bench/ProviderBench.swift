import ArgumentParser
import Foundation

/// `guildhall bench provider`
struct ProviderBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider",
        abstract: "What the module layer and the provider host add to a provider's own answer.",
        discussion: """
            The same questions go to a module's object directly, through the gateway in this \
            process, and through the gateway to a provider host that was started as a process of \
            its own. `added` is the 99th percentile of the last less the median of the first, \
            while the clients ask without a pause; its ceiling is one millisecond. \
            `addedByHostAtPace` is the same at --rate, at which threads sleep between calls and \
            have to be woken, less the median of the module at that pace, and \
            `addedByHostAtHalf` at half of the most that they can ask; a stall counts for all \
            that it holds up. `machine.stall` is how long this machine keeps a thread waiting \
            that nothing else competes with, and for which share of the time: the busier it is, \
            the more calls each such stall holds up. \
            `recovery` is how long nobody is served when the host is killed; a single quote that \
            fails meanwhile ends the bench.
            """)

    @OptionGroup var options: BenchOptions
    @Option(help: "Tasks that ask at once.")
    var clients = 2
    @Option(help: "Questions a second at a pace; a checkout asks five and counts as one.")
    var rate = 500

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let figures = try await BenchMarket.with { market in
            let host = try await BenchHost(market)
            do {
                let figures = try await measure(host, report)
                await host.close()
                return figures
            } catch {
                await host.close()
                throw error
            }
        }
        try report.print(figures)
    }

    private func measure(_ host: BenchHost, _ report: BenchReport) async throws -> [BenchFigure] {
        report.note("the machine itself …")
        var figures = [await machine()]
        for question in BenchQuestion.allCases {
            report.note("\(question.rawValue) …")
            let direct = try await time(host.direct, question)
            let here = try await time(host.here, question)
            let far = try await time(host.far, question)
            func paced(
                _ rate: Double, _ ask: @escaping @Sendable (BenchQuestion) async throws -> Void
            ) async throws -> (latencies: Latencies, seconds: Double) {
                try await Load.paced(rate: rate, clients: clients, seconds: options.seconds) { _ in
                    try await ask(question)
                }
            }
            let half = try await paced(Double(far.latencies.count) / far.seconds / 2, host.far)
            let alone = try await paced(Double(rate), host.direct)
            let calm = try await paced(Double(rate), host.far)
            let own = direct.latencies.percentile(0.5) ?? 0
            let ownAtPace = alone.latencies.percentile(0.5) ?? 0
            func figure(_ name: String, _ run: (latencies: Latencies, seconds: Double))
                -> BenchFigure
            {
                BenchFigure(
                    name: "provider.\(question.rawValue).\(name)",
                    value: Double(run.latencies.count) / run.seconds, unit: "calls/s",
                    p50Ms: run.latencies.percentile(0.5), p99Ms: run.latencies.percentile(0.99),
                    clients: clients, seconds: run.seconds, dataset: question.dataset)
            }
            func added(
                _ name: String, _ run: (latencies: Latencies, seconds: Double), to own: Double
            ) -> BenchFigure {
                BenchFigure(
                    name: "provider.\(question.rawValue).\(name)",
                    value: max(0, (run.latencies.percentile(0.99) ?? 0) - own), ceiling: 1,
                    unit: "ms at p99", clients: clients, seconds: run.seconds,
                    dataset: question.dataset)
            }
            figures += [
                figure("module", direct), figure("gateway", here), figure("host", far),
                figure("hostAtHalf", half), figure("moduleAtPace", alone),
                figure("hostAtPace", calm),
                added("addedByGateway", here, to: own), added("addedByHost", far, to: own),
                added("addedByHostAtHalf", half, to: own),
                added("addedByHostAtPace", calm, to: ownAtPace),
            ]
        }
        report.note("kill -9 …")
        return figures + [try await recovery(of: host)]
    }

    /// What keeps a thread waiting that does nothing but look at the clock, one on each core.
    private func machine() async -> BenchFigure {
        let seconds = options.seconds
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let stalls = await withTaskGroup(of: Latencies.self) { group in
            for _ in 0..<cores { group.addTask { await MachineStalls.measure(seconds: seconds) } }
            return await group.reduce(into: Latencies()) { $0.add($1) }
        }
        let share = stalls.seconds / Double(seconds * cores)
        return BenchFigure(
            name: "provider.machine.stall", value: stalls.percentile(0.5) ?? 0, unit: "ms",
            p50Ms: stalls.percentile(0.5), p99Ms: stalls.percentile(0.99), clients: cores,
            seconds: Double(seconds),
            dataset: "\(stalls.count) stalls of over 0.2 ms on \(cores) cores, "
                + String(format: "%.2f%% of the time", share * 100))
    }

    private func recovery(of host: BenchHost) async throws -> BenchFigure {
        let end = ContinuousClock.now + .seconds(options.seconds)
        // A second more than the strikes, so that there is always somebody who asks.
        async let load = Load.run(clients: clients, seconds: options.seconds + 1) { _ in
            try await host.far(.quotes)
        }
        var strikes = Latencies()
        repeat {
            strikes.add(try await host.strike())
            try await Task.sleep(for: .milliseconds(200))
        } while ContinuousClock.now < end
        let asked = try await load
        return BenchFigure(
            name: "provider.host.recovery", value: strikes.percentile(0.5) ?? 0,
            unit: "ms until it serves again", p50Ms: strikes.percentile(0.5),
            p99Ms: strikes.percentile(0.99), clients: clients, seconds: asked.seconds,
            dataset: "\(strikes.count) times kill -9 while quotes are asked; "
                + "\(asked.latencies.count) quotes, none failed")
    }

    private func time(
        _ ask: @escaping @Sendable (BenchQuestion) async throws -> Void,
        _ question: BenchQuestion
    ) async throws -> (latencies: Latencies, seconds: Double) {
        // What is first is slower: connections, caches.
        for _ in 0..<50 { try await ask(question) }
        return try await Load.run(clients: clients, seconds: options.seconds) { _ in
            try await ask(question)
        }
    }
}
