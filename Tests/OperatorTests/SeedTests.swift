import Foundation
import Glibc
@_spi(Statements) import Postgres
import TestSupport
import Testing

@Suite struct `Filling the demo market` {
    /// Where a process is killed that fills it.
    private enum Moment: Equatable {
        /// When it wants to write to this table.
        case before(String)
        /// When it has so many of these rows and wants to write to their table again.
        case amid(Int, String)

        /// Whose rows it is about.
        var table: Substring {
            switch self {
            case .before(let rows), .amid(_, let rows): rows.prefix { $0 != " " }
            }
        }
    }

    private static let moments: [Moment] = [
        .before("provider_rule"), .before("attribute_value"),
        .amid(3, "listing where state = 'published'"), .before("shipping_profile"),
        .amid(1, "shipping_profile"), .amid(2, "listing where shipping_profile_id is not null"),
        .before("review"), .before("picked_seller"), .before("account_role"),
    ]

    @Test func `goes on where it was killed, and what it began is whole in the end`() async throws {
        try await Guildhall.withDatabase { storage, given, home in
            let folder = try Self.twoShops(in: home)
            var environment = given
            environment["GUILDHALL_DEMO"] = folder
            environment["GUILDHALL_MODULES"] = Guildhall.productsFolder
            environment["GUILDHALL_PROVIDER_SOCKET"] = "none"
            environment["GUILDHALL_BANK_PORT"] = String(try freePorts(1))
            _ = try await Guildhall.run("migrate", environment: environment)
            let seed = ["seed", "--if-empty"]

            for moment in Self.moments {
                let wasReached = try await Self.kill(at: moment, in: storage.owner) {
                    try Guildhall.start(seed, environment: environment)
                }
                #expect(wasReached, "\(moment)")
                if case .amid(let count, let rows) = moment {
                    // What it was about to commit is not there.
                    let there = try await Self.count(rows, storage.owner)
                    #expect((1...count).contains(there), "\(moment): \(there)")
                }
                #expect(try await Self.count("account_role", storage.owner) == 0, "\(moment)")
            }
            let last = try await Guildhall.run(all: seed, environment: environment)
            let again = try await Guildhall.run(all: seed, environment: environment)

            #expect(last.code == 0, "\(last.said)")
            #expect(last.output.contains("The market has 2 shops."))
            #expect(again.code == 0 && again.output.isEmpty, "\(again.said)")
            for (what, wanted) in [
                ("account_role", 1), ("seller where state = 'verified'", 2),
                ("listing where state = 'published'", 29),
                ("listing where state <> 'published'", 0), ("attribute", 11),
                ("purchase", 1), ("orders where state = 'delivered'", 2), ("review", 2),
                ("seller_rating", 2), ("picked_listing", 2), ("picked_seller", 2),
                ("shipping_profile", 2), ("listing where shipping_profile_id is not null", 2),
                ("provider_instance where state = 'active'", 6),
            ] {
                let count = try await Self.count(what, storage.owner)
                #expect(count == wanted, "\(what): \(count)")
            }
            #expect(try await Self.count("provider_rule", storage.owner) > 0)
        }
    }

    /// Ends with `kill -9` what `start` starts, at that moment.
    /// - Returns: whether the moment came.
    private static func kill(
        at moment: Moment, in database: Database, _ start: () throws -> Process
    ) async throws -> Bool {
        if case .amid(let count, let rows) = moment {
            try await hold(moment.table, from: count, of: rows, in: database)
        }
        let wasReached = try await database.transaction { tx in
            switch moment {
            case .before(let table):
                try await tx.execute(SQL(trusted: "lock table \(table) in exclusive mode"))
            case .amid: try await tx.execute("select pg_advisory_xact_lock(\(key)::bigint)")
            }
            let process = try start()
            let wasReached = try await eventually {
                try await !tx.query(waiting(for: moment)).isEmpty || !process.isRunning
            }
            let isUnderWay = process.isRunning
            Glibc.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            // What it wanted to write is not written when the way is free.
            try await tx.execute(
                "select pg_terminate_backend(pid) from (\(waiting(for: moment))) waiter")
            return wasReached && isUnderWay
        }
        if case .amid = moment {
            try await database.execute(SQL(trusted: "drop trigger held on \(moment.table)"))
        }
        return wasReached
    }

    private static let key: Int64 = 4711

    /// Who waits for what a test holds.
    private static func waiting(for moment: Moment) -> SQL {
        switch moment {
        case .before(let table):
            """
            select pid from pg_locks where not granted and locktype = 'relation'
                and relation = to_regclass(\(table))
            """
        case .amid:
            """
            select pid from pg_locks where not granted and locktype = 'advisory'
                and objid = \(key)::bigint::oid
                and database = (select oid from pg_database where datname = current_database())
            """
        }
    }

    /// Lets whoever writes to a table wait for ``key`` once there are so many of the rows.
    private static func hold(
        _ table: Substring, from count: Int, of rows: String, in database: Database
    ) async throws {
        try await database.execute(
            """
            create or replace function hold() returns trigger language plpgsql as $$
            declare
                there bigint;
            begin
                execute 'select count(*) from ' || tg_argv[0] into there;
                if there >= tg_argv[1]::bigint then
                    perform pg_advisory_xact_lock(tg_argv[2]::bigint);
                end if;
                return new;
            end $$
            """)
        let quoted = rows.replacing("'", with: "''")
        try await database.execute(
            SQL(
                trusted: """
                    create trigger held before insert or update on \(table)
                    for each row execute function hold('\(quoted)', '\(count)', '\(key)')
                    """))
    }

    private static func count(_ what: String, _ database: any Queryable) async throws -> Int {
        try await database.query(SQL(trusted: "select count(*) from \(what)"))
            .decode { c in try c.next(Int.self) }.first ?? 0
    }

    /// The first two shops of the demo market, of which the second sends by two profiles, and a
    /// customer who bought one thing of each.
    private static func twoShops(in home: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Config/demo")
        let folder = home + "-demo"
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let bytes = try Data(contentsOf: root.appending(path: "market.json"))
        var market = try #require(
            try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        let all = try #require(market["sellers"] as? [[String: Any]])
        var sellers = Array(all.prefix(2))
        var profiles = try #require(
            all.compactMap { $0["shipping"] as? [[String: Any]] }.first { $0.count == 2 })
        profiles[1]["things"] = ["rolling-pin", "little-car"]
        sellers[1]["shipping"] = profiles
        let slugs = sellers.compactMap { $0["slug"] as? String }
        let customer = try #require(market["customers"] as? [[String: Any]]).first
        let reviews = try #require(market["reviews"] as? [[String: Any]])
        market["sellers"] = sellers
        market["customers"] = [customer]
        market["reviews"] = slugs.compactMap { slug in
            var review = reviews.first { $0["seller"] as? String == slug }
            review?["customer"] = customer?["email"]
            return review
        }
        try JSONSerialization.data(withJSONObject: market)
            .write(to: URL(filePath: folder + "/market.json"))
        for slug in slugs {
            let (copy, original) = (folder + "/" + slug, root.appending(path: slug))
            try files.createDirectory(atPath: copy, withIntermediateDirectories: true)
            try files.createSymbolicLink(
                atPath: copy + "/pictures",
                withDestinationPath: original.appending(path: "pictures").path)
            // Imported as drafts, they are published one by one.
            let catalogue = try String(
                contentsOf: original.appending(path: "catalogue.csv"), encoding: .utf8)
            try catalogue.replacing("\",true,", with: "\",false,")
                .write(toFile: copy + "/catalogue.csv", atomically: true, encoding: .utf8)
        }
        return folder
    }
}
