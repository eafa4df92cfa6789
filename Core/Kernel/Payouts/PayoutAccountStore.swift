import Postgres
import ProviderKit
import Vocabulary

/// Every statement on sellers' accounts at providers.
struct PayoutAccountStore: Sendable {
    let db: any Queryable

    private static let columns: SQL = """
        id, seller_id, instance_id, reference, is_ready, is_submitted, requirements, restriction,
        created_at
        """

    /// The row under whose id an account is opened; the one that is there when there is one.
    func claim(_ seller: ID<Seller>, at instance: ID<ProviderInstance>) async throws {
        try await db.execute(
            """
            insert into payout_account (id, seller_id, instance_id)
            values (\(ID<PayoutAccount>()), \(seller), \(instance))
            on conflict (seller_id, instance_id) do nothing
            """)
    }

    func find(_ id: ID<PayoutAccount>) async throws -> PayoutAccount? {
        try await db.query("select \(Self.columns) from payout_account where id = \(id)")
            .decode(PayoutAccount.init).first
    }

    func find(
        _ seller: ID<Seller>, at instance: ID<ProviderInstance>
    ) async throws -> PayoutAccount? {
        try await db.query(
            """
            select \(Self.columns) from payout_account
            where seller_id = \(seller) and instance_id = \(instance)
            """
        ).decode(PayoutAccount.init).first
    }

    func find(
        reference: String, at instance: ID<ProviderInstance>
    ) async throws -> PayoutAccount? {
        try await db.query(
            """
            select \(Self.columns) from payout_account
            where instance_id = \(instance) and reference = \(reference)
            """
        ).decode(PayoutAccount.init).first
    }

    /// A seller's, at most one for each instance.
    func list(of seller: ID<Seller>) async throws -> [PayoutAccount] {
        try await db.query(
            """
            select \(Self.columns) from payout_account where seller_id = \(seller)
            order by instance_id limit 100
            """
        ).decode(PayoutAccount.init)
    }

    /// Keeps what a provider says of an account.
    /// - Returns: false when something newer is known.
    func save(_ account: ConnectedAccount, as id: ID<PayoutAccount>) async throws -> Bool {
        try await db.execute(
            """
            update payout_account
            set reference = \(account.reference), is_ready = \(account.isReady),
                is_submitted = \(account.isSubmitted),
                requirements = \(JSON(account.requirements)),
                restriction = \(account.restriction.map { String($0.prefix(500)) }),
                as_of = \(account.asOf)
            where id = \(id) and (as_of is null or as_of <= \(account.asOf))
            """) == 1
    }
}

extension PayoutAccount {
    fileprivate init(_ c: inout Columns) throws {
        id = try c.next()
        seller = try c.next()
        instance = try c.next()
        reference = try c.next()
        isReady = try c.next()
        isSubmitted = try c.next()
        requirements = try c.next(JSON<[AccountRequirement]>.self).value
        restriction = try c.next()
        createdAt = try c.next()
    }
}

extension Queryable {
    var payoutAccounts: PayoutAccountStore { PayoutAccountStore(db: self) }
}
