import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `The money of an order, at the desk` {
    @Test func `page and programs show where every unit is`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = sale.orders[0].order
            let path = "/orders/\(order.id)/money"

            let answer = try await office.get("/api/v1" + path, as: .finance)
            #expect(answer.value("number") == order.number)
            #expect(answer.value("unexplained.amount") == "0")
            #expect(answer.value("steps.0.key") == "sale:\(order.id)")
            #expect(answer.value("paid.amount") == "\(order.amounts.total.amount)")

            let page = try await office.get(path, as: .finance)
            #expect(page.status == 200 && page.text.contains("Every unit is accounted for."))
            let purchase = try await office.get("/purchases/\(sale.purchase.id)")
            #expect(purchase.text.contains(path))
            #expect(try await office.get("/api/v1/orders/\(ID<Order>())/money").status == 404)
            #expect(try await office.get(path, as: .support).status == 403)
        }
    }
}
