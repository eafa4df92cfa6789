import ArgumentParser
import Backoffice
import Kernel
import Logging
import SellerDesk
import Storefront
import Web

/// The three apps by the names that an operator types.
enum AppName: String, ExpressibleByArgument, CaseIterable, Sendable {
    case storefront, seller, admin

    func port(_ network: Settings.Network) -> Int {
        switch self {
        case .storefront: network.storefrontPort
        case .seller: network.sellerPort
        case .admin: network.adminPort
        }
    }

    func url(_ network: Settings.Network) -> String {
        switch self {
        case .storefront: network.storefrontURL
        case .seller: network.sellerURL
        case .admin: network.adminURL
        }
    }

    /// - Parameter number: which of the app's processes, from 1.
    func healthPort(_ network: Settings.Network, number: Int = 1) -> Int {
        let first =
            switch self {
            case .storefront: network.healthPort
            case .seller: network.healthPort + 1
            case .admin: network.healthPort + 2
            }
        return first + 4 * (number - 1)
    }

    /// What a process of it is called in logs: `seller`, `seller-2`.
    func processName(_ number: Int) -> String { number == 1 ? rawValue : "\(rawValue)-\(number)" }

    /// The app with all its routes.
    func app(_ wiring: Wiring) throws -> WebApp {
        let settings = wiring.webSettings(
            of: rawValue, publicURL: url(wiring.settings.network))
        let logger = Logger(label: rawValue)
        switch self {
        case .storefront:
            return try Storefront.app(
                marketplace: wiring.marketplace, redis: wiring.redis, settings: settings,
                logger: logger)
        case .seller:
            return try SellerDesk.app(
                marketplace: wiring.marketplace, redis: wiring.redis, settings: settings,
                logger: logger)
        case .admin:
            return try Site(
                .admin, title: Backoffice.title, marketplace: wiring.marketplace,
                redis: wiring.redis, settings: settings, templates: Backoffice.templates,
                logger: logger, chrome: Backoffice.chrome
            ).app(Backoffice.mount)
        }
    }
}
