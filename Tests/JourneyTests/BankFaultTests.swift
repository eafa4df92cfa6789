import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Answers are lost and cut off, keys are busy, calls too many, webhooks late, double and in any
/// order; at the end the bank's own books and ours are the same to the cent.
@Suite struct `Trading at a sandbox bank where things go wrong` {
    /// A bank, how it takes money, and the chances of a run: those of a failure are in its name.
    struct Run: Sendable, CustomTestStringConvertible {
        let module: String
        let capture: ProviderInstance.Capture
        let seed: UInt64
        var testDescription: String { "\(module), seed \(seed)" }
    }

    @Test(arguments: [
        Run(module: "sandbox-payments", capture: .atOrder, seed: 7),
        Run(module: "sandbox-wallet", capture: .atShipment, seed: 7),
        Run(module: "sandbox-payments", capture: .atShipment, seed: 8),
        Run(module: "sandbox-wallet", capture: .atOrder, seed: 9),
    ])
    func `whatever goes wrong, both books agree in the end`(_ run: Run) async throws {
        try await BankTown.run { town in
            let north = try await town.provider("north", run.module, capture: run.capture)
            let sellers = [
                try await town.market.given.verifiedSeller("Clay"),
                try await town.market.given.verifiedSeller("Wood"),
            ]
            let things = [
                try await town.thing(sellers[0], 4250), try await town.thing(sellers[1], 1999),
            ]
            try await town.suffer(
                """
                {"seed": \(run.seed), "calls": {"lost": 50, "cut": 50, "conflict": 50, "busy": 50,
                  "broken": 50, "gone": 30},
                 "webhooks": {"double": 300, "late": 300, "lateMilliseconds": 700,
                  "shuffled": true}}
                """)

            var chance = SeededGenerator(seed: run.seed)
            var sold: [PlacedPurchase] = []
            for number in 0..<30 {
                let wanted = things.filter { _ in Bool.random(using: &chance) }
                let card = ["tok_visa", "tok_visa", "tok_delayed"].randomElement(using: &chance)
                guard let checkout = try? await town.checkout(wanted.isEmpty ? things : wanted),
                    let placed = try? await town.place(checkout, card ?? "tok_visa", at: north)
                else { continue }
                sold.append(placed)
                if number.isMultiple(of: 6) { try await town.goOn() }
            }
            try await town.eventually("all are paid or not") { try await town.isPaidOrFailed() }
            try await town.carryOut(sold, sellers, &chance)
            try await town.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
            _ = try await town.marketplace.runPayouts()
            for _ in 0..<6 { try await town.goOn() }
            let happened = try await town.happened()
            // By chance one or the other of the six may not have come.
            let befell = ["lost", "cut", "conflict", "busy", "broken", "gone"]
                .count { happened[$0] != nil }
            #expect(befell >= 2, "\(happened)")
            #expect(happened["late"] != nil && happened["double"] != nil, "\(happened)")
            try await town.suffer("{}")

            try await town.eventually("nothing is open") {
                try await town.goOn()
                return try await town.open().isEmpty
            }
            let theirs = try await town.bankEntries(of: "north")
            #expect(theirs.values.contains { $0 < 0 } && theirs.count > 8)
        }
    }

    @Test func `a plan of faults that makes no sense is refused, and changes nothing`() async throws
    {
        try await BankTown.run { town in
            for plan in [#"{"calls":{"flood":1}}"#, #"{"calls":{"lost":1001}}"#, "[]"] {
                let answer = try await town.ask("POST", town.bankURL + "/control/faults", plan)
                #expect(answer.status == 400)
            }
            let bowl = try await town.thing(try await town.market.given.verifiedSeller(), 1999)
            let north = try await town.provider("north")
            let placed = try await town.place(try await town.checkout(bowl), "tok_visa", at: north)
            #expect(placed.purchase.state == .paid)
        }
    }
}

extension BankTown {
    fileprivate func suffer(_ plan: String) async throws {
        let answer = try await ask("POST", bankURL + "/control/faults", plan)
        #expect(answer.status == 200)
    }

    fileprivate func isPaidOrFailed() async throws -> Bool {
        try await goOn()
        return try await count(
            """
            select count(*) from payment
            where state in ('starting', 'processing')
            """) == 0
    }

    /// Ships and delivers what was paid, and gives back the money of some.
    fileprivate func carryOut(
        _ sold: [PlacedPurchase], _ sellers: [GivenSeller],
        _ chance: inout SeededGenerator
    ) async throws {
        let admin = try await market.given.administrator()
        for placed in sold {
            let detail = try await detail(placed)
            guard detail.purchase.state == .paid else { continue }
            for order in detail.orders {
                guard let seller = sellers.first(where: { $0.id == order.order.seller }) else {
                    continue
                }
                try await marketplace.shipOrder(
                    order.order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
                try await marketplace.confirmDelivery(order.order.id, as: buyer)
                if Int.random(in: 0..<3, using: &chance) == 0 {
                    try await eventually("its money was taken, to go back") {
                        try await goOn()
                        return try await refund(order, admin)
                    }
                }
            }
        }
    }

    /// Gives an order's money back; false while it was not taken yet.
    private func refund(_ order: OrderDetail, _ admin: Account) async throws -> Bool {
        do {
            try await marketplace.refundOrder(
                order.order.id, reason: "it was broken", as: .admin(admin.id))
            return true
        } catch OrderRefusal.paymentUnderWay {
            return false
        } catch OrderRefusal.notCaptured {
            return false
        }
    }

    private func count(_ query: SQL) async throws -> Int {
        try await market.database.query(query).decode { c in try c.next(Int.self) }.first ?? 0
    }
}
