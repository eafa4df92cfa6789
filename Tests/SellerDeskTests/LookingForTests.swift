import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Looking for something at the desk` {
    @Test func `an order is found by its number and by how a name begins`() async throws {
        try await Desk.run { desk in
            let orders = try await PaidOrders(desk)
            let (ada, grace) = (
                try await orders.place(for: "Ada Öland"), try await orders.place(for: "Grace")
            )
            let program = try await desk.program()
            func found(_ text: String) async throws -> [String] {
                let path = "/api/v1/orders?text=\(QueryText.encode(text))"
                let answer = try await program.get(path)
                #expect(answer.status == 200, "\(answer.text)")
                return (answer.json?["items"]?.items ?? []).compactMap { $0["number"]?.string }
            }
            #expect(try await found(ada.number.lowercased()) == [ada.number])
            #expect(try await found("  ada ") == [ada.number])
            #expect(try await found("öl") == [ada.number])
            #expect(try await found("Ada Öland") == [ada.number])
            #expect(try await found("da").isEmpty)
            #expect(try await found("%").isEmpty)
            #expect(try await found(" ") == [grace.number, ada.number])

            let browser = try await desk.colleague(.orders)
            let page = try await browser.get("/orders?state=paid&text=gra").text
            #expect(page.contains(grace.number) && !page.contains(ada.number))
            #expect(page.contains("value=\"gra\""))
            #expect(page.contains("<input type=\"hidden\" name=\"state\" value=\"paid\">"))
            let none = try await browser.get("/orders?state=shipped&text=gra").text
            #expect(none.contains("No order has this number"))
            #expect(try await browser.get("/orders?text=").text.contains(ada.number))
            #expect(try await program.get("/api/v1/orders?text=a%00b").status == 400)
            #expect(try await program.get("/api/v1/orders?text=a%01b").status == 422)
        }
    }

    @Test func `nobody finds another shop's order`() async throws {
        try await Desk.run { desk in
            let order = try await PaidOrders(desk).place(for: "Ada")
            let other = try await desk.market.given.verifiedSeller("Other")
            let program = try await desk.program(of: other.owner)
            for text in [order.number, String(order.number.prefix(8)), "Ada"] {
                let answer = try await program.get("/api/v1/orders?text=\(text)")
                #expect(answer.json?["items"]?.items.isEmpty == true, "\(text)")
            }
        }
    }

    @Test func `what is found is paged`() async throws {
        try await Desk.run { desk in
            let orders = try await PaidOrders(desk)
            var numbers: [String] = []
            for _ in 0..<3 { numbers.append(try await orders.place(for: "Ada").number) }
            try await orders.place(for: "Bo")
            let program = try await desk.program()
            var seen: [String] = []
            var after = ""
            for _ in 0..<3 {
                let page = try await program.get("/api/v1/orders?text=ada&limit=1\(after)").json
                seen += (page?["items"]?.items ?? []).compactMap { $0["number"]?.string }
                after = page?["next"]?.string.map { "&after=\($0)" } ?? ""
            }
            #expect(seen == numbers.reversed())
            #expect(after.isEmpty)
        }
    }

    @Test func `a listing is found by a part of its title and by how its SKU begins`()
        async throws
    {
        try await Desk.run { desk in
            // Their SKUs are their titles.
            let mug = try await desk.listing("Blue Mug"), bowl = try await desk.listing("Bowl")
            let other = try await desk.market.given.verifiedSeller("Other")
            _ = try await desk.listing("Blue vase", by: other)
            let program = try await desk.program()
            func found(_ text: String) async throws -> [String] {
                let path = "/api/v1/listings?text=\(QueryText.encode(text))"
                return (try await program.get(path).json?["items"]?.items ?? [])
                    .compactMap { $0["id"]?.string }
            }
            let (mugs, bowls) = (
                [mug.listing.id.description], [bowl.listing.id.description]
            )
            #expect(try await found("MUG") == mugs)
            #expect(try await found("blue") == mugs)
            #expect(try await found("b") == bowls + mugs)
            #expect(try await found("%").isEmpty)

            _ = try await desk.market.database.execute(
                "update variant set sku = 'KILN-7' where id = \(bowl.variants[0].id)")
            #expect(try await found("kiln") == bowls)
            #expect(try await found("iln").isEmpty)

            let browser = try await desk.colleague(.catalogue)
            let page = try await browser.get("/listings?state=published&text=mug").text
            #expect(page.contains("Blue Mug") && !page.contains(">Bowl<"))
            #expect(page.contains("value=\"mug\""))
            let none = try await browser.get("/listings?state=draft&text=mug").text
            #expect(none.contains("No title has this in it"))
        }
    }
}
