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
        let folder = FileManager.default.temporaryDirectory.path
        let script = folder + "/guildhall-bench-\(ProcessInfo.processInfo.processIdentifier).lua"
        defer { unlink(script) }
        let paths: [(String, [String])] = [
            (
                "reads.listing",
                (1...min(listings, 20_000)).map { _ in
                    "/api/v1/listings/" + BenchCatalogue.listingID(Int.random(in: 1...listings))
                }
            ),
            (
                "reads.category",
                (1...BenchCatalogue.categories).map {
                    "/api/v1/listings?limit=20&category=" + BenchCatalogue.slug($0)
                }
            ),
            (
                "reads.search",
                BenchCatalogue.materials.flatMap { material in
                    BenchCatalogue.things.map {
                        "/api/v1/listings?limit=20&text=" + material + "%20" + $0
                    }
                }
            ),
            (
                "reads.categoryPage",
                (1...BenchCatalogue.categories).map { "/categories/" + BenchCatalogue.slug($0) }
            ),
        ]
        let dataset = "\(listings) things, random"
        var figures: [BenchFigure] = []
        for (name, list) in paths {
            report.note("\(name): \(Self.rounds) rounds of \(options.seconds) s …")
            var (own, hello): ([BenchTool.Answer], [BenchTool.Answer]) = ([], [])
            for _ in 0..<Self.rounds {
                hello.append(
                    try await BenchTool.wrk(
                        server + BenchServer.helloPath, connections: connections,
                        seconds: options.seconds))
                try Self.script(list, delayMs: nil).write(
                    toFile: script, atomically: true, encoding: .utf8)
                own.append(
                    try await BenchTool.wrk(
                        server, connections: connections, seconds: options.seconds, script: script))
            }
            let saturated = Self.median(own)
            figures.append(
                BenchFigure(
                    name: name, value: saturated.rate, ceiling: Self.median(hello).rate,
                    unit: "requests/s", p50Ms: saturated.p50Ms, p99Ms: saturated.p99Ms,
                    clients: connections, seconds: Double(options.seconds), dataset: dataset))
            // Half the rate: each connection pauses for as long as its request took on average.
            let pause = Double(connections) / (saturated.rate / 2) * 1000 - 1
            try Self.script(list, delayMs: pause).write(
                toFile: script, atomically: true, encoding: .utf8)
            let half = try await BenchTool.wrk(
                server, connections: connections, seconds: options.seconds, script: script)
            figures.append(
                BenchFigure(
                    name: name + ".half", value: half.rate, ceiling: nil, unit: "requests/s",
                    p50Ms: half.p50Ms, p99Ms: half.p99Ms, clients: connections,
                    seconds: Double(options.seconds), dataset: dataset))
        }
        return figures
    }

    private static func median(_ answers: [BenchTool.Answer]) -> BenchTool.Answer {
        answers.sorted { $0.rate < $1.rate }[answers.count / 2]
    }

    private static func script(_ paths: [String], delayMs: Double?) -> String {
        let list = paths.map { "\"\($0)\"" }.joined(separator: ",")
        let delay = delayMs.map { "function delay() return \(Int(max(0, $0))) end" } ?? ""
        return """
            local paths = {\(list)}
            local requests = {}
            function init()
                for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end
            end
            local n = 0
            function request()
                n = n % #requests + 1
                return requests[n]
            end
            \(delay)
            """
    }
}
