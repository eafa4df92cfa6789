import Postgres
import Vocabulary

/// How many wallets one seller may have; it bounds every list of them.
let walletsMax = 20

struct WalletStore {
    let db: any Queryable

    private static let columns: SQL = """
        id, seller_id, kind, label, details, is_default, payout_minimum, created_at,
        details_changed_at, returned_at
        """

    /// - Parameter isNewAccount: its seller has another account already.
    func insert(
        _ id: ID<Wallet>, of seller: ID<Seller>, _ draft: WalletDraft, isDefault: Bool,
        isNewAccount: Bool = false
    ) async throws {
        try await db.execute(
            """
            insert into wallet (id, seller_id, kind, label, details, is_default, payout_minimum,
                details_changed_at)
            values (\(id), \(seller), \(draft.kind), \(draft.label), \(JSON(draft.details)),
                \(isDefault), \(draft.payoutMinimum),
                case when \(isNewAccount) then market_now() end)
            """)
    }

    /// Another wallet's place is this one's now: its payouts wait as after another account.
    func markNewAccount(_ id: ID<Wallet>) async throws {
        try await db.execute(
            "update wallet set details_changed_at = market_now() where id = \(id)")
    }

    /// - Parameter isNewAccount: another account had its place before.
    func save(
        _ id: ID<Wallet>, of seller: ID<Seller>, _ draft: WalletDraft, isNewAccount: Bool
    ) async throws {
        try await db.execute(
            """
            update wallet set label = \(draft.label), details = \(JSON(draft.details)),
                payout_minimum = \(draft.payoutMinimum), returned_at = null,
                details_changed_at = case when \(isNewAccount) then market_now()
                    else details_changed_at end
            where id = \(id) and seller_id = \(seller)
            """)
    }

    /// The bank sent a payout back.
    func markReturned(_ id: ID<Wallet>) async throws {
        try await db.execute("update wallet set returned_at = market_now() where id = \(id)")
    }

    func lock(_ id: ID<Wallet>, of seller: ID<Seller>) async throws -> Wallet? {
        try await db.query(
            """
            select \(Self.columns) from wallet where id = \(id) and seller_id = \(seller)
            for no key update
            """
        ).first.map(Wallet.init(row:))
    }

    func find(_ id: ID<Wallet>, of seller: ID<Seller>) async throws -> Wallet? {
        try await db.query(
            "select \(Self.columns) from wallet where id = \(id) and seller_id = \(seller)"
        ).first.map(Wallet.init(row:))
    }

    /// Oldest first.
    func list(of seller: ID<Seller>) async throws -> [Wallet] {
        try await db.query(
            """
            select \(Self.columns) from wallet
            where seller_id = \(seller)
            order by id
            limit \(walletsMax)::int
            """
        ).map(Wallet.init(row:))
    }

    func names(_ ids: [ID<Wallet>]) async throws -> [ID<Wallet>: WalletName] {
        let names = try await db.query(
            """
            select w.id, s.name, w.kind, w.label, w.details
            from wallet w join seller s on s.id = w.seller_id
            where w.id = any(\(ids)::uuid[])
            """
        ).decode { c in
            (
                try c.next(ID<Wallet>.self),
                WalletName(
                    seller: try c.next(), kind: try c.next(), label: try c.next(),
                    place: try c.next(JSON<WalletDetails>.self).value.maskedPlace)
            )
        }
        return Dictionary(names) { first, _ in first }
    }

    func makeDefault(_ id: ID<Wallet>, of seller: ID<Seller>) async throws {
        // One statement would meet the unique index half way: it is checked row by row.
        _ = try await db.batch([
            """
            update wallet set is_default = false
            where seller_id = \(seller) and is_default and id <> \(id)
            """,
            "update wallet set is_default = true where seller_id = \(seller) and id = \(id)",
        ])
    }
}

extension Queryable {
    var wallets: WalletStore { WalletStore(db: self) }
}

extension Wallet {
    fileprivate init(row: Row) throws {
        var c = row.columns
        self.init(
            id: try c.next(), seller: try c.next(), kind: try c.next(), label: try c.next(),
            details: try c.next(JSON<WalletDetails>.self).value, isDefault: try c.next(),
            payoutMinimum: try c.next(), createdAt: try c.next(),
            detailsChangedAt: try c.next(), returnedAt: try c.next())
    }
}
