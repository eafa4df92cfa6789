import ArgumentParser
import Foundation
import Kernel
@_spi(Statements) import Postgres
import ProviderKit
import Vocabulary

/// `guildhall bench ledger`
struct LedgerBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Postings of a capture from three makers, beside the same rows by pgbench.",
        discussion: """
            `ledger.capture` is compared with a function that inserts the same rows and checks \
            nothing, `ledger.oneSeller` with the same postings spread over all sellers.
            """)

    @OptionGroup var options: BenchOptions
    @Option(help: "Makers with a wallet each.")
    var sellers = 300
    @Option(help: "Tasks that post at once.")
    var clients = 8

    /// Measured in turns, because the machine's speed drifts.
    private static let rounds = 3

    func validate() throws {
        guard (3...100_000).contains(sellers) else {
            throw ValidationError("--sellers must be between 3 and 100000.")
        }
    }

    func run() async throws {
        let report = BenchReport(isJSON: options.json)
        let figures = try await BenchMarket.with { market in
            try await BenchCatalogue(listings: sellers, sellers: sellers)
                .load(into: market.database)
            let books = LedgerBooks(
                market: market, instance: try await BenchProviders.install(in: market.database),
                wallets: (1...sellers).compactMap(BenchCatalogue.wallet))
            // The accounts that no wallet owns are opened by the first posting.
            for _ in 0..<100 { try await books.post(books.spread(3)) }
            try await books.prepareCeiling()
            try await market.settle()
            let figures = try await measure(books, report)
            // It posts sales of orders that nobody placed, so the books are asked only for
            // themselves.
            let verified = try await market.marketplace.verifyLedger(of: .books)
            guard verified.isClean else {
                throw OperatorProblem("The books do not balance after this.")
            }
            report.note("\(verified.transactions) transactions verified: they balance.")
            return figures
        }
        try report.print(figures)
    }

    private func measure(_ books: LedgerBooks, _ report: BenchReport) async throws -> [BenchFigure]
    {
        var ceilings: [Double] = []
        var runs: [String: [(latencies: Latencies, seconds: Double)]] = [:]
        let kinds: [(String, @Sendable () -> [ID<Wallet>])] = [
            ("capture", { books.spread(3) }), ("spread", { books.spread(1) }),
            ("oneSeller", { Array(books.wallets.prefix(1)) }),
        ]
        for round in 1...Self.rounds {
            report.note("round \(round) of \(Self.rounds): pgbench, postings …")
            ceilings.append(
                try await books.ceiling(clients: clients, seconds: options.seconds))
            for (name, wallets) in kinds {
                runs[name, default: []].append(
                    try await Load.run(clients: clients, seconds: options.seconds) { _ in
                        try await books.post(wallets())
                    })
            }
        }
        let top = ceilings.sorted()[ceilings.count / 2]
        let spread = figure("spread", runs["spread"] ?? [], nil)
        return [
            figure("capture", runs["capture"] ?? [], top), spread,
            figure("oneSeller", runs["oneSeller"] ?? [], spread.value),
        ]
    }

    private func figure(
        _ name: String, _ rounds: [(latencies: Latencies, seconds: Double)], _ ceiling: Double?
    ) -> BenchFigure {
        let sorted = rounds.sorted {
            Double($0.latencies.count) / $0.seconds < Double($1.latencies.count) / $1.seconds
        }
        let median = sorted[sorted.count / 2]
        return BenchFigure(
            name: "ledger." + name, value: Double(median.latencies.count) / median.seconds,
            ceiling: ceiling, unit: "captures/s", p50Ms: median.latencies.percentile(0.5),
            p99Ms: median.latencies.percentile(0.99), clients: clients, seconds: median.seconds,
            dataset: "\(sellers) sellers")
    }
}

/// The books of a bench, and who posts to them.
struct LedgerBooks: Sendable {
    let market: BenchMarket
    let instance: ID<ProviderInstance>
    let wallets: [ID<Wallet>]

    private static let (total, commission): (Int64, Int64) = (2_490, 249)

    /// That many different wallets at random, one of each part of all.
    func spread(_ count: Int) -> [ID<Wallet>] {
        let part = wallets.count / count
        return (0..<count).map { wallets[$0 * part + Int.random(in: 0..<part)] }
    }

    /// Posts the sales of one capture, in one transaction.
    func post(_ wallets: [ID<Wallet>]) async throws {
        let purchase = ID<Purchase>()
        let postings = try wallets.map { wallet in
            try Posting.sale(
                of: SoldOrder(
                    order: ID(), purchase: purchase, wallet: wallet,
                    total: Money(Self.total, .eur), commission: Money(Self.commission, .eur),
                    taxByPlatform: .zero(.eur)), at: instance)
        }
        let statements = LedgerStore.postStatements(postings)
        try await market.database.transaction { tx in
            _ = try await tx.commit(after: statements)
        }
    }

    /// Makes `bench_post(a, b, c)`, which inserts the rows of a three-seller capture.
    func prepareCeiling() async throws {
        let function = """
            create sequence bench_number;
            create function bench_post(a integer, b integer, c integer) returns void
            language plpgsql as $bench$
            declare
                base bigint := nextval('bench_number') * 4;
                purchase uuid := lpad(to_hex(base), 32, '0');
                clearing bigint := (select id from ledger_account
                    where kind = 'provider_clearing');
                commission bigint := (select id from ledger_account where kind = 'commission');
                pending bigint[] := array[(select t.pending from bench_thing t where n = a),
                    (select t.pending from bench_thing t where n = b),
                    (select t.pending from bench_thing t where n = c)];
                orders uuid[] := array[lpad(to_hex(base + 1), 32, '0'),
                    lpad(to_hex(base + 2), 32, '0'), lpad(to_hex(base + 3), 32, '0')];
                x bigint;
            begin
                for i in 1..3 loop
                    insert into ledger_transaction (key, kind, currency, purchase_id, fingerprint)
                    values ('sale:' || orders[i], 'sale', 'EUR', purchase,
                        '\\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff')
                    returning id into x;
                    insert into ledger_entry (transaction_id, line, account_id, currency, amount,
                        order_id)
                    values (x, 1, clearing, 'EUR', -\(Self.total), orders[i]),
                        (x, 2, pending[i], 'EUR', \(Self.total - Self.commission), orders[i]),
                        (x, 3, commission, 'EUR', \(Self.commission), orders[i]);
                end loop;
                -- What others wait for comes last, in one order for all.
                for i in 1..3 loop
                    update ledger_balance
                    set balance = balance + \(Self.total - Self.commission),
                        month = coalesce(month, date_trunc('month', now() at time zone 'UTC')),
                        first_xid = coalesce(first_xid, pg_snapshot_xmin(pg_current_snapshot()))
                    where account_id = pending[i];
                end loop;
            end $bench$;
            """
        try await market.database.transaction { tx in try await tx.run(script: function) }
    }

    /// Captures per second by pgbench.
    func ceiling(clients: Int, seconds: Int) async throws -> Double {
        let third = wallets.count / 3
        let script = """
            \\set a random(1, \(third))
            \\set b random(\(third + 1), \(2 * third))
            \\set c random(\(2 * third + 1), \(3 * third))
            select bench_post(:a, :b, :c);

            """
        return try await PgBench.rate(
            market.url, planningAs: "random_page_cost=1.1", script: script, clients: clients,
            seconds: seconds
        ).rate
    }
}
