import Kernel
import TestSupport
import Testing
import Vocabulary

extension Shop {
    static let password = "correct horse battery"

    /// Somebody with a password, who may leave.
    func leaver() async throws -> Account {
        try await marketplace.register(
            Registration(
                email: "\(ID<Account>())@example.com", name: "Ada", password: Self.password))
    }

    /// A line that was delivered, to the customer or to somebody else.
    func delivered(_ thing: GivenThing, to person: ID<Account>? = nil) async throws -> ID<OrderLine>
    {
        let order = try #require(try await bought(thing).first)
        if let person {
            try await database.execute(
                "update purchase set account_id = \(person) where id = \(order.order.purchase)")
        }
        try await marketplace.shipOrder(
            order.order.id, in: try ShippedParcel(carrier: "DHL"), as: thing.seller.member)
        _ = try await marketplace.confirmDelivery(
            order.order.id, as: person.map { Buyer(account: $0) } ?? buyer)
        return order.lines[0].id
    }
}
