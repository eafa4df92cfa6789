import Postgres
import Vocabulary

/// Every statement on address books.
struct SavedAddressStore {
    let db: any Queryable

    private static let columns: SQL = "id, address, is_default, created_at"

    /// Has other changes of this address book wait. False when the account is not open.
    func lockBook(of account: ID<Account>) async throws -> Bool {
        try await !db.query(
            "select from account where id = \(account) and state = 'active' for no key update"
        ).isEmpty
    }

    func list(of account: ID<Account>, _ page: PageRequest) async throws -> Page<SavedAddress> {
        let rows = try await db.query(
            """
            select \(Self.columns) from saved_address
            where account_id = \(account)
                and (\(page.afterID)::uuid is null or id < \(page.afterID)::uuid)
            order by id desc limit \(page.limit + 1)::int
            """
        ).decode(SavedAddress.init)
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    func find(_ id: ID<SavedAddress>, of account: ID<Account>) async throws -> SavedAddress? {
        try await db.query(
            """
            select \(Self.columns) from saved_address
            where id = \(id) and account_id = \(account)
            """
        ).decode(SavedAddress.init).first
    }

    /// The same address, when it is kept already.
    func find(_ address: Address, of account: ID<Account>) async throws -> SavedAddress? {
        try await db.query(
            """
            select \(Self.columns) from saved_address
            where account_id = \(account) and address = \(JSON(address))::jsonb
            order by id limit 1
            """
        ).decode(SavedAddress.init).first
    }

    /// Whether there was room for it.
    func insert(
        _ id: ID<SavedAddress>, _ address: Address, of account: ID<Account>
    ) async throws -> Bool {
        try await db.execute(
            """
            insert into saved_address (id, account_id, address)
            select \(id)::uuid, \(account)::uuid, \(JSON(address))::jsonb
            where cardinality(array(
                select 1 from saved_address where account_id = \(account)::uuid
                limit \(SavedAddress.countMax)::int
            )) < \(SavedAddress.countMax)::int
            """) == 1
    }

    func update(
        _ id: ID<SavedAddress>, to address: Address, of account: ID<Account>
    ) async throws -> Bool {
        try await db.execute(
            """
            update saved_address set address = \(JSON(address))
            where id = \(id) and account_id = \(account)
            """) == 1
    }

    /// Makes one the default, and no other.
    func markDefault(_ id: ID<SavedAddress>, of account: ID<Account>) async throws {
        try await db.execute(
            """
            update saved_address set is_default = false
            where account_id = \(account) and is_default and id <> \(id)
            """)
        try await db.execute(
            """
            update saved_address set is_default = true
            where id = \(id) and account_id = \(account)
            """)
    }

    /// The newest becomes the default where there is none.
    func fillDefault(of account: ID<Account>) async throws {
        try await db.execute(
            """
            update saved_address set is_default = true
            where id = (
                select id from saved_address where account_id = \(account)
                order by id desc limit 1)
                and not exists (
                    select from saved_address where account_id = \(account) and is_default)
            """)
    }

    func delete(_ id: ID<SavedAddress>, of account: ID<Account>) async throws -> Bool {
        try await db.execute(
            "delete from saved_address where id = \(id) and account_id = \(account)") == 1
    }
}

extension Queryable {
    var savedAddresses: SavedAddressStore { SavedAddressStore(db: self) }
}

extension SavedAddress {
    fileprivate init(_ c: inout Columns) throws {
        id = try c.next()
        address = try c.next(JSON<Address>.self).value
        isDefault = try c.next()
        createdAt = try c.next()
    }
}
