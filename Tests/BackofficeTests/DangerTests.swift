import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Whatever an administrator does` {
    /// What is done without having to say why, and why not.
    static let needless: [String: String] = [
        "POST /accounts": "a person registers",
        "POST /sessions": "one's own",
        "DELETE /sessions": "one's own",
        "DELETE /sessions/current": "one's own",
        "DELETE /sessions/others": "one's own",
        "DELETE /sessions/{session}": "one's own",
        "PUT /account/password": "one's own",
        "PUT /account/mail": "one's own",
        "PUT /account/name": "one's own",
        "POST /account/email": "one's own",
        "PUT /email-changes/{change}": "one's own",
        "POST /password-resets": "one's own",
        "PUT /password-resets/{reset}": "one's own",
        "PUT /account/language": "one's own",
        "POST /account/two-step": "one's own",
        "PUT /account/two-step": "one's own",
        "POST /account/two-step/recovery-codes": "one's own",
        "POST /account/two-step/removal": "one's own",
        "POST /tokens": "one's own",
        "DELETE /tokens/{token}": "one's own",
        "POST /sellers/{seller}/verification": "the ticks say it; more may be said, and is kept",
        "POST /sellers/{seller}/documents/{document}/judgement": "it has a note",
        "POST /sellers/{seller}/checklist/{row}/tick": "it has a note",
        "POST /listings/{listing}/pick": "may be said, and is kept",
        "POST /listings/{listing}/pick-removal": "may be said",
        "POST /sellers/{seller}/pick": "may be said",
        "POST /sellers/{seller}/pick-removal": "may be said",
        "POST /categories": "adds a place and moves nothing",
        "POST /attributes": "asks and takes nothing away",
        "POST /attributes/{attribute}/values": "adds a choice and takes nothing away",
        "POST /providers": "a draft that nothing uses",
        "POST /providers/{provider}/check": "changes nothing",
        "POST /providers/{provider}/reconciliations": "compares and changes nothing",
        "POST /ledger/verifications": "looks and changes nothing",
        "POST /payout-plans": "nothing moves; may be said, and is kept",
        "POST /payout-files": "writes down what was asked for and approved",
        "POST /bank-reports": "the bank's own message says it",
        "POST /orders/{order}/refunds/{refund}/confirmation": "the bank's reference says it",
        "POST /payments/{payment}/receipts": "the bank's reference says it, and a note may",
        "POST /orders/{order}/delivery-receipts": "it has a note",
        "POST /provider-modules/{module}/conformance": "tries and changes nothing",
        "POST /impersonations/{impersonation}/end": "an end needs none; may be said",
    ]

    @Test func `asks for a reason, or is known to need none`() async throws {
        try await Office.run { office in
            let writes = DocumentedOperation.all(in: office.app.document)
                .filter { $0.method != "GET" }
            #expect(writes.count > 40)
            for write in writes {
                let name = "\(write.method) \(write.pattern.replacing("/api/v1", with: ""))"
                let asks = write.body?.sample().members["reason"] != nil
                #expect(
                    asks != (Self.needless[name] != nil),
                    "\(name) \(asks ? "asks for a reason all the same" : "asks for no reason")")
            }
        }
    }

    /// Forms of the back office are made dangerous in one way only, which takes both.
    @Test func `says what will happen before it is done, when it is dangerous`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            try await sale.deliver(office.market)
            let scene = try await Scene(office)
            var seen: Set<String> = []
            let sellers = [
                sale.sellers[0].id, try await scene.seller("submitted").id,
                try await scene.seller("suspended").id,
            ]
            let asked = try await scene.attribute()
            let raku = try #require(asked.values.first).id
            let paths =
                sellers.flatMap { ["/sellers/\($0)", "/sellers/\($0)/payouts"] } + [
                    "/listings/\(sale.listing)", "/providers/\(sale.payment)", "/commission",
                    "/payouts", "/payout-plans", "/payout-files", "/people", "/checklist",
                    "/attributes/\(asked.id)", "/attributes/\(asked.id)/values/\(raku)",
                    "/orders/\(sale.orders[0].order.id)/money",
                ]
            for path in paths {
                let page = try await office.get(path)
                #expect(page.status == 200, "\(path)")
                for form in page.text.split(separator: "</form>")
                where form.contains("<button class=\"danger\">") {
                    let own = form.components(separatedBy: "<form ").last ?? ""
                    let action = own.firstMatch(of: /action="([^"]*)"/).map { String($0.1) }
                    seen.insert(action?.split(separator: "/").last.map(String.init) ?? "")
                    #expect(own.contains("<p class=\"quiet\">"), "\(path): \(action ?? "")")
                    #expect(own.contains(/<textarea name="reason"[^>]* required/), "\(path)")
                }
            }
            for noun in [
                "rejection", "suspension", "reinstatement", "closure", "hold", "block", "pause",
                "drain", "retirement", "reserve", "payout-freeze", "withdrawals", "payout-limits",
            ] { #expect(seen.contains(noun), "\(noun) is on none of the pages") }
        }
    }

    @Test func `says what will happen wherever it asks why`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let category = try await office.market.marketplace.createCategory(
                named: "Bowls", slug: "bowls", by: nil)
            _ = try await office.post(
                "/api/v1/listings/\(sale.listing)/block", #"{"reason": "Looked at."}"#)
            var asked = 0
            for path in [
                "/categories/\(category.id)", "/checklist", "/commission", "/invoices",
                "/listings/\(sale.listing)", "/payout-files", "/people",
                "/provider-rules/payment", "/providers/\(sale.payment)", "/clock",
                "/sellers/\(sale.sellers[0].id)", "/sellers/\(sale.sellers[0].id)/payouts",
            ] {
                let page = try await office.get(path)
                #expect(page.status == 200, "\(path)")
                for form in page.text.split(separator: "</form>")
                where form.contains(/<textarea name="reason"[^>]* required/) {
                    let own = form.components(separatedBy: "<form ").last ?? ""
                    asked += 1
                    #expect(own.contains("<p class=\"quiet\">"), "\(path): \(own.prefix(200))")
                }
            }
            #expect(asked > 15)
        }
    }

    @Test func `keeps what was said in the trail`() async throws {
        try await Office.run { office in
            let scene = try await Scene(office)
            let seller = try await scene.seller("submitted").id
            let page = "/sellers/\(seller)"
            let verified = try await office.submit(
                [("reason", "Met them at the fair.")], to: page + "/verification", on: page)
            #expect(verified.status == 303)
            let held = try await office.submit(
                [("days", "21"), ("reason", "A new maker.")], to: page + "/hold", on: page)
            #expect(held.status == 303)
            let silent = try await office.post("/api/v1\(page)/hold", #"{"days": 20}"#)
            #expect(silent.status == 422 && silent.value("field") == "reason")

            let trail = try await office.trail("seller", "\(seller)")
            #expect(
                trail.suffix(2).map(\.reason) == ["Met them at the fair.", "21 days: A new maker."])
            let steps = try await office.market.marketplace.transitions(of: seller)
            #expect(steps.first?.reason == nil, "the seller would read it")
        }
    }
}
