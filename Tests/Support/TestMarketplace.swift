import BankFilePayouts
import BankTransfer
import CashOnDelivery
import FoundationEssentials
import Glibc
import Kernel
import Postgres
import ProviderHost
import ProviderKit
import SolanaPay

/// A whole market of one test: its own database, test modules instead of real providers.
public struct TestMarketplace: Sendable {
    public let marketplace: Marketplace
    public let storage: TestDatabase
    /// Rows to begin with, in words.
    public var given: Given { Given(marketplace: marketplace) }
    public var database: Database { storage.database }

    /// Runs `body` with a market of its own, then checks what must hold after every test
    /// (``Invariants``) and drops it.
    ///
    /// `try await TestMarketplace.run { market in let seller = try await market.given.seller() … }`
    public static func run(
        settings change: (inout KernelSettings) -> Void = { _ in },
        checkingInvariants: Bool = true, modules: [ModuleExport] = [],
        _ body: (TestMarketplace) async throws -> Void
    ) async throws {
        let storage = try await TestDatabase.make()
        let folder = "/tmp/guildhall-test-media-\(storage.name)"
        do {
            var settings = KernelSettings(
                mediaFolder: folder, toolFolder: folder + "/tool-runs")
            // The tests beside may take a busy machine's time for longer than a customer waits.
            settings.quoteDeadline = .seconds(60)
            settings.isDemo = true
            // A test looks at what it has just changed.
            settings.facetLifetime = .zero
            settings.accountKeys = { [Array(repeating: 5, count: 32)] }
            change(&settings)
            let market = TestMarketplace(
                marketplace: try marketplace(on: storage.database, settings, modules),
                storage: storage)
            try await body(market)
            if checkingInvariants { try await Invariants(storage.database).check() }
        } catch {
            try await cleanUp(storage, folder)
            throw error
        }
        try await cleanUp(storage, folder)
    }

    /// A second process' market on the same database; its pool is the caller's to close.
    public func anotherProcess(transactions: Int = 2) throws -> Marketplace {
        try Self.marketplace(
            on: try storage.connectAgain(transactions: transactions), marketplace.settings)
    }

    /// A worker with the kernel's own handlers; `drain()` runs what is due.
    public func worker(_ settings: WorkerSettings = WorkerSettings()) -> Worker {
        Worker(
            database, handlers: marketplace.jobHandlers(), settings: settings,
            logger: TestServers.logger)
    }

    /// Dispatches until every event that was committed has reached its people. Another test's open
    /// transaction holds the horizon back for the whole server, so this may take a moment.
    public func tellEverybody() async throws {
        for _ in 0..<2_000 {
            while try await marketplace.dispatchNotifications() {}
            let left = try await database.query(
                """
                select from outbox_event event, outbox_cursor cursor
                where cursor.reader = 'notifications'
                    and (event.xid, event.id) > (cursor.xid, cursor.id) limit 1
                """)
            if left.isEmpty { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw TestSupportError.notFound("an end of the outbox")
    }

    private static func cleanUp(_ storage: TestDatabase, _ folder: String) async throws {
        try await storage.drop()
        if FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    private static func marketplace(
        on database: Database, _ settings: KernelSettings, _ modules: [ModuleExport] = []
    ) throws -> Marketplace {
        let gateway = ProviderGateway(
            database: database,
            catalog: ModuleCatalog(
                folder: nil,
                builtIn: [
                    ModuleExport(TestPayments.self), ModuleExport(TestShipping.self),
                    ModuleExport(TestTax.self), ModuleExport(BankFilePayouts.self),
                    ModuleExport(TestDirect.self), ModuleExport(TestAccounts.self),
                    ModuleExport(TestWhole.self),
                    ModuleExport(BankTransfer.self),
                    ModuleExport(CashOnDelivery.self), ModuleExport(SolanaPay.self),
                ] + modules),
            client: client, key: try ProviderKey(Array(repeating: 7, count: 32)),
            logger: TestServers.logger)
        return Marketplace(
            database: database, providers: gateway, settings: settings,
            logger: TestServers.logger)
    }

    /// Only real modules use it, for a chain of the tests' own. One for all tests is enough, and is
    /// never shut down.
    private static let client = HostClient(
        privateHosts: ["127.0.0.1"], connectingWithin: .seconds(60))
}
