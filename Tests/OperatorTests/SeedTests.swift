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
        /// When there is a row of it.
        case after(String)
    }

    private static let moments: [Moment] = [
        .before("provider_rule"), .before("attribute_value"),
        .after("listing where state = 'published'"), .before("shipping_profile"),
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
                let process = try Guildhall.start(seed, environment: environment)
                let wasReached = try await Self.kill(process, moment, in: storage.owner)
                #expect(wasReached, "\(moment)")
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
                ("provider_instance where state = 'active'", 6),
            ] {
                let count = try await Self.count(what, storage.owner)
                #expect(count == wanted, "\(what): \(count)")
            }
            #expect(try await Self.count("provider_rule", storage.owner) > 0)
        }
    }

    /// Ends `process` with `kill -9` at that moment.
    /// - Returns: whether the moment came.
    private static func kill(
        _ process: Process, _ moment: Moment, in database: Database
    ) async throws -> Bool {
        try await database.transaction { tx in
            if case .before(let table) = moment {
                try await tx.execute(SQL(trusted: "lock table \(table) in exclusive mode"))
            }
            let wasReached = try await eventually {
                switch moment {
                case .after(let rows):
                    if try await count(rows, tx) > 0 { return true }
                case .before(let table):
                    let waiting = try await tx.query(
                        """
                        select from pg_locks where not granted and locktype = 'relation'
                            and relation = to_regclass(\(table))
                        """)
                    if !waiting.isEmpty { return true }
                }
                return !process.isRunning
            }
            let isUnderWay = process.isRunning
            Glibc.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            return wasReached && isUnderWay
        }
    }

    private static func count(_ what: String, _ database: any Queryable) async throws -> Int {
        try await database.query(SQL(trusted: "select count(*) from \(what)"))
            .decode { c in try c.next(Int.self) }.first ?? 0
    }

    /// The first two shops of the demo market, and a customer who bought one thing of each.
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
        let sellers = Array(try #require(market["sellers"] as? [[String: Any]]).prefix(2))
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
            let copy = folder + "/" + slug
            if !files.fileExists(atPath: copy) {
                try files.createSymbolicLink(
                    atPath: copy, withDestinationPath: root.appending(path: slug).path)
            }
        }
        return folder
    }
}
