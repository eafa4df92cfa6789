import ArgumentParser
import Foundation
import Kernel
@_spi(Statements) import Postgres
import ProviderKit
import Synchronization
import Vocabulary

/// `guildhall bench flashsale`
struct FlashSaleBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flashsale",
        abstract: "Many buyers, few units: exactly as many orders as units, nothing left behind.")

    @OptionGroup var options: BenchOutput
    @Option(help: "How many try to buy.")
    var buyers = 1000
    @Option(help: "How many units there are.")
    var units = 10
    @Option(help: "How many try at the same time.")
    var clients = 100

    private enum Outcome: Sendable {
        case bought, refused
        case failed(String)
    }

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let (figure, faults) = try await BenchMarket.with { market in
            try await measure(market, report)
        }
        try report.print([figure])
        try report.conclude(
            faults, otherwise: "\(units) orders, \(buyers - units) refusals, nothing left behind.")
    }

    private func measure(
        _ market: BenchMarket, _ report: BenchReport
    ) async throws -> (BenchFigure, [String]) {
        try await BenchCatalogue(listings: 9, sellers: 3).load(into: market.database)
        let instance = try await BenchProviders.install(in: market.database)
        try await market.database.execute("update stock_level set on_hand = \(units)")
        report.note("\(buyers) buyers, \(units) units …")
        let (outcomes, latencies, seconds) = try await sell(market, instance)
        let figure = BenchFigure(
            name: "flashsale", value: Double(buyers) / seconds, ceiling: nil, unit: "buyers/s",
            p50Ms: latencies.percentile(0.5), p99Ms: latencies.percentile(0.99),
            clients: clients, seconds: seconds, dataset: "\(buyers) buyers, \(units) units")
        return (figure, try await faults(market, outcomes))
    }

    private func sell(
        _ market: BenchMarket, _ instance: ID<ProviderInstance>
    ) async throws -> ([Outcome], Latencies, Double) {
        let item = BenchCatalogue.variant(1).map { [CheckoutItem(variant: $0, quantity: 1)] } ?? []
        let next = Counter()
        let began = ContinuousClock.now
        let results = await withTaskGroup(of: [(Outcome, Duration)].self) { group in
            for _ in 0..<clients {
                group.addTask {
                    var own: [(Outcome, Duration)] = []
                    while let number = next.take(below: buyers) {
                        let start = ContinuousClock.now
                        let outcome = await buy(item, market, instance, number)
                        own.append((outcome, ContinuousClock.now - start))
                    }
                    return own
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        var latencies = Latencies()
        for (_, duration) in results { latencies.add(duration) }
        return (results.map(\.0), latencies, (ContinuousClock.now - began) / .seconds(1))
    }

    private func buy(
        _ item: [CheckoutItem], _ market: BenchMarket, _ instance: ID<ProviderInstance>,
        _ number: Int
    ) async -> Outcome {
        let buyer = BenchBuyer(
            marketplace: market.marketplace, instance: instance,
            buyer: Buyer(guestToken: "guest number \(number) of the flash sale"))
        do {
            try await buyer.buy(item)
            return .bought
        } catch is any Refusal {
            return .refused
        } catch {
            return .failed("\(error)")
        }
    }

    private func faults(_ market: BenchMarket, _ outcomes: [Outcome]) async throws -> [String] {
        var faults: [String] = []
        var (bought, refused) = (0, 0)
        for outcome in outcomes {
            switch outcome {
            case .bought: bought += 1
            case .refused: refused += 1
            case .failed(let error): if faults.count < 5 { faults.append(error) }
            }
        }
        if bought != units { faults.append("\(bought) bought, \(units) units were there") }
        if refused != buyers - units { faults.append("\(refused) were refused politely") }
        let counts: [(String, SQL, Int64)] = [
            ("orders", "select count(*) from orders", Int64(units)),
            ("paid orders", "select count(*) from orders where state = 'paid'", Int64(units)),
            ("payments", "select count(*) from payment", Int64(units)),
            (
                "units left",
                """
                select on_hand from stock_level where variant_id = (
                    select variant from bench_thing where n = 1)
                """, 0
            ),
            ("units reserved", "select coalesce(sum(reserved), 0) from stock_level", 0),
            ("reservations held", "select count(*) from reservation where state = 'held'", 0),
        ]
        for (name, statement, expected) in counts {
            let found = try await market.database.query(statement)
                .decode { try $0.next(Int64.self) }.first
            if found != expected { faults.append("\(name): \(found ?? -1), not \(expected)") }
        }
        if try await !market.marketplace.verifyLedger().isClean {
            faults.append("the books do not balance")
        }
        return faults
    }
}

/// Hands out numbers once each.
final class Counter: Sendable {
    private let value = Atomic(0)

    func take(below limit: Int) -> Int? {
        let number = value.add(1, ordering: .relaxed).oldValue
        return number < limit ? number : nil
    }
}
