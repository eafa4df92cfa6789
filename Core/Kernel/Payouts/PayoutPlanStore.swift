import Postgres
import ProviderKit
import Vocabulary

/// Every statement on payout plans.
struct PayoutPlanStore: Sendable {
    let db: any Queryable

    func insert(
        _ id: ID<PayoutPlan>, _ lines: [PlannedPayout], fingerprint: [UInt8], needsApproval: Bool,
        isCut: Bool, by admin: ID<Account>?
    ) async throws {
        try await db.execute(
            """
            insert into payout_plan (id, fingerprint, needs_approval, is_cut, made_by)
            values (\(id), \(Bytes(fingerprint)), \(needsApproval), \(isCut), \(admin))
            """)
        let rows: [SQL] = lines.enumerated().map { index, line in
            """
            insert into payout_plan_line (plan_id, line, seller_id, wallet_id, instance_id,
                currency, amount, outcome, recovery, items, destination)
            values (\(id), \(index + 1), \(line.seller), \(line.wallet), \(line.instance),
                \(line.amount.currency), \(line.amount.amount), \(line.outcome.text),
                \(JSON(line.recovery)), \(JSON(line.items)), \(JSON(line.destination)))
            """
        }
        for start in stride(from: 0, to: rows.count, by: 50) {
            _ = try await db.batch(Array(rows[start..<min(start + 50, rows.count)]))
        }
    }

    private static let columns: SQL = """
        id, state, fingerprint, needs_approval, is_cut, made_by, made_at, approved_by, approved_at,
        settled_by, settled_at
        """

    func find(_ id: ID<PayoutPlan>) async throws -> PayoutPlan? {
        try await db.query("select \(Self.columns) from payout_plan where id = \(id)")
            .decode { c in try Self.plan(&c) }.first
    }

    func lock(_ id: ID<PayoutPlan>) async throws -> PayoutPlan? {
        try await db.query(
            "select \(Self.columns) from payout_plan where id = \(id) for no key update"
        ).decode { c in try Self.plan(&c) }.first
    }

    /// Newest first; in one state, or all.
    func list(in state: PayoutPlan.State?, _ page: PageRequest) async throws -> Page<PayoutPlan> {
        let inState: SQL = state.map { "state = \($0)" } ?? "true"
        let rows = try await db.query(
            """
            select \(Self.columns) from payout_plan
            where \(inState) and (\(page.afterID)::uuid is null or id < \(page.afterID)::uuid)
            order by id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in try Self.plan(&c) }
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    func approve(_ id: ID<PayoutPlan>, by admin: ID<Account>) async throws {
        try await db.execute(
            """
            update payout_plan set approved_by = \(admin), approved_at = market_now()
            where id = \(id)
            """)
    }

    func settle(
        _ id: ID<PayoutPlan>, as state: PayoutPlan.State, by admin: ID<Account>?
    ) async throws {
        try await db.execute(
            """
            update payout_plan
            set state = \(state), settled_by = \(admin), settled_at = market_now()
            where id = \(id) and state = 'open'
            """)
    }

    /// Writes beside each line which payout it became.
    func link(_ id: ID<PayoutPlan>) async throws {
        try await db.execute(
            """
            update payout_plan_line line set payout_id = payout.id
            from payout
            where line.plan_id = \(id) and payout.plan_id = \(id) and line.outcome = 'pays'
                and payout.wallet_id = line.wallet_id and payout.currency = line.currency
                and payout.instance_id = line.instance_id
            """)
    }

    /// Every line, in the plan's order; a plan has ``PayoutPlan/linesMax`` at most.
    func allLines(of id: ID<PayoutPlan>) async throws -> [PlannedPayout] {
        try await lines(
            of: id, after: 0, limit: PayoutPlan.linesMax
        ).map(\.planned)
    }

    func lines(of id: ID<PayoutPlan>, _ page: PageRequest) async throws -> Page<PayoutPlanLine> {
        let rows = try await lines(of: id, after: page.afterNumber ?? 0, limit: page.limit + 1)
        return Page(rows, limit: page.limit) { String($0.line) }
    }

    private func lines(
        of id: ID<PayoutPlan>, after: Int64, limit: Int
    ) async throws -> [PayoutPlanLine] {
        try await db.query(
            """
            select line, line.seller_id, wallet_id, instance_id, amount, currency, items, recovery,
                destination, outcome, seller.name, instance.name, payout_id
            from payout_plan_line line
            join seller on seller.id = line.seller_id
            left join provider_instance instance on instance.id = line.instance_id
            where plan_id = \(id) and line > \(after)
            order by line
            limit \(limit)::bigint
            """
        ).decode { c in
            try PayoutPlanLine(
                line: c.next(),
                planned: PlannedPayout(
                    seller: c.next(), wallet: c.next(), instance: c.next(),
                    amount: Money(c.next(), c.next()), items: c.next(JSON<[PayoutItem]>.self).value,
                    recovery: c.next(JSON<[PayoutItem]>.self).value,
                    destination: c.next(JSON<WalletDetails>.self).value,
                    outcome: PlannedPayout.Outcome(text: c.next())),
                sellerName: c.next(), instanceName: c.next(), payout: c.next())
        }
    }

    /// Which of these accounts an open plan would pay from.
    func accountsPlanned(among accounts: [Int64]) async throws -> Set<Int64> {
        let rows = try await db.query(
            """
            select distinct account.id
            from ledger_account account
            join payout_plan_line line on line.wallet_id = account.wallet_id
                and line.currency = account.currency and line.outcome = 'pays'
            join payout_plan plan on plan.id = line.plan_id and plan.state = 'open'
            where account.id = any(\(accounts)::bigint[])
            """
        ).decode { c in try c.next(Int64.self) }
        return Set(rows)
    }

    /// From how much on a payout needs a second person; a currency that is not there needs none.
    func approvalLimits() async throws -> [Currency: Int64] {
        let rows = try await db.query("select currency, amount from payout_approval_limit")
            .decode { c in try (c.next(Currency.self), c.next(Int64.self)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Nil takes the limit away.
    func saveApprovalLimit(_ currency: Currency, _ amount: Int64?) async throws {
        guard let amount else {
            try await db.execute(
                "delete from payout_approval_limit where currency = \(currency)")
            return
        }
        try await db.execute(
            """
            insert into payout_approval_limit (currency, amount) values (\(currency), \(amount))
            on conflict (currency) do update set amount = excluded.amount
            """)
    }

    private static func plan(_ c: inout Columns) throws -> PayoutPlan {
        try PayoutPlan(
            id: c.next(), state: c.next(), fingerprint: hexadecimal(c.next(Bytes.self).bytes),
            needsApproval: c.next(), isCut: c.next(), madeBy: c.next(), madeAt: c.next(),
            approvedBy: c.next(),
            approvedAt: c.next(), settledBy: c.next(), settledAt: c.next())
    }
}

extension Queryable {
    var payoutPlans: PayoutPlanStore { PayoutPlanStore(db: self) }
}

extension PlannedPayout.Outcome {
    /// As it is kept: `pays`, or the name of the reason.
    fileprivate var text: String {
        switch self {
        case .pays: "pays"
        case .waits(let reason): reason.rawValue
        }
    }

    fileprivate init(text: String) {
        self = WaitingWallet.Reason(rawValue: text).map { .waits($0) } ?? .pays
    }
}
