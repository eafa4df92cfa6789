import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Every scenario ends with both books compared: what goes on to banks moves nothing of ours.
@Suite struct `Sending what lies in a shop's account at Stripe to its bank` {
    private struct Paid {
        let town: StripeTown
        let seller: GivenSeller
        let account: PayoutAccount
        /// Stripe's id of the account.
        let reference: String
        let admin: ID<Account>

        /// - Parameter interval: of the account's schedule.
        init(_ town: StripeTown, _ interval: String = "manual") async throws {
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
                try await town.marketplace.payoutConnections(as: seller.member).first?.account)
            reference = try #require(account.reference)
            admin = try await town.market.given.administrator().id
            try await town.stripe.control("accounts/\(reference)/schedule/\(interval)")
        }

        func available() async throws -> Money {
            let payable = try await town.marketplace.payableAccount(account.id)
            return try #require(payable.funds?.available.first)
        }

        @discardableResult
        func order(_ amount: Money) async throws -> BankPayoutOrder {
            try await town.marketplace.orderBankPayout(
                of: account.id, amount, reason: "She asked for it.", by: admin)
        }

        /// What Stripe's own books say of the account's payouts.
        func theirs() async throws -> [FakeStripe.Books.Payout] {
            try await town.stripe.books().payouts
        }

        func listed() async throws -> [BankPayout] {
            try await town.marketplace.bankPayouts(
                as: seller.member, PageRequest(limit: 100)
            ).items
        }

        /// A minute after the provider was asked, or the next one of any length.
        func goOn(_ order: ID<BankPayoutOrder>) async throws -> BankPayoutOrder.State {
            try await town.marketplace.sendBankPayout(order).state
        }
    }

    @Test(arguments: ["lost", "held", "broken", "gone", "busy", "conflict"])
    func `is done once, whatever goes wrong, and the bank's word is heard`(
        fault: String
    ) async throws {
        try await StripeTown.run { town in
            let paid = try await Paid(town)
            let all = try await paid.available()
            try await town.stripe.control(
                "faults",
                #"{"only": "^POST /v1/payouts$", "next": ["\#(fault)"], "held_seconds": 6}"#)

            let asked = try await paid.order(all)
            try await town.eventually("Stripe has it") {
                try await paid.goOn(asked.id) == .done
            }

            let theirs = try await paid.theirs()
            #expect(theirs.map(\.amount) == [all.amount], "once")
            #expect(theirs.map(\.order) == ["\(asked.id)"])
            #expect(try await town.stripe.books().accounts[paid.reference]?["eur"] == 0)
            let id = try #require(theirs.first?.id)
            for state in ["in_transit", "paid"] {
                try await town.stripe.control("payouts/\(id)/\(state)")
            }
            try await town.eventually("the bank has it") {
                try await paid.listed().map(\.status) == [.paid]
            }
            try await town.stripe.control("payouts/\(id)/failed")
            try await town.eventually("the bank sent it back") {
                try await paid.listed().map(\.status) == [.failed]
            }
            #expect(try await paid.listed().first?.why == "The bank account has been closed.")
            #expect(try await paid.available() == all, "it is in the account again")
        }
    }

    @Test func `is refused with Stripe's words when the account holds less by then`() async throws {
        try await StripeTown.run { town in
            let paid = try await Paid(town)
            let all = try await paid.available()
            let asked = try await paid.order(all)
            try await town.stripe.control(
                "accounts/\(paid.reference)/spend", #"{"amount": 1, "currency": "eur"}"#)

            #expect(try await paid.goOn(asked.id) == .failed)

            let orders = try await town.marketplace.payableAccount(paid.account.id).orders
            #expect(orders.first?.failure == "The account has not so much.")
            #expect(try await paid.theirs().map(\.order) == [nil])
            // What is left may be asked for anew.
            let again = try await paid.order(try await paid.available())
            #expect(try await paid.goOn(again.id) == .done)
        }
    }

    @Test func `is Stripe's own affair where its schedule does it`() async throws {
        try await StripeTown.run { town in
            let paid = try await Paid(town, "daily")
            let all = try await paid.available()

            await #expect(throws: PayoutRefusal.paidBySchedule) { try await paid.order(all) }

            #expect(try await paid.theirs().isEmpty)
        }
    }

    @Test func `may be taken back, and both payouts say so`() async throws {
        try await StripeTown.run { town in
            let paid = try await Paid(town)
            let asked = try await paid.order(try await paid.available())
            #expect(try await paid.goOn(asked.id) == .done)
            let id = try #require(try await paid.theirs().first?.id)
            for state in ["in_transit", "paid", "reverse"] {
                try await town.stripe.control("payouts/\(id)/\(state)")
            }

            try await town.eventually("both are linked") {
                let listed = try await paid.listed()
                let back = listed.first { $0.reverses == id }
                return back?.isDebit == true
                    && listed.first { $0.reference == id }?.reversedBy == back?.reference
            }
        }
    }
}
