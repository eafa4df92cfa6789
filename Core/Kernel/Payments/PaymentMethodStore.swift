import Postgres
import ProviderKit
import Synchronization
import Vocabulary

/// Every statement on what customers read of the ways to pay.
struct PaymentMethodStore {
    let db: any Queryable

    /// Keeps what was offered; what is called otherwise by now is called so from now on.
    func save(_ methods: [PaymentMethod], of instance: ID<ProviderInstance>) async throws {
        try await db.execute(
            """
            insert into payment_method as known (instance_id, code, label)
            select \(instance), t.code, t.label
            from unnest(\(methods.map(\.code))::text[], \(methods.map(\.label))::text[])
                t(code, label)
            order by t.code
            on conflict (instance_id, code) do update set label = excluded.label
                where known.label <> excluded.label
            """)
    }

    /// What the customer read; nil for what was never offered on a page.
    func label(of code: String, at instance: ID<ProviderInstance>) async throws -> String? {
        try await db.query(
            """
            select label from payment_method where instance_id = \(instance) and code = \(code)
            """
        ).decode { c in try c.next(String.self) }.first
    }
}

extension Queryable {
    var paymentMethods: PaymentMethodStore { PaymentMethodStore(db: self) }
}

/// What this process has kept of them already, so that it is written once and not with every page.
final class KeptMethods: Sendable {
    private static let countMax = 256
    private let kept = Mutex<[ID<ProviderInstance>: [PaymentMethod]]>([:])

    func has(_ methods: [PaymentMethod], of instance: ID<ProviderInstance>) -> Bool {
        kept.withLock { $0[instance] == methods }
    }

    func add(_ methods: [PaymentMethod], of instance: ID<ProviderInstance>) {
        kept.withLock { kept in
            if kept.count >= Self.countMax { kept.removeAll() }
            kept[instance] = methods
        }
    }
}
