import Logging
import Postgres
import Vocabulary

/// The kernel: what every verb needs. The verbs themselves are extensions in files of their own.
public struct Marketplace: Sendable {
    public let database: Database
    public let providers: ProviderGateway
    public let settings: KernelSettings
    public let logger: Logger
    /// Hashes passwords; a full queue means that somebody is guessing, or that it is Monday.
    let passwords: WorkThreads
    let recentCheckouts = RecentCheckouts()
    let knownEstimates = KnownEstimates()
    let knownPopular = PopularListings()
    let knownFacets = KnownFacets()
    let knownSitemap = KnownSitemap()
    let knownCommissions = KnownCommissions()
    let keptMethods = KeptMethods()
    /// Reads and writes files of size.
    let files: WorkThreads
    /// Waits for the tool that prints; one more than can wait is refused.
    let printing: WorkThreads
    /// Waits for the program that hands e-mail over.
    let mailing: WorkThreads
    /// Waits for the tool that makes photos; the photos' lane of jobs asks for no more at once.
    let photographing: WorkThreads
    /// Waits for conformance runs, one at a time.
    let checking: WorkThreads
    /// What is asked for most, as bytes.
    let shownListings: NotifiedCache<ID<Listing>, [UInt8]>
    /// Those of them that are not in memory, read together.
    let listingReads: GatheredReads<ID<Listing>, [UInt8]>
    /// Checkouts that are begun, written together.
    let freshCheckouts: GatheredWrites<FreshCheckout, Void>
    /// Purchases that are placed, written together.
    let freshPurchases: GatheredWrites<FreshPurchase, PlacedTimes>
    /// First answers of providers, written together.
    let freshSettlements: GatheredWrites<FreshSettlement, Void>
    /// The whole tree, under the one key that there is.
    let shownCategories: NotifiedCache<Bool, [Category]>
    /// All of them, in the same way.
    let shownAttributes: NotifiedCache<Bool, [Attribute]>

    public init(
        database: Database, providers: ProviderGateway, settings: KernelSettings, logger: Logger
    ) {
        self.database = database
        self.providers = providers
        self.settings = settings
        self.logger = logger
        passwords = WorkThreads(count: settings.passwordThreads, waitingMax: 64)
        files = WorkThreads(count: 2, waitingMax: 256)
        printing = WorkThreads(count: 2, waitingMax: 8, waitMax: .seconds(20))
        mailing = WorkThreads(count: 1, waitingMax: 4, waitMax: .seconds(120))
        photographing = WorkThreads(
            count: settings.photoThreads, waitingMax: 64, waitMax: .seconds(3600))
        checking = WorkThreads(count: 1, waitingMax: 4, waitMax: .seconds(240))
        shownListings = NotifiedCache(
            database, channel: "listings", costMax: settings.listingCacheBytes,
            cost: { $0.count + 200 }, key: { ID<Listing>($0) })
        listingReads = GatheredReads(atOnce: 2, keysMax: 64) { ids in
            try await database.listingPages.find(ids)
        }
        freshCheckouts = GatheredWrites(settings.gathering) { checkouts in
            try await database.write(checkouts)
            return checkouts.map { _ in }
        }
        freshPurchases = GatheredWrites(settings.gathering) { purchases in
            try await database.write(purchases, claim: settings.callClaim)
        }
        freshSettlements = GatheredWrites(settings.gathering) { settlements in
            try await database.write(settlements)
            return settlements.map { _ in }
        }
        shownCategories = NotifiedCache(
            database, channel: "categories", costMax: 2, cost: { _ in 1 }, key: { _ in true })
        shownAttributes = NotifiedCache(
            database, channel: "attributes", costMax: 2, cost: { _ in 1 }, key: { _ in true })
    }

    /// Hears of what other processes change, until cancelled. Until it runs nothing is kept, and
    /// every question reads the tables anew.
    public func listen() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await providers.run() }
            group.addTask { await shownListings.run() }
            group.addTask { await shownCategories.run() }
            group.addTask { await shownAttributes.run() }
        }
    }
}
