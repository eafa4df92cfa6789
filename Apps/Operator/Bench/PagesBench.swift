import ArgumentParser
import Foundation
import Kernel
@_spi(Statements) import Postgres
import Vocabulary
import Web

/// `guildhall bench pages`
struct PagesBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pages",
        abstract: "The shop's pages: the server's time, bytes of a first visit, and the paint.",
        discussion: """
            Times are those of whole pages over HTTP, asked for by as many at once as --clients. \
            A first visit is measured in Chromium with an empty cache, photos aside; Largest \
            Contentful Paint (https://web.dev/articles/lcp) with its processor slowed down \
            fourfold. Each figure stands beside its target.
            """)

    @OptionGroup var options: BenchOptions
    @Option(help: "How many things the market holds.")
    var listings = 100_000
    @Option(help: "How many ask at the same time.")
    var clients = 2
    @Option(help: "A Python that has Playwright; Config/test makes one in .guildhall.")
    var python: String?
    @Flag(help: "Leave out what needs Chromium.")
    var withoutBrowser = false

    /// What the figures are held against.
    private static let p95MaxMs = 20.0
    private static let firstLoadMax = 100_000.0
    private static let paintMaxMs = 800.0
    /// Loads of each page in the browser; the middle one counts.
    private static let visits = 5

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let browser = withoutBrowser ? nil : try PaintBrowser.find(python: python)
        let figures = try await BenchMarket.with { market in
            report.note("Loading \(listings) things with two photos each …")
            let catalogue = BenchCatalogue(listings: listings, sellers: max(3, listings / 100))
            try await catalogue.load(into: market.database)
            try await BenchPhotos(market: market).add()
            var next: ID<Listing>?
            repeat {
                next = try await market.marketplace.refreshListingPages(after: next)
            } while next != nil
            try await market.settle()
            let port = try BenchServer.freePort()
            return try await BenchServer.run(market, port: port) {
                let server = "http://127.0.0.1:\(port)"
                var figures = try await times(server, report)
                if let browser { figures += try await paints(browser, server, report) }
                return figures
            }
        }
        try report.print(figures)
    }

    private func times(_ server: String, _ report: BenchReport) async throws -> [BenchFigure] {
        let script = ReadsScript()
        defer { script.remove() }
        var figures: [BenchFigure] = []
        for page in BenchPages.all(of: listings) {
            report.note("\(page.name): \(options.seconds) s …")
            try script.write(page.paths, pauseMs: nil)
            // The first second fills caches that a shop always has full.
            _ = try await BenchTool.wrk(
                server, connections: clients, seconds: 1, script: script.path)
            let answer = try await BenchTool.wrk(
                server, connections: clients, seconds: options.seconds, script: script.path)
            figures.append(
                BenchFigure(
                    name: "pages.\(page.name).time", value: answer.p95Ms ?? 0,
                    ceiling: Self.p95MaxMs, unit: "ms at p95, at most", p50Ms: answer.p50Ms,
                    p95Ms: answer.p95Ms, p99Ms: answer.p99Ms, clients: clients,
                    seconds: Double(options.seconds),
                    dataset: "\(listings) things with two photos each"))
        }
        return figures
    }

    private func paints(
        _ browser: PaintBrowser, _ server: String, _ report: BenchReport
    ) async throws -> [BenchFigure] {
        var figures: [BenchFigure] = []
        for page in BenchPages.visited(of: listings) {
            report.note("\(page.name): \(Self.visits) visits with Chromium …")
            let visits = try await browser.visit(server + page.path, times: Self.visits)
            let paints = visits.map(\.paintMs).sorted()
            let bytes = visits.map { Double($0.bytes) }.max() ?? 0
            func figure(_ name: String, _ value: Double, _ most: Double, _ unit: String)
                -> BenchFigure
            {
                BenchFigure(
                    name: "pages.\(page.name).\(name)", value: value, ceiling: most, unit: unit,
                    clients: 1, seconds: 0,
                    dataset: "Chromium, empty cache, processor four times slower")
            }
            figures.append(
                figure("firstLoad", bytes, Self.firstLoadMax, "bytes without photos, at most"))
            var paint = figure(
                "paint", paints[paints.count / 2], Self.paintMaxMs, "ms to the largest, at most")
            (paint.p50Ms, paint.p99Ms) = (paints[paints.count / 2], paints.last)
            figures.append(paint)
        }
        return figures
    }
}

/// The pages that are measured.
enum BenchPages {
    struct Timed {
        let name: String
        let paths: ReadsScript.Paths
    }
    struct Visited {
        let name: String
        let path: String
    }

    static func all(of listings: Int) -> [Timed] {
        let searches = BenchCatalogue.materials.flatMap { material in
            BenchCatalogue.things.map { "/search?text=\(material)%20\($0)" }
        }
        return [
            Timed(name: "home", paths: .list(["/"])),
            Timed(
                name: "listing",
                paths: .listings(prefix: "/listings/", of: listings, isSkewed: true)),
            Timed(
                name: "listing.any",
                paths: .listings(prefix: "/listings/", of: listings, isSkewed: false)),
            Timed(
                name: "category",
                paths: .list(
                    (1...BenchCatalogue.categories).map {
                        "/categories/" + BenchCatalogue.slug($0)
                    })),
            Timed(name: "search", paths: .list(searches)),
        ]
    }

    static func visited(of listings: Int) -> [Visited] {
        [
            Visited(name: "home", path: "/"),
            Visited(name: "listing", path: "/listings/" + BenchCatalogue.listingID(listings / 2)),
            Visited(name: "category", path: "/categories/" + BenchCatalogue.slug(7)),
            Visited(name: "search", path: "/search?text=oak%20bowl"),
        ]
    }
}
