import Postgres
import Vocabulary

extension PurchaseStore {
    /// The shops that a purchase would pay and that are suspended or closed, by name. Not those on
    /// holiday: what was ordered before is sent afterwards.
    func awayShops(of id: ID<Purchase>) async throws -> [String] {
        try await awayShops(Self.shopsStatement(id))
    }

    /// The same; and whoever suspends or closes one of its shops waits from now on until the
    /// transaction ends.
    func lockAwayShops(of id: ID<Purchase>) async throws -> [String] {
        try await awayShops("\(Self.shopsStatement(id)) for share of s")
    }

    private func awayShops(_ statement: SQL) async throws -> [String] {
        let shops = try await db.query(statement)
            .decode { c in (name: try c.next(String.self), isOpen: try c.next(Bool.self)) }
        return shops.filter { !$0.isOpen }.reduce(into: []) { names, shop in
            if !names.contains(shop.name) { names.append(shop.name) }
        }
    }

    private static func shopsStatement(_ id: ID<Purchase>) -> SQL {
        """
        select s.name, s.state = 'verified'
        from orders o join seller s on s.id = o.seller_id
        where o.purchase_id = \(id)
        order by s.id
        """
    }
}
