import ArgumentParser

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
            `addedByHostAtHalf` is the same at half of that rate, at which threads sleep between \
            calls and have to be woken; a stall counts for all that it holds up. \
            `recovery` is how long nobody is served when the host is killed; a single quote that \
            fails meanwhile ends the bench.
            """)

    @OptionGroup var options: BenchOptions
    @Option(help: "Tasks that ask at once.")
    var clients = 2

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
        var figures: [BenchFigure] = []
        for question in BenchQuestion.allCases {
            report.note("\(question.rawValue) …")
            let direct = try await time(host.direct, question)
            let here = try await time(host.here, question)
            let far = try await time(host.far, question)
            let calm = try await Load.paced(
                rate: Double(far.latencies.count) / far.seconds / 2, clients: clients,
                seconds: options.seconds
            ) { _ in try await host.far(question) }
            let own = direct.latencies.percentile(0.5) ?? 0
            func figure(_ name: String, _ run: (latencies: Latencies, seconds: Double))
                -> BenchFigure
            {
                BenchFigure(
                    name: "provider.\(question.rawValue).\(name)",
                    value: Double(run.latencies.count) / run.seconds, unit: "calls/s",
                    p50Ms: run.latencies.percentile(0.5), p99Ms: run.latencies.percentile(0.99),
                    clients: clients, seconds: run.seconds, dataset: question.dataset)
            }
            func added(_ name: String, _ run: (latencies: Latencies, seconds: Double))
                -> BenchFigure
            {
                BenchFigure(
                    name: "provider.\(question.rawValue).\(name)",
                    value: max(0, (run.latencies.percentile(0.99) ?? 0) - own), ceiling: 1,
                    unit: "ms at p99", clients: clients, seconds: run.seconds,
                    dataset: question.dataset)
            }
            figures += [
                figure("module", direct), figure("gateway", here), figure("host", far),
                figure("hostAtHalf", calm), added("addedByGateway", here),
                added("addedByHost", far), added("addedByHostAtHalf", calm),
            ]
        }
        report.note("kill -9 …")
        return figures + [try await recovery(of: host)]
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
