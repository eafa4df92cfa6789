import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A row of the audit trail` {
    @Test func `leads to what it was done to, by its name, and to all that was done to it`()
        async throws
    {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let (order, seller) = (sale.orders[0].order, sale.sellers[0].id)
            let wallet = try #require(
                try await office.market.database.query(
                    "select id::text from wallet where seller_id = \(seller)"
                ).decode { c in try c.next(String.self) }.first)
            let reason = #"{"reason": "It was asked for."}"#
            _ = try await office.post("/api/v1/orders/\(order.id)/cancellation", reason)
            _ = try await office.post("/api/v1/listings/\(sale.listing)/block", reason)
            _ = try await office.post("/api/v1/providers/\(sale.payment)/pause", reason)
            let person = try #require(office.accounts[.support])
            _ = try await office.post(
                "/api/v1/people/roles",
                #"{"email": "\#(person.email)", "role": "finance", "reason": "She helps."}"#)
            try await office.market.storage.tamper([
                """
                insert into audit_log (actor_kind, action, object_kind, object_id)
                values ('system', 'wallet.changed', 'wallet', \(wallet)),
                    ('system', 'provider.old-keys-forgotten', 'provider_key', 'key-2'),
                    ('system', 'job.redriven', 'job', 'seventh'),
                    ('system', 'mail.resent', 'mail', 'second')
                """
            ])

            let page = try await office.get("/audit")
            let finance = try await office.get("/audit", as: .finance)

            for (path, words) in [
                ("/orders/\(order.id)", "order \(order.number)"),
                ("/listings/\(sale.listing)", "listing Bowl"),
                ("/sellers/\(seller)", "wallet Clay"),
                ("/accounts/\(person.id)", "account \(person.name)"),
            ] {
                #expect(page.text.contains("<a href=\"\(path)\">\(words)</a>"), "\(path)")
                #expect(try await office.get(path).status < 400, "\(path)")
            }
            #expect(page.text.contains("<a href=\"/providers/\(sale.payment)\">provider instance "))
            #expect(page.text.contains("provider key key 2"))
            // What has no page of its own is found in its list.
            #expect(page.text.contains("<a href=\"/jobs\">job seventh</a>"))
            #expect(page.text.contains("<a href=\"/mails\">mail second</a>"))
            #expect(finance.text.contains("<a href=\"/jobs\">job seventh</a>"))
            #expect(finance.text.contains("mail second") && !finance.text.contains("/mails"))
            #expect(page.text.contains("/audit?object=order&amp;id=\(order.id)"))
            // Who may not see people's accounts is not led there.
            #expect(finance.text.contains("account \(person.name)"))
            #expect(!finance.text.contains("/accounts/"))
        }
    }
}
