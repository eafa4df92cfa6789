import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Every write leaves a line in the audit trail: a new route needs a case, or a place on a list.
@Suite struct `The trail of the back office` {
    /// What an administrator may do without a line, and why.
    static let silent: [String: String] = [
        "POST /accounts": "a person registers; nobody administers anything",
        "POST /sessions": "signing in changes nothing of the market's",
        "DELETE /sessions": "signing out changes nothing of the market's",
        "DELETE /sessions/current": "signing out changes nothing of the market's",
        "PUT /account/password": "one's own; the kernel's test of accounts sees its line",
        "POST /account/email": "one's own; the kernel's test of addresses sees its line",
        "PUT /email-changes/{change}": "one's own; the kernel's test of addresses sees its line",
        "PUT /account/mail": "one's own e-mail",
        "POST /password-resets": "a letter is written; nothing is changed yet",
        "PUT /password-resets/{reset}": "one's own; the kernel's test of it sees its line",
        "PUT /account/name": "how one is called oneself",
        "PUT /account/language": "the language of one's own e-mail",
        "DELETE /sessions/others": "signing out changes nothing of the market's",
        "DELETE /sessions/{session}": "signing out changes nothing of the market's",
        "POST /account/two-step": "one's own; the line is written when it is confirmed",
        "PUT /account/two-step": "one's own; the kernel's test of second factors sees its line",
        "POST /account/two-step/recovery-codes": "one's own, seen by the kernel's test",
        "POST /account/two-step/removal": "one's own, seen by the kernel's test",
        "POST /tokens": "made with a password; the kernel's test of tokens sees its line",
        "POST /providers/{provider}/check": "asks the provider and changes nothing",
    ]
    /// What needs more of a market than stands here; the tests of payouts and refunds run them.
    static let elsewhere: Set<String> = [
        "POST /payout-plans/{plan}/approval", "POST /payout-plans/{plan}/application",
        "POST /payout-files", "POST /payout-files/{file}/results",
        "POST /orders/{order}/refunds/{refund}/retries", "POST /mails/{mail}/retries",
        "POST /orders/{order}/captures", "POST /bank-reports",
        "POST /orders/{order}/refunds/{refund}/confirmation", "POST /invoices/{invoice}/payments",
        "POST /payouts/{payout}/verdict",
        // Needs a module's file; the kernel's test of conformance runs sees its line.
        "POST /provider-modules/{module}/conformance",
    ]
    /// Whose line tells of something still to come, and why.
    static let ahead: [String: String] = [
        "POST /payout-runs": "written before the run, so that one that breaks off is there too",
        "POST /invoices": "written before they are, so that a run that breaks off is there too",
    ]
    /// Pages whose forms call no operation of the API.
    static let forms: Set<String> = [
        "/sign-in", "/sign-out", "/sign-out/everywhere", "/register", "/password", "/mail",
        "/name", "/email", "/email/{change}", "/password/forgotten", "/password/reset/{reset}",
        "/sign-in/code", "/security/sessions/{session}/end", "/security/other-sessions/end",
        "/security/two-step", "/security/two-step/confirmation",
        "/security/two-step/recovery-codes", "/security/two-step/removal",
    ]

    /// One write, as it is sent.
    typealias Case = @Sendable (Scene) async throws -> (path: String, body: String)

    @Test func `every write is recorded with who, what, before or after`() async throws {
        try await Office.run { office in
            let scene = try await Scene(office)
            let writes = office.app.policies.filter { $0.method != "GET" }
            for write in writes where write.pattern.hasPrefix("/api/v1") {
                let route = "\(write.method) \(write.pattern.dropFirst(7))"
                if Self.silent[route] != nil || Self.elsewhere.contains(route) { continue }
                guard let prepare = Self.cases[route] else {
                    Issue.record("\(route) has no case in AuditWalkTests: see that it is audited")
                    continue
                }
                let (path, body) = try await prepare(scene)
                let before = try await scene.lines()
                let answer = try await scene.send(write.method, path, body)
                #expect((200..<300).contains(answer.status), "\(route): \(answer.text)")
                let line = try await scene.lines().dropFirst(before.count).last
                #expect(line != nil, "\(route) left no line in the trail")
                let who = office.accounts[.administrator]?.id
                #expect(line?.actor == who && line?.actorKind == .admin, "\(route)")
                let isAhead = Self.ahead[route] != nil
                #expect(
                    isAhead || line?.before != nil || line?.after != nil,
                    "\(route) shows no change")
            }
            for write in writes where !write.pattern.hasPrefix("/api/") {
                let route = "\(write.method) \(write.pattern)"
                #expect(
                    Self.forms.contains(write.pattern) || Self.cases[route] != nil
                        || Self.silent[route] != nil || Self.elsewhere.contains(route),
                    "\(route) is no operation of the API")
            }
        }
    }

    private static let reason = #"{"reason": "It was asked for."}"#

    static let cases: [String: Case] = selling.merging(running) { first, _ in first }
        .merging(receipts) { first, _ in first }.merging(picking) { first, _ in first }
        .merging(lookingOn) { first, _ in first }
        .merging(money) { first, _ in first }.merging(payouts) { first, _ in first }
        .merging(checklist) { first, _ in first }.merging(attributes) { first, _ in first }

    private static let selling: [String: Case] = [
        "POST /sellers/{seller}/verification": decision("submitted", "verification"),
        "POST /sellers/{seller}/rejection": decision("submitted", "rejection"),
        "POST /sellers/{seller}/suspension": decision("verified", "suspension"),
        "POST /sellers/{seller}/reinstatement": decision("suspended", "reinstatement"),
        "POST /sellers/{seller}/closure": decision("verified", "closure"),
        "POST /sellers/{seller}/hold": { scene in
            (
                "/sellers/\(try await scene.seller("verified").id)/hold",
                #"{"days": 9, "reason": "It is new."}"#
            )
        },
        "POST /sellers/{seller}/documents/{document}/judgement": { scene in
            let seller = try await scene.seller("verified")
            let document = try await scene.market.marketplace.addDocument(
                .identity, fileName: "pass.png", bytes: scene.png, as: seller.member)
            return (
                "/sellers/\(seller.id)/documents/\(document.id)/judgement",
                #"{"state": "accepted"}"#
            )
        },
        "POST /categories": { _ in ("/categories", #"{"name": "Spoons"}"#) },
        "POST /listings/{listing}/block": { scene in
            ("/listings/\(scene.sale.listing)/block", reason)
        },
        "POST /listings/{listing}/release": { scene in
            let thing = try await Sale.thing(
                scene.market, by: scene.sale.sellers[0], state: "blocked")
            return ("/listings/\(thing.listing)/release", reason)
        },
        "POST /reviews/{review}/hiding": { scene in
            ("/reviews/\(try await scene.review("published"))/hiding", reason)
        },
        "POST /reviews/{review}/showing": { scene in
            ("/reviews/\(try await scene.review("hidden"))/showing", reason)
        },
        "POST /orders/{order}/cancellation": { scene in
            ("/orders/\(scene.sale.orders[0].order.id)/cancellation", reason)
        },
        "POST /orders/{order}/refund": { ("/orders/\(try await $0.shipped())/refund", reason) },
    ]

    private static let receipts: [String: Case] = [
        "POST /payments/{payment}/receipts": { scene in
            let open = try await OpenPayment(scene.market)
            return ("/payments/\(open.payment)/receipts", open.json(100))
        },
        "POST /payments/{payment}/look-ups": { scene in
            ("/payments/\(try await OpenPayment(scene.market).payment)/look-ups", reason)
        },
        "POST /payments/{payment}/review": { scene in
            let open = try await OpenPayment(scene.market)
            _ = try await scene.office.post(
                "/api/v1/payments/\(open.payment)/receipts", open.json(open.total + 1))
            return ("/payments/\(open.payment)/review", reason)
        },
        "POST /orders/{order}/delivery-receipts": { scene in
            let open = try await OpenPayment(scene.market, "cash-on-delivery")
            try await open.ship(scene.market)
            return ("/orders/\(open.order)/delivery-receipts", open.json(open.total))
        },
        "POST /orders/{order}/cash-decision": { scene in
            ("/orders/\(try await scene.overdueCash())/cash-decision", reason)
        },
        "POST /orders/{order}/refused-delivery": { scene in
            let open = try await OpenPayment(scene.market, "cash-on-delivery")
            try await open.ship(scene.market)
            return ("/orders/\(open.order)/refused-delivery", reason)
        },
    ]

    private static let running: [String: Case] = [
        "POST /providers": { _ in
            (
                "/providers",
                #"{"module": "test-payment", "name": "Another", "settings": []}"#
            )
        },
        "POST /providers/{provider}/configuration": { scene in
            (
                "/providers/\(scene.sale.payment)/configuration",
                #"""
                {"version": 1, "name": "Renamed", "capture": "at_order", "settings": [],
                    "reason": "It was asked for."}
                """#
            )
        },
        "POST /providers/{provider}/module": { scene in
            let paths = "/providers/\(try await scene.market.given.instance())/module"
            return (paths, #"{"version": 1, "moduleVersion": "1", "reason": "It is newer."}"#)
        },
        "POST /providers/{provider}/secret-retirement": { scene in
            let instance = try await scene.market.given.instance()
            return (
                "/providers/\(instance)/secret-retirement",
                #"{"version": 1, "reason": "All know the new one."}"#
            )
        },
        "POST /providers/{provider}/activation": provider("paused", "activation"),
        "POST /providers/{provider}/pause": provider("active", "pause"),
        "POST /providers/{provider}/drain": provider("active", "drain"),
        "POST /providers/{provider}/retirement": provider("draining", "retirement"),
        "POST /providers/{provider}/watch-end": provider("draining", "watch-end"),
        "POST /provider-rules/{kind}": { scene in
            (
                "/provider-rules/payment",
                #"{"rules": [{"instance": "\#(scene.sale.payment)"}], "reason": "To try it."}"#
            )
        },
        "POST /people/roles": { scene in
            let person = try await scene.market.given.account()
            return (
                "/people/roles",
                #"{"email": "\#(person.email)", "role": "support", "reason": "She helps."}"#
            )
        },
        "POST /people/withdrawals": { scene in
            let person = try await scene.market.given.administrator(.support)
            return (
                "/people/withdrawals",
                #"{"account": "\#(person.id)", "role": "support", "reason": "She left."}"#
            )
        },
        "POST /jobs/{job}/redrive": { ("/jobs/\(try await $0.deadJob())/redrive", reason) },
        "POST /webhooks/{instance}/{event}/retries": { try await $0.delivery(to: "retries") },
        "POST /webhooks/{instance}/{event}/dismissals": {
            try await $0.delivery(to: "dismissals")
        },
        "POST /clock": { _ in ("/clock", #"{"hours": 1, "reason": "To see it."}"#) },
        "DELETE /tokens/{token}": { scene in
            guard let me = scene.office.accounts[.administrator] else {
                throw OfficeError.notThere("an administrator")
            }
            let token = try await scene.market.marketplace.createAccessToken(
                named: "script", for: .admin, of: me.id)
            return ("/tokens/\(token.token.id)", "")
        },
    ]

    private static let money: [String: Case] = [
        "POST /ledger/verifications": { _ in ("/ledger/verifications", "{}") },
        "POST /payouts/{payout}/reversals": { scene in
            ("/payouts/\(try await scene.paidPayout())/reversals", reason)
        },
        "POST /payout-runs": { _ in ("/payout-runs", reason) },
        "POST /commission-rules": { scene in
            let seller = try await scene.seller("verified").id
            return (
                "/commission-rules",
                #"{"ratePpm": 50000, "seller": "\#(seller)", "reason": "A gentler rate."}"#
            )
        },
        "POST /commission-rules/{rule}/publication": { scene in
            ("/commission-rules/\(try await scene.rule(isDraft: true))/publication", reason)
        },
        "POST /commission-rules/{rule}/disposal": { scene in
            ("/commission-rules/\(try await scene.rule(isDraft: true))/disposal", reason)
        },
        "POST /commission-rules/{rule}/end": { scene in
            ("/commission-rules/\(try await scene.rule(isDraft: false))/end", reason)
        },
        "POST /commission-vat": { _ in
            (
                "/commission-vat",
                #"{"country": "FR", "ratePpm": 200000, "reason": "It is the law."}"#
            )
        },
        "POST /invoices": { _ in
            ("/invoices", #"{"month": "2026-01", "reason": "The month is over."}"#)
        },
        "POST /providers/{provider}/reconciliations": { scene in
            (
                "/providers/\(scene.sale.payment)/reconciliations",
                #"{"day": "\#(Day(containing: .systemNow))"}"#
            )
        },
    ]

    private static let payouts: [String: Case] = [
        "POST /payout-accounts/{account}/bank-payouts": { scene in
            (
                "/payout-accounts/\(try await scene.manualAccount())/bank-payouts",
                #"{"amount": {"amount": 100, "currency": "EUR"}, "reason": "She asked for it."}"#
            )
        },
        "POST /payout-plans": { _ in ("/payout-plans", "{}") },
        "POST /payout-plans/{plan}/drop": { scene in
            let made = try await scene.office.post("/api/v1/payout-plans", "{}")
            return ("/payout-plans/\(try made.require("id"))/drop", reason)
        },
        "POST /payout-limits": { _ in
            ("/payout-limits", #"{"currency": "EUR", "amount": 500, "reason": "To be sure."}"#)
        },
        "POST /payout-routes": { scene in
            let payer = try await scene.market.given.instance()
            return (
                "/payout-routes",
                #"{"holder": "\#(scene.sale.payment)", "payer": "\#(payer)", "reason": "It can."}"#
            )
        },
        "POST /settlements": { scene in
            let receiver = try await scene.market.given.instance()
            return (
                "/settlements",
                #"{"from": "\#(scene.sale.payment)", "to": "\#(receiver)", "amount": 100, "#
                    + #""currency": "EUR", "reference": "bank-1", "reason": "As told."}"#
            )
        },
        "POST /sellers/{seller}/payout-freeze": decision("verified", "payout-freeze"),
        "POST /sellers/{seller}/payout-freeze/lift": { scene in
            let seller = try await scene.seller("verified").id
            _ = try await scene.office.post("/api/v1/sellers/\(seller)/payout-freeze", reason)
            return ("/sellers/\(seller)/payout-freeze/lift", reason)
        },
        "POST /sellers/{seller}/reserve": { scene in
            (
                "/sellers/\(try await scene.seller("verified").id)/reserve",
                #"{"ratePpm": 100000, "days": 30, "reason": "It is new."}"#
            )
        },
    ]

    private static func decision(_ state: String, _ noun: String) -> Case {
        { scene in ("/sellers/\(try await scene.seller(state).id)/\(noun)", reason) }
    }

    private static func provider(_ state: String, _ noun: String) -> Case {
        { scene in
            let instance = try await scene.market.given.instance()
            try await scene.market.database.execute(
                "update provider_instance set state = \(state) where id = \(instance)")
            return ("/providers/\(instance)/\(noun)", reason)
        }
    }
}

/// A market with a sale in it, and what a write may be done to.
struct Scene: Sendable {
    let office: Office
    let sale: Sale
    var market: TestMarketplace { office.market }
    /// A picture, as far as its header goes.
    let png = MarketSide.picture

    init(_ office: Office) async throws {
        self.office = office
        sale = try await Sale(office.market)
    }

    func send(_ method: String, _ path: String, _ body: String) async throws -> OfficeAnswer {
        method == "DELETE"
            ? try await office.delete("/api/v1" + path)
            : try await office.post("/api/v1" + path, body)
    }

    func seller(_ state: String) async throws -> GivenSeller {
        let seller = try await market.given.verifiedSeller(
            "Seller \(UInt32.random(in: 0 ... .max))")
        try await market.database.execute(
            "update seller set state = \(state) where id = \(seller.id)")
        return seller
    }

    func review(_ state: String) async throws -> ID<Review> {
        let id = ID<Review>()
        let line = sale.orders[state == "hidden" ? 1 : 0].lines[0]
        try await market.database.execute(
            """
            insert into review (id, order_line_id, listing_id, seller_id, author, stars, state)
            select \(id), \(line.id), \(line.listing), seller_id, 'Grace', 5, \(state)
            from listing where id = \(line.listing)
            """)
        return id
    }

    /// An order of another purchase that is on its way.
    func shipped() async throws -> ID<Order> {
        let other = try await Sale(market)
        let order = other.orders[0].order
        let member = try #require(other.sellers.first { $0.id == order.seller }).member
        try await market.marketplace.shipOrder(
            order.id, in: try ShippedParcel(carrier: "Post"), as: member)
        return order.id
    }

    func rule(isDraft: Bool) async throws -> ID<CommissionRule> {
        let me = try #require(office.accounts[.administrator]).id
        let draft = CommissionDraft(
            CommissionScope(seller: try await seller("verified").id),
            rate: PartsPerMillion(percent: 7))
        let rule =
            isDraft
            ? try await market.marketplace.draftCommissionRule(draft, as: me, reason: "To try.")
            : try await market.marketplace.addCommissionRule(draft, as: me, reason: "To try.")
        return rule.id
    }
}
