import ArgumentParser
import Foundation
import Kernel
@_spi(Statements) import Postgres
import Redis

/// `guildhall bench driver`
struct DriverBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "driver",
        abstract: "Single statements through the driver, beside pgbench on the same cluster.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Tasks that ask at once.")
    var clients = 64

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let figures = try await BenchMarket.with { market in
            try await market.database.execute(
                """
                create table bench_row as
                select n as id, repeat('x', 900) as body from generate_series(1, 100000) n
                """)
            try await market.database.execute("create unique index on bench_row (id)")
            try await market.settle()
            return try await measure(market, report)
        }
        try report.print(figures)
    }

    private func measure(_ market: BenchMarket, _ report: BenchReport) async throws -> [BenchFigure]
    {
        let (database, redis) = (market.database, market.redis)
        report.note("pgbench, 4 clients …")
        let script = "\\set id random(1, 100000)\nselect body from bench_row where id = :id;\n"
        let ceiling = try await PgBench.rate(
            market.url, script: script, clients: 4, seconds: options.seconds)
        report.note("the driver …")
        let reads = try await Load.run(clients: clients, seconds: options.seconds) { _ in
            let id = Int.random(in: 1...100_000)
            let rows = try await database.query("select body from bench_row where id = \(id)")
            guard rows.count == 1 else { throw OperatorProblem("A row is missing.") }
        }
        let transactions = try await Load.run(clients: 8, seconds: options.seconds) { _ in
            try await database.transaction { tx in
                let id = Int.random(in: 1...100_000)
                try await tx.execute("select body from bench_row where id = \(id)")
                try await tx.execute("select body from bench_row where id = \(id + 1)")
            }
        }
        let commands = try await Load.run(clients: clients, seconds: options.seconds) { _ in
            _ = try await redis.send("GET", ["bench"])
        }
        func figure(
            _ name: String, _ run: (latencies: Latencies, seconds: Double), _ clients: Int,
            _ unit: String, ceiling: Double? = nil
        ) -> BenchFigure {
            BenchFigure(
                name: name, value: Double(run.latencies.count) / run.seconds, ceiling: ceiling,
                unit: unit, p50Ms: run.latencies.percentile(0.5),
                p99Ms: run.latencies.percentile(0.99), clients: clients, seconds: run.seconds,
                dataset: "100000 rows of 900 bytes")
        }
        return [
            figure("driver.select", reads, clients, "statements/s", ceiling: ceiling.rate),
            figure("driver.transaction", transactions, 8, "transactions/s"),
            figure("driver.redis", commands, clients, "commands/s"),
        ]
    }
}
