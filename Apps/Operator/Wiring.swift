import Foundation
import Kernel
import Logging
import Postgres
import Reactor

/// Opens what a process needs, once, and closes it at its end.
struct Wiring: Sendable {
    let settings: Settings
    let reactor: Reactor
    let database: Database
    let marketplace: Marketplace
    let logger: Logger

    init(_ settings: Settings, process: String) async throws {
        self.settings = settings
        logger = Logger(label: process)
        reactor = Reactor()
        var servers = DatabaseSettings(url: settings.servers.databaseURL)
        servers.sharedConnections = settings.servers.sharedConnections
        servers.transactionConnections = settings.servers.transactionConnections
        servers.applicationName = "guildhall " + process
        database = Database(servers, reactor: reactor, logger: logger)
        marketplace = Marketplace(
            database: database, settings: settings.kernel, logger: logger)
    }

    /// Finishes what is under way and closes every connection.
    func close() async {
        await database.close()
    }
}

extension Settings {
    /// What of it the kernel needs to know.
    var kernel: KernelSettings {
        var kernel = KernelSettings(mediaFolder: folders.media)
        kernel.isDemo = running.isDemo
        kernel.storefrontURL = network.storefrontURL
        kernel.passwordThreads = running.passwordThreads
        return kernel
    }
}
