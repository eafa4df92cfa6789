import ArgumentParser
import AsyncHTTPClient
import Foundation
import Glibc

/// `guildhall bench start`
struct StartBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "How soon each app answers after its start, and what memory it takes.",
        discussion: """
            Starts processes as `guildhall up` does. Memory is what the process has in RAM \
            (VmRSS) two seconds after its start, and the most that it had (VmHWM) after a load.
            """)

    @OptionGroup var options: BenchOptions
    @Option(help: "How many things the market holds.")
    var listings = 10_000
    @Option(help: "Connections of the load generator.")
    var connections = 64

    private static let starts = 5
    /// How long a process rests before its memory is looked at.
    private static let restSeconds = 2.0

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let figures = try await BenchMarket.with { market in
            report.note("Loading \(listings) things …")
            let catalogue = BenchCatalogue(listings: listings, sellers: max(3, listings / 100))
            try await catalogue.load(into: market.database)
            try await market.settle()
            var figures: [BenchFigure] = []
            for app in AppName.allCases {
                report.note("\(app.rawValue): \(Self.starts) starts, then \(options.seconds) s …")
                figures += try await measure(app, market)
            }
            return figures
        }
        try report.print(figures)
    }

    private func measure(_ app: AppName, _ market: BenchMarket) async throws -> [BenchFigure] {
        var times = Latencies()
        for _ in 1..<Self.starts {
            let process = try BenchProcess(app, market)
            times.add(try await process.firstAnswer())
            await process.stop()
        }
        let process = try BenchProcess(app, market)
        times.add(try await process.firstAnswer())
        try await Task.sleep(for: .seconds(Self.restSeconds))
        let idle = process.megabytes("VmRSS")
        let script = ReadsScript()
        defer { script.remove() }
        try script.write(.list(paths(of: app)), pauseMs: nil)
        _ = try await BenchTool.wrk(
            process.address, connections: connections, seconds: options.seconds,
            script: script.path)
        let most = process.megabytes("VmHWM")
        await process.stop()
        func figure(
            _ name: String, _ value: Double, _ unit: String, clients: Int, seconds: Double
        ) -> BenchFigure {
            BenchFigure(
                name: "start.\(app.rawValue).\(name)", value: value, unit: unit, clients: clients,
                seconds: seconds, dataset: "\(listings) things")
        }
        return [
            figure(
                "firstAnswer", times.percentile(0.5) ?? 0, "ms", clients: 1,
                seconds: times.seconds),
            figure("idle", idle, "MB", clients: 0, seconds: Self.restSeconds),
            figure(
                "load", most, "MB", clients: connections, seconds: Double(options.seconds)),
        ]
    }

    private func paths(of app: AppName) -> [String] {
        guard app == .storefront else { return ["/sign-in", "/openapi.json", "/docs"] }
        let categories = (1...BenchCatalogue.categories).map { BenchCatalogue.slug($0) }
        // More than a process keeps in memory, in the end.
        let ids = (1...min(listings, 60_000)).map {
            BenchCatalogue.listingID(1 + $0 * 7919 % listings)
        }
        return ids.map { "/api/v1/listings/" + $0 } + categories.map { "/categories/" + $0 }
            + categories.map { "/api/v1/listings?limit=20&category=" + $0 }
            + BenchCatalogue.things.map { "/search?text=" + $0 }
    }
}

/// One app of the bench's market as a process of its own.
private struct BenchProcess {
    let address: String
    private let child: ChildProcess
    private let began: ContinuousClock.Instant
    private let folder: String

    init(_ app: AppName, _ market: BenchMarket) throws {
        folder = FileManager.default.temporaryDirectory.path + "/guildhall-bench-start-\(getpid())"
        let (port, health) = (try BenchServer.freePort(), try BenchServer.freePort())
        var environment = ProcessInfo.processInfo.environment
        environment["DATABASE_URL"] = market.url
        environment["GUILDHALL_HOME"] = folder
        environment["GUILDHALL_SECRET_KEY"] = String(repeating: "07", count: 32)
        environment["GUILDHALL_HEALTH_PORT"] = String(health)
        environment["GUILDHALL_LOG_LEVEL"] = "warning"
        environment[Lifeline.variable] = "5"
        for name in ["STOREFRONT", "SELLER", "ADMIN"] {
            environment["GUILDHALL_\(name)_PORT"] = String(port)
        }
        let relay = try LogRelay(folder: folder + "/logs", console: .important)
        began = .now
        child = try ChildProcess.start(
            ChildSpec(
                name: app.rawValue, arguments: ["serve", app.rawValue], environment: environment))
        relay.follow(child.output, as: app.rawValue)
        address = "http://127.0.0.1:\(port)"
    }

    /// How long it took from the start to the first page.
    func firstAnswer() async throws -> Duration {
        while ContinuousClock.now - began < .seconds(30) {
            do {
                let answer = try await HTTPClient.shared.execute(
                    HTTPClientRequest(url: address + "/sign-in"), timeout: .seconds(5))
                _ = try await answer.body.collect(upTo: 1 << 20)
                if answer.status == .ok { return ContinuousClock.now - began }
            } catch { try await Task.sleep(for: .milliseconds(3)) }
        }
        throw OperatorProblem("\(address) gave no page within half a minute.")
    }

    /// A line of /proc/…/status in millions of bytes.
    func megabytes(_ key: String) -> Double {
        let status = FileManager.default.contents(atPath: "/proc/\(child.pid)/status") ?? Data()
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(key + ":") }
        let kilobytes = line?.split { !$0.isNumber }.first.flatMap { Double($0) } ?? 0
        return kilobytes * 1024 / 1_000_000
    }

    func stop() async {
        child.send(SIGTERM)
        let child = child
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                _ = child.wait()
                continuation.resume()
            }
        }
        do { try FileManager.default.removeItem(atPath: folder) } catch { return }
    }
}
