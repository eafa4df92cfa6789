import ArgumentParser
import Foundation
import Hummingbird
import Kernel
import Logging
import ServiceLifecycle
import Storefront
import Vocabulary
import Web

/// `guildhall bench reads`
struct ReadsBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reads",
        abstract: "Things read over HTTP, beside a constant answer of the same server.")

    @OptionGroup var options: BenchOptions
    @Option(help: "How many things the market holds.")
    var listings = 100_000
    @Option(help: "Connections of the load generator.")
    var connections = 64
    @Option(parsing: .upToNextOption, help: "Names of the figures to measure; all by default.")
    var only: [String] = []

    /// Measured in turns, because the machine's speed drifts.
    private static let rounds = 3

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let figures = try await BenchMarket.with { market in
            report.note("Loading \(listings) things …")
            let catalogue = BenchCatalogue(listings: listings, sellers: max(3, listings / 100))
            try await catalogue.load(into: market.database)
            var next: ID<Listing>?
            repeat {
                next = try await market.marketplace.refreshListingPages(after: next)
            } while next != nil
            try await market.settle()
            let port = try BenchServer.freePort()
            return try await BenchServer.run(market, port: port) {
                try await measure("http://127.0.0.1:\(port)", report)
            }
        }
        try report.print(figures)
    }

    private func measure(_ server: String, _ report: BenchReport) async throws -> [BenchFigure] {
        let script = ReadsScript()
        defer { script.remove() }
        var figures: [BenchFigure] = []
        for read in reads {
            report.note("\(read.name): \(Self.rounds) rounds of \(options.seconds) s …")
            var (own, hello): ([BenchTool.Answer], [BenchTool.Answer]) = ([], [])
            for _ in 0..<Self.rounds {
                // By the same kind of script, which costs the load generator the same.
                try script.write(.list([BenchServer.helloPath]), pauseMs: nil)
                hello.append(
                    try await BenchTool.wrk(
                        server, connections: connections, seconds: options.seconds,
                        script: script.path))
                try script.write(read.paths, pauseMs: nil)
                own.append(
                    try await BenchTool.wrk(
                        server, connections: connections, seconds: options.seconds,
                        script: script.path))
            }
            let saturated = Self.median(own)
            figures.append(
                BenchFigure(
                    name: read.name, value: saturated.rate, ceiling: Self.median(hello).rate,
                    unit: "requests/s", p50Ms: saturated.p50Ms, p99Ms: saturated.p99Ms,
                    clients: connections, seconds: Double(options.seconds), dataset: read.dataset))
            figures.append(try await half(read, of: saturated, server, script))
        }
        return figures
    }

    /// The same at half of the saturating rate: each connection pauses for what is left of its
    /// share of the time. How long an answer takes then is not known before, so it is tried.
    private func half(
        _ read: Read, of saturated: BenchTool.Answer, _ server: String, _ script: ReadsScript
    ) async throws -> BenchFigure {
        let cycle = Double(connections) / (saturated.rate / 2) * 1000
        var answer = saturated
        for attempt in 1...Self.attempts {
            // A loaded answer takes longer than one at half of the load.
            let taken = (answer.p50Ms ?? 0) * (attempt == 1 ? 0.25 : 1)
            try script.write(read.paths, pauseMs: cycle - taken)
            answer = try await BenchTool.wrk(
                server, connections: connections, seconds: options.seconds, script: script.path)
            if Self.halves.contains(answer.rate / saturated.rate) { break }
        }
        return BenchFigure(
            name: read.name + Self.suffix(at: answer.rate / saturated.rate), value: answer.rate,
            ceiling: saturated.rate,
            unit: "requests/s", p50Ms: answer.p50Ms, p99Ms: answer.p99Ms, clients: connections,
            seconds: Double(options.seconds), dataset: read.dataset)
    }

    /// How often the pause is mended before a rate besides the half is taken for what it is.
    private static let attempts = 4
    /// Shares of the saturating rate that count as its half.
    private static let halves = 0.45...0.55

    /// What a figure at this share of the saturating rate is called: a reader who looks for the
    /// half finds nothing else under its name.
    static func suffix(at share: Double) -> String {
        halves.contains(share) ? ".half" : ".at\(Int((share * 100).rounded()))percent"
    }

    private struct Read {
        let name: String
        let paths: ReadsScript.Paths
        let dataset: String
    }

    /// What is read, and how it is chosen.
    private var reads: [Read] {
        let all = "\(listings) things"
        let categories = (1...BenchCatalogue.categories).map { BenchCatalogue.slug($0) }
        let searches = BenchCatalogue.materials.flatMap { material in
            BenchCatalogue.things.map { "\(material)%20\($0)" }
        }
        // Every third word has a letter too few, as people type.
        let typed = searches.enumerated().map { index, text in
            index % 3 == 0 ? String(text.dropLast(2)) + String(text.suffix(1)) : text
        }
        let listing = "/api/v1/listings/"
        return [
            Read(
                name: "reads.listing",
                paths: .listings(prefix: listing, of: listings, isSkewed: true),
                dataset: all + ", the n-th as often as 1/n"),
            Read(
                name: "reads.listing.any",
                paths: .listings(prefix: listing, of: listings, isSkewed: false),
                dataset: all + ", each as often"),
            Read(
                name: "reads.category",
                paths: .list(categories.map { listing.dropLast() + "?limit=20&category=" + $0 }),
                dataset: all + ", random"),
            Read(
                name: "reads.search",
                paths: .list(typed.map { listing.dropLast() + "?limit=20&text=" + $0 }),
                dataset: all + ", every third search misspelt"),
            Read(
                name: "reads.categoryPage",
                paths: .list(categories.map { "/categories/" + $0 }), dataset: all + ", random"),
            Read(
                name: "reads.searchPage", paths: .list(typed.map { "/search?text=" + $0 }),
                dataset: all + ", every third search misspelt"),
        ].filter { only.isEmpty || only.contains($0.name) }
    }

    private static func median(_ answers: [BenchTool.Answer]) -> BenchTool.Answer {
        answers.sorted { $0.rate < $1.rate }[answers.count / 2]
    }
}
