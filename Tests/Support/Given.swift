import Kernel
import Postgres
import ProviderKit
import Vocabulary

/// Rows to begin a test with, in words: `let seller = try await given.verifiedSeller()`.
///
/// Written straight into the tables where a verb would cost more than the test is worth, such as
/// hashing a password.
public struct Given: Sendable {
    public let marketplace: Marketplace
    var database: Database { marketplace.database }

    /// A person who can do nothing yet.
    public func account(_ name: String = "Ada Example") async throws -> Account {
        let id = ID<Account>()
        try await database.execute(
            """
            insert into account (id, email, name, password_hash)
            values (\(id), \(id.description + "@example.test"), \(name), 'none')
            """)
        return try found(try await marketplace.account(id), "the account")
    }

    public func administrator(_ role: AdminRole = .administrator) async throws -> Account {
        let account = try await account("Ines Administrator")
        try await database.execute(
            "insert into account_role (account_id, role) values (\(account.id), \(role))")
        return account
    }

    /// A verified seller with one wallet that can be paid out.
    public func verifiedSeller(
        _ name: String = "Clay & Kiln", country: String = "DE", holdDays: Int = 7
    ) async throws -> GivenSeller {
        let owner = try await account(name + "'s owner")
        let (id, wallet) = (ID<Seller>(), ID<Wallet>())
        let slug = "shop-" + id.description.suffix(12)
        let origin = Address(
            name: name, lines: ["Am Brunnen 1"], city: "Berlin", postalCode: "10115",
            country: country)
        _ = try await database.batch([
            """
            insert into seller (id, slug, name, country, origin, legal_name, state, hold_days)
            values (\(id), \(slug), \(name), \(country), \(JSON(origin)), \(name), 'verified',
                \(holdDays))
            """,
            """
            insert into seller_member (seller_id, account_id, role)
            values (\(id), \(owner.id), 'owner')
            """,
            """
            insert into wallet (id, seller_id, kind, label, details, is_default)
            values (\(wallet), \(id), 'platform_balance', 'Platform balance',
                \(JSON(WalletDetails(holder: name, iban: "DE89370400440532013000"))), true)
            """,
        ])
        let member = try await marketplace.membership(of: owner.id, in: id)
        return GivenSeller(id: id, owner: owner, member: member, wallet: wallet)
    }

    /// An active instance of a test module. ``TestBank`` of a payment instance does as it is told.
    public func instance(
        _ kind: ProviderKind = .payment, capture: ProviderInstance.Capture = .atOrder,
        settings: [String: String] = [:]
    ) async throws -> ID<ProviderInstance> {
        let id = ID<ProviderInstance>()
        let module = "test-\(kind.rawValue)"
        try await database.execute(
            """
            insert into provider_instance (id, kind, module_key, name, state, settings, capture)
            values (\(id), \(kind), \(module), \(module + " " + id.description), 'active',
                \(JSON(settings)), \(capture))
            """)
        return id
    }

    /// An active instance of one of the real modules, by its key.
    public func instance(
        ofPayments module: String, _ settings: [String: String] = [:]
    ) async throws -> ID<ProviderInstance> {
        let id = ID<ProviderInstance>()
        try await database.execute(
            """
            insert into provider_instance (id, kind, module_key, name, state, settings, capture)
            values (\(id), 'payment', \(module), \(module + " " + id.description), 'active',
                \(JSON(settings)), 'at_order')
            """)
        return id
    }

    /// An active instance of a module whose payments go to the seller.
    public func directInstance() async throws -> ID<ProviderInstance> {
        let id = ID<ProviderInstance>()
        try await database.execute(
            """
            insert into provider_instance (id, kind, module_key, name, state, settings, capture)
            values (\(id), 'payment', 'test-direct', \("direct " + id.description), 'active', '{}',
                'at_order')
            """)
        return id
    }

    /// An invoice of nothing.
    public func invoice(of seller: GivenSeller) async throws -> ID<CommissionInvoice> {
        let id = ID<CommissionInvoice>()
        try await database.execute(
            """
            insert into commission_invoice (id, number, seller_id, currency, month, commission,
                commission_vat, tax_by_platform)
            select \(id)::uuid, coalesce(max(number), 0) + 1, \(seller.id)::uuid, 'EUR',
                '2026-01-01', 0, 0, 0
            from commission_invoice
            """)
        return id
    }

    func found<Value>(_ value: Value?, _ what: String) throws -> Value {
        guard let value else { throw TestSupportError.notFound(what) }
        return value
    }
}

/// A seller, who owns it, and where its money settles.
public struct GivenSeller: Sendable {
    public let id: ID<Seller>
    public let owner: Account
    public let member: SellerMember
    public let wallet: ID<Wallet>
}
