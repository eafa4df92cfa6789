import Logging
import Postgres

/// The kernel: what every verb needs. The verbs themselves are extensions in files of their own.
public struct Marketplace: Sendable {
    public let database: Database
    public let providers: ProviderGateway
    public let settings: KernelSettings
    public let logger: Logger
    /// Hashes passwords; a full queue means that somebody is guessing, or that it is Monday.
    let passwords: WorkThreads
    /// Reads and writes files of size.
    let files: WorkThreads
    /// Waits for the tool that prints; one more than can wait is refused.
    let printing: WorkThreads

    public init(
        database: Database, providers: ProviderGateway, settings: KernelSettings, logger: Logger
    ) {
        self.database = database
        self.providers = providers
        self.settings = settings
        self.logger = logger
        passwords = WorkThreads(count: settings.passwordThreads, waitingMax: 64)
        files = WorkThreads(count: 2, waitingMax: 256)
        printing = WorkThreads(count: 2, waitingMax: 8)
    }
}
