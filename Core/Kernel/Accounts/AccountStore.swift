import Postgres
import Vocabulary

struct AccountStore {
    let db: any Queryable

    func insert(
        _ account: Account, passwordHash: String, language: Language? = nil
    ) async throws {
        try await db.execute(
            """
            insert into account (id, email, name, password_hash, created_at, language, language_at)
            values (\(account.id), \(account.email), \(account.name), \(passwordHash),
                \(account.createdAt), \(language)::text,
                case when \(language)::text is not null then market_now() end)
            """)
    }

    func language(of id: ID<Account>) async throws -> Language? {
        try await db.query(
            """
            select language from account
            where id = \(id) and state = 'active' and language is not null
            """
        ).decode { c in try c.next(Language.self) }.first
    }

    func saveLanguage(_ language: Language, of id: ID<Account>) async throws {
        try await db.execute(
            """
            update account set language = \(language), language_at = market_now()
            where id = \(id) and state = 'active'
            """)
    }

    func noteLanguage(_ language: Language, of id: ID<Account>) async throws {
        try await db.execute(
            """
            update account set language = \(language), language_at = market_now()
            where id = \(id) and state = 'active' and language is null
            """)
    }

    func find(_ id: ID<Account>) async throws -> Account? {
        try await db.query(
            """
            select id, email, name, created_at, access_epoch from account
            where id = \(id) and state = 'active'
            """
        ).first.map(Account.init(row:))
    }

    /// Keeps an open account open until the end of the transaction. False when it is none.
    func holdOpen(_ id: ID<Account>) async throws -> Bool {
        try await !db.query(
            "select from account where id = \(id) and state = 'active' for key share"
        ).isEmpty
    }

    /// The same, and one transaction after the other.
    func lockOpen(_ id: ID<Account>) async throws -> Bool {
        try await !db.query(
            "select from account where id = \(id) and state = 'active' for no key update"
        ).isEmpty
    }

    func find(email: String) async throws -> Account? {
        try await db.query(
            """
            select id, email, name, created_at, access_epoch from account
            where email = \(email) and state = 'active'
            """
        ).first.map(Account.init(row:))
    }

    func findWithPassword(email: String) async throws -> (Account, hash: String)? {
        try await db.query(
            """
            select id, email, name, created_at, access_epoch, password_hash from account
            where email = \(email) and state = 'active'
            """
        ).first.map { row in
            var c = row.columns
            return (try Account(columns: &c), try c.next())
        }
    }

    func findPassword(of id: ID<Account>) async throws -> (email: String, hash: String)? {
        try await db.query(
            "select email, password_hash from account where id = \(id) and state = 'active'"
        ).first.map { row in
            var c = row.columns
            return (try c.next(), try c.next())
        }
    }

    /// Guarded by the old hash, so that of two changes at once only one holds.
    func savePassword(of id: ID<Account>, from old: String, to new: String) async throws -> Bool {
        try await db.execute(
            """
            update account set password_hash = \(new)
            where id = \(id) and password_hash = \(old) and state = 'active'
            """) == 1
    }

    /// For whoever proved otherwise to be the person.
    func savePassword(of id: ID<Account>, to new: String) async throws {
        try await db.execute(
            "update account set password_hash = \(new) where id = \(id) and state = 'active'")
    }

    /// Whatever was begun as the account until now opens nothing any more.
    /// - Parameter epoch: in which it has to be until then; nil for whichever it is in.
    func beginEpoch(of id: ID<Account>, after epoch: Int? = nil) async throws -> Account? {
        try await db.query(
            """
            update account set access_epoch = access_epoch + 1
            where id = \(id) and state = 'active'
                and (\(epoch)::bigint is null or access_epoch = \(epoch)::bigint)
            returning id, email, name, created_at, access_epoch
            """
        ).first.map(Account.init(row:))
    }

    /// Keeps the account in its epoch until the end of the transaction. False when it is in
    /// another one.
    func holdEpoch(_ epoch: Int, of id: ID<Account>) async throws -> Bool {
        try await !db.query(
            """
            select from account where id = \(id) and state = 'active' and access_epoch = \(epoch)
            for share
            """
        ).isEmpty
    }

    func saveEmail(_ email: String, of id: ID<Account>) async throws -> Account? {
        try await db.query(
            """
            update account set email = \(email) where id = \(id) and state = 'active'
            returning id, email, name, created_at, access_epoch
            """
        ).first.map(Account.init(row:))
    }

    func saveName(_ name: String, of id: ID<Account>) async throws -> Account? {
        try await db.query(
            """
            update account set name = \(name) where id = \(id) and state = 'active'
            returning id, email, name, created_at, access_epoch
            """
        ).first.map(Account.init(row:))
    }

    func roles(of id: ID<Account>) async throws -> Set<AdminRole> {
        Set(
            try await db.query(
                """
                select role from account_role
                where account_id = \(id) limit 10
                """
            ).decode { c in try c.next(AdminRole.self) })
    }

    func insert(_ role: AdminRole, of id: ID<Account>) async throws -> Bool {
        try await db.execute(
            """
            insert into account_role (account_id, role) values (\(id), \(role))
            on conflict do nothing
            """) == 1
    }

    func delete(_ role: AdminRole, of id: ID<Account>) async throws -> Bool {
        try await db.execute(
            "delete from account_role where account_id = \(id) and role = \(role)") == 1
    }

    func lockAdministrators() async throws -> [ID<Account>] {
        try await db.query(
            """
            select account_id from account_role where role = 'administrator'
            order by account_id for update
            """
        ).decode { c in try c.next() }
    }

    /// Who administers, newest first.
    func listAdministrators(_ page: PageRequest) async throws -> Page<(Account, Set<AdminRole>)> {
        let rows = try await db.query(
            """
            select a.id, a.email, a.name, a.created_at, a.access_epoch,
                array_agg(r.role order by r.role)
            from account_role r join account a on a.id = r.account_id
            where (\(page.afterID)::uuid is null or a.id < \(page.afterID)::uuid)
            group by a.id
            order by a.id desc
            limit \(page.limit + 1)::int
            """
        ).decode { c in
            (try Account(columns: &c), Set(try c.next([AdminRole].self)))
        }
        return Page(rows, limit: page.limit) { $0.0.id.description }
    }
}

extension Queryable {
    var accounts: AccountStore { AccountStore(db: self) }
}

extension Account {
    init(row: Row) throws {
        var c = row.columns
        try self.init(columns: &c)
    }

    init(columns c: inout Columns) throws {
        self.init(
            id: try c.next(), email: try c.next(), name: try c.next(), createdAt: try c.next(),
            accessEpoch: try c.next())
    }
}
