import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Every scenario ends with both books compared: what goes on to banks moves nothing of ours.
@Suite struct `What goes on from a shop's account at Stripe to its bank` {
    private struct Paid {
        let town: StripeTown
        let seller: GivenSeller
        /// Stripe's id of the shop's account, in which its earnings are.
        let account: String

        init(_ town: StripeTown) async throws {
            self.town = town
            seller = try await town.connectedSeller("Clay")
            let placed = try await town.buy([try await town.thing(seller, 5000)])
            let order = try #require(try await town.detail(placed).orders.first).order.id
            try await town.marketplace.shipOrder(
                order, in: try ShippedParcel(carrier: "Post"), as: seller.member)
            try await town.marketplace.confirmDelivery(order, as: town.buyer)
            try await town.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
            _ = try await town.marketplace.runPayouts()
            try await town.worker.drain()
            account = try #require(
                try await town.marketplace.payoutConnections(as: seller.member).first?.account?
                    .reference)
            try #require(try await town.stripe.books().accounts[account]?["eur"] ?? 0 > 200)
        }

        /// The shop's schedule at Stripe makes a payout; Stripe's id of it.
        func payOut(_ amount: Int64 = 100) async throws -> String {
            try await town.stripe.control(
                "accounts/\(account)/pay-out", #"{"amount": \#(amount), "currency": "eur"}"#)
            return try #require(try await town.stripe.books().payouts.last?.id)
        }

        func move(_ id: String, _ states: String...) async throws {
            for state in states { try await town.stripe.control("payouts/\(id)/\(state)") }
        }

        func listed() async throws -> [BankPayout] {
            try await town.marketplace.bankPayouts(
                as: seller.member, PageRequest(limit: 100)
            ).items
        }

        func count(_ sql: SQL) async throws -> Int {
            try await town.market.database.query(sql)
                .decode { c in try c.next(Int.self) }.first ?? 0
        }

        func told() async throws -> Int {
            try await count("select count(*) from outbox_event where topic = 'bank-payout.failed'")
        }

        /// Whether Stripe is asked for the account again within the hour.
        func nextTurnIsSoon() async throws -> Bool {
            try await count(
                """
                select count(*) from payout_account where payouts_due_at < now() + interval '1 hour'
                """) == 1
        }

        /// A day has passed since Stripe was asked.
        func sweep() async throws -> Int {
            try await town.market.database.execute(
                "update payout_account set payouts_due_at = '-infinity'")
            return try await town.marketplace.sweepBankPayouts()
        }
    }

    @Test func `is told by webhooks, also when the bank sends it back after it was paid`()
        async throws
    {
        try await StripeTown.run { town in
            let paid = try await Paid(town)
            let booked = try await paid.count("select count(*) from ledger_transaction")
            let id = try await paid.payOut()
            try await town.eventually("it is under way") {
                try await paid.listed().map(\.status) == [.pending]
            }
            try await paid.move(id, "in_transit", "paid")
            try await town.eventually("it is paid") {
                try await paid.listed().map(\.status) == [.paid]
            }
            let payout = try #require(try await paid.listed().first)
            #expect(payout.reference == id && payout.amount == Money(100, .eur))
            #expect(payout.arrivesAt.map { $0 > payout.madeAt } == true)
            #expect(try await paid.told() == 0)

            try await paid.move(id, "failed")
            try await town.eventually("it came back") {
                try await paid.listed().map(\.status) == [.failed]
            }

            #expect(try await paid.listed().first?.why == "The bank account has been closed.")
            #expect(try await paid.told() == 1)
            #expect(
                try await paid.count("select count(*) from ledger_transaction") == booked,
                "the market's debt ended with the transfer")
        }
    }

    @Test func `is not known until its last page was read`() async throws {
        try await StripeTown.run { town in
            let paid = try await Paid(town)
            try await town.stripe.control("chaos", #"{"lost": 1}"#)
            for _ in 0..<101 { _ = try await paid.payOut(1) }
            // By this seed the first page is read, and the second is not.
            try await town.stripe.control(
                "faults",
                #"{"only": "^GET /v1/payouts$", "rates": {"gone": 0.5}, "seed": 15}"#)

            #expect(try await paid.sweep() == 0)

            #expect(try await paid.count("select count(*) from bank_payout") == 100)
            #expect(
                try await paid.count(
                    "select count(*) from payout_account where payouts_known_until is not null")
                    == 0)
            try await town.stripe.control("faults")
            #expect(try await paid.sweep() == 1)
            #expect(try await paid.count("select count(*) from bank_payout") == 101)
        }
    }

    @Test func `is heard of though another one is not what was known of it`() async throws {
        try await StripeTown.run { town in
            let paid = try await Paid(town)
            try await town.stripe.control("chaos", #"{"lost": 1}"#)
            var ids: [String] = []
            for amount in [1, 2, 3] { ids.append(try await paid.payOut(Int64(amount))) }
            try await town.marketplace.applyBankPayout(
                BankPayoutSnapshot(
                    reference: ids[1], account: paid.account, status: .pending,
                    amount: Money(999, .eur), madeAt: .systemNow, version: 1), at: town.instance)

            #expect(try await paid.sweep() == 1)

            let amounts = try await paid.listed().map(\.amount.amount)
            #expect(amounts.sorted() == [1, 3, 999])
        }
    }

    @Test func `is written and told once, though webhooks come late, twice and in any order`()
        async throws
    {
        try await StripeTown.run { town in
            let paid = try await Paid(town)
            try await town.stripe.control(
                "chaos", #"{"double": 1, "shuffle": true, "held": true, "seed": 7}"#)
            let (good, bad) = (try await paid.payOut(), try await paid.payOut())
            try await paid.move(good, "in_transit", "paid")
            try await paid.move(bad, "in_transit", "paid", "failed")
            try await town.stripe.control("chaos", #"{"held": false}"#)
            try await town.stripe.control("resend")
            try await town.eventually("all webhooks arrived") {
                try await town.stripe.state().courier.waiting == 0
            }
            try await town.goOn()

            let found = try await paid.listed()
            #expect(Set(found.map(\.reference)) == [good, bad] && found.count == 2)
            #expect(found.first { $0.reference == good }?.status == .paid)
            #expect(found.first { $0.reference == bad }?.status == .failed)
            #expect(try await paid.told() == 1)
        }
    }

    @Test func `is found though its webhooks never came, page by page`() async throws {
        try await StripeTown.run { town in
            let paid = try await Paid(town)
            try await town.stripe.control("chaos", #"{"lost": 1}"#)
            var ids: [String] = []
            for _ in 0..<101 { ids.append(try await paid.payOut(1)) }
            try await town.goOn()
            #expect(try await paid.count("select count(*) from bank_payout") == 0)

            #expect(try await paid.sweep() == 1)

            #expect(try await paid.count("select count(*) from bank_payout") == 101)
            #expect(try await town.marketplace.sweepBankPayouts() == 0, "once a day is enough")
            try await paid.move(ids[0], "in_transit", "paid", "failed")
            #expect(try await paid.told() == 0)
            #expect(try await paid.sweep() == 1)
            #expect(try await paid.told() == 1)
            // The webhook that comes after all is no news.
            try await town.stripe.control("chaos", #"{"lost": 0}"#)
            try await town.stripe.control("resend")
            try await town.eventually("all webhooks arrived") {
                try await town.stripe.state().courier.waiting == 0
            }
            try await town.goOn()
            #expect(try await paid.told() == 1)
            #expect(try await paid.count("select count(*) from bank_payout") == 101)
        }
    }

    @Test(arguments: ["gone", "busy", "lost"])
    func `is asked for again when Stripe stumbles, from the same time on`(
        fault: String
    ) async throws {
        try await StripeTown.run { town in
            let paid = try await Paid(town)
            try await town.stripe.control("chaos", #"{"lost": 1}"#)
            _ = try await paid.payOut()
            try await town.stripe.control(
                "faults",
                #"{"only": "^GET /v1/payouts$", "next": ["\#(fault)"]}"#)

            #expect(try await paid.sweep() == 0)

            #expect(
                try await paid.count(
                    "select count(*) from payout_account where payouts_known_until is not null")
                    == 0)
            #expect(try await paid.nextTurnIsSoon(), "who did not answer is not left for a day")
            #expect(try await paid.sweep() == 1)
            #expect(try await paid.listed().count == 1)
            #expect(try await !paid.nextTurnIsSoon(), "who did answer is")
        }
    }

    /// Stripe answers 403 for each of them, which is no fault of the key's: nobody stops asking it.
    @Test func `is told of the others however many shops took their permission back`()
        async throws
    {
        try await StripeTown.run { town in
            let paid = try await Paid(town)
            try await town.stripe.control("chaos", #"{"lost": 1}"#)
            _ = try await paid.payOut()
            // As many as open a circuit breaker.
            for number in 1...5 {
                let gone = try await town.connectedSeller("Wood \(number)")
                let theirs = try #require(
                    try await town.marketplace.payoutConnections(as: gone.member).first?.account?
                        .reference)
                try await town.stripe.control("accounts/\(theirs)/deauthorize")
            }
            // Theirs is the turn before.
            try await town.market.database.execute(
                """
                update payout_account set payouts_due_at = case when reference = \(paid.account)
                    then now() - interval '1 hour' else '-infinity'::timestamptz end
                """)

            #expect(try await town.marketplace.sweepBankPayouts() == 1)

            #expect(try await paid.listed().count == 1)
        }
    }
}
