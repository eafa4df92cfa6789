import Kernel
import ProviderKit
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

    @Test func `shows the disputes there that its module cannot read`() async throws {
        try await Office.run { office in
            let provider = try await office.market.given.instance()
            let before = try await office.get("/providers/\(provider)")
            #expect(!before.text.contains("Disputes that cannot be read"))
            try await office.market.database.execute(
                """
                insert into dispute_quarantine (instance_id, reference, problem)
                select \(provider), 'du_' || n, 'The dispute is <novel>.'
                from generate_series(1, 30) n
                """)

            let page = try await office.get("/providers/\(provider)")
            #expect(page.text.contains("Disputes that cannot be read"))
            #expect(page.text.contains("The dispute is &lt;novel&gt;."))
            let file = try await office.get("/api/v1/providers/\(provider)")
            #expect(file.value("unreadableDisputes.19.problem") == "The dispute is <novel>.")
            #expect(file.value("unreadableDisputes.20.problem") == nil, "the newest are enough")
            #expect(
                try await office.get("/api/v1/waiting").value("disputesUnreadable") == "30")
            #expect(try await office.get("/").text.contains("Disputes that cannot be read"))
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
            let page = try await office.get("/provider-rules/payment")
            #expect(page.status == 200)
            // What is tried on a few comes first: there is room before the rule that takes all.
            let texts = ["A new rule before them", "Rule 1", "Rule 2", "One more rule"]
            let places = texts.compactMap { page.text.range(of: $0)?.lowerBound }
            #expect(places.count == 4 && places == places.sorted())
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

    @Test func `calls are counted by the minute, and drawn as bars`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let path = "/api/v1/providers/\(sale.payment)"
            await office.market.marketplace.providers.keepHealthNow()

            let file = try await office.get(path)
            #expect(file.value("health.calls") != "0", "\(file.text)")
            #expect(file.value("health.failures") == "0")
            #expect(file.value("health.minutes.0.calls") == file.value("health.calls"))
            let page = try await office.get("/providers/\(sale.payment)").text
            #expect(page.contains("<svg viewBox=\"0 0 300 60\" role=\"img\""))
            #expect(page.contains("class=\"good\""))
            let never = try await office.market.given.instance()
            let quiet = try await office.get("/providers/\(never)").text
            #expect(quiet.contains("Nobody called it in the last hour."))
        }
    }

    @Test func `a drain is watched until nothing is open`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let reason = #"{"reason": "We leave them."}"#
            _ = try await office.post("/api/v1/providers/\(sale.payment)/drain", reason)

            let busy = try await office.get("/providers/\(sale.payment)/drain")
            #expect(busy.refresh == "2; url=/providers/\(sale.payment)/drain")
            #expect(busy.text.contains("orders not paid out"))
            let idle = try await office.market.given.instance()
            let done = try await office.get("/providers/\(idle)/drain")
            #expect(done.refresh == nil)
            #expect(done.text.contains("it can be retired"))
        }
    }

    @Test func `a module says its contract and that nobody tried it yet`() async throws {
        try await Office.run { office in
            let list = try await office.get("/api/v1/provider-modules")
            #expect(list.value("modules.0.contract") == "\(providerContractVersion)")
            #expect(list.value("modules.0.conformance") == nil)
            let one = try await office.get("/api/v1/provider-modules/test-payment")
            #expect(one.value("versions.0.module.version") == "1")
            let page = try await office.get("/provider-modules/test-payment")
            #expect(page.text.contains("not tried yet"))
            #expect(try await office.get("/api/v1/provider-modules/nothing").status == 404)
            let unfiled = try await office.post(
                "/api/v1/provider-modules/test-payment/conformance", #"{"version": "1"}"#)
            #expect(unfiled.status == 422, "it is built in: there is no file to try")
        }
    }
}
