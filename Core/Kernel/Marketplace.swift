import Logging
import Postgres

/// The kernel: what every verb needs. The verbs themselves are extensions in files of their own.
public struct Marketplace: Sendable {
    public let database: Database
    public let providers: ProviderGateway
    public let settings: KernelSettings
    public let logger: Logger

    public init(
        database: Database, providers: ProviderGateway, settings: KernelSettings, logger: Logger
    ) {
        self.database = database
        self.providers = providers
        self.settings = settings
        self.logger = logger
    }
}
