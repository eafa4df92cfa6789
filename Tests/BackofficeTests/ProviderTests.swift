import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Providers at work` {
    @Test func `a provider is drafted, checked, activated, drained and retired`() async throws {
        try await Office.run { office in
            let draft = try await office.post(
                "/api/v1/providers",
                #"{"module": "test-payment", "name": "New bank", "settings": []}"#)
            #expect(draft.value("state") == "draft", "\(draft.text)")
            let path = "/api/v1/providers/\(try draft.require("id"))"
            let check = try await office.post(path + "/check", "{}")
            #expect(check.status == 200)
            let reason = #"{"reason": "The new contract begins."}"#
            #expect(try await office.post(path + "/retirement", "{}").status == 422)
            for (noun, state) in [
                ("activation", "active"), ("pause", "paused"), ("activation", "active"),
                ("drain", "draining"), ("retirement", "retired"),
            ] {
                let answer = try await office.post("\(path)/\(noun)", reason)
                #expect(answer.value("state") == state, "\(answer.text)")
            }
            #expect(try await office.post(path + "/activation", reason).status == 409)
            let file = try await office.get(path)
            #expect(file.value("history.0.to") == "retired")
            #expect(file.value("history.0.reason") == "The new contract begins.")
        }
    }

    @Test func `what is open keeps a provider from being retired`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let path = "/api/v1/providers/\(sale.payment)"
            let reason = #"{"reason": "We leave them."}"#
            #expect(try await office.post(path + "/drain", reason).status == 200)
            let refused = try await office.post(path + "/retirement", reason)
            #expect(refused.status == 409)
            #expect(refused.value("type") == "/problems/provider.still-open")
            #expect(try await office.get(path).value("open.0.kind") != nil)
            #expect(try await office.get(path + "/open?kind=earning").value("items.1.id") != nil)
        }
    }

    @Test func `rules are replaced as a whole, in order`() async throws {
        try await Office.run { office in
            let first = try await office.market.given.instance()
            let second = try await office.market.given.instance()
            let rules = """
                {"rules": [{"instance": "\(second)", "currency": "EUR", "sharePpm": 50000},
                    {"instance": "\(first)"}], "reason": "Try the new one on five percent."}
                """
            let answer = try await office.post("/api/v1/provider-rules/payment", rules)
            #expect(answer.value("rules.0.instance") == "\(second)", "\(answer.text)")
            #expect(answer.value("rules.0.sharePpm") == "50000")
            #expect(answer.value("rules.1.sharePpm") == "1000000")
            let unknown = try await office.post(
                "/api/v1/provider-rules/payment",
                #"{"rules": [{"instance": "\#(ID<Order>())"}], "reason": "Typing error."}"#)
            #expect(unknown.status == 422)
            #expect(unknown.value("field") == "rules.0")
            let line = try #require(try await office.trail("provider_rules", "payment").last)
            #expect(line.reason == "Try the new one on five percent.")
            #expect(try await office.get("/provider-rules/payment").status == 200)
            #expect(try await office.get("/provider-rules/luck").status == 404)
        }
    }

    @Test func `modules that are not there and wrong settings are named`() async throws {
        try await Office.run { office in
            let missing = try await office.post(
                "/api/v1/providers", #"{"module": "nothing", "name": "X", "settings": []}"#)
            #expect(missing.status == 422)
            let unknown = try await office.post(
                "/api/v1/providers",
                #"{"module": "test-payment", "name": "X", "settings": [{"key":"a","value":"b"}]}"#)
            #expect(unknown.status == 422)
            #expect(unknown.value("field") == "settings.a")
        }
    }
}
