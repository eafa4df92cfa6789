@_spi(Statements) import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// One unit that is changed by hand is found, wherever it is, and the row is named.
@Suite struct `Recomputing the books` {
    /// What is done to the market's rows, and which of its names has to be among the culprits.
    struct Tampering: Sendable, CustomTestStringConvertible {
        let what: String
        let sql: String
        let culprit: KeyPath<Story, String> & Sendable
        var testDescription: String { what }
    }

    static let tamperings = [
        Tampering(
            what: "an entry",
            sql: "update ledger_entry set amount = amount + 1 where line = 2 "
                + "and transaction_id = (select id from ledger_transaction where key = '$SALE')",
            culprit: \.sale),
        Tampering(
            what: "an entry in another account",
            sql: "update ledger_entry set account_id = (select id from ledger_account "
                + "where kind = 'seller_pending' and wallet_id = '$OTHERWALLET') where line = 2 "
                + "and transaction_id = (select id from ledger_transaction where key = '$SALE')",
            culprit: \.sale),
        Tampering(
            what: "a transaction that is gone",
            sql: "delete from ledger_entry where transaction_id = (select id from "
                + "ledger_transaction where key = '$SALE'); "
                + "delete from ledger_transaction where key = '$SALE'",
            culprit: \.order),
        Tampering(
            what: "a balance",
            sql: "update ledger_balance set balance = balance + 1 where account_id = (select id "
                + "from ledger_account where code = '$ACCOUNT')",
            culprit: \.account),
        Tampering(
            what: "a folded sum",
            sql: "update ledger_fold set balance = balance + 1 where account_id = (select id "
                + "from ledger_account where kind = 'commission')",
            culprit: \.commission),
        Tampering(
            what: "what an order has available",
            sql: "insert into ledger_order_balance (account_id, order_id, balance) select "
                + "account.id, orders.id, 1 from ledger_account account, orders "
                + "where account.code = '$ACCOUNT' and orders.number = '$ORDER'",
            culprit: \.order),
        Tampering(
            what: "the month of a balance",
            sql: "update ledger_balance set month = month - interval '1 month' where account_id = "
                + "(select id from ledger_account where code = '$ACCOUNT')",
            culprit: \.account),
        Tampering(
            what: "an account's name",
            sql: "update ledger_account set code = code || 'x' where code = '$ACCOUNT'",
            culprit: \.account),
        Tampering(
            what: "an order's frozen share",
            sql: "update orders set commission = commission + 1, seller_share = seller_share - 1 "
                + "where number = '$ORDER'",
            culprit: \.order),
        Tampering(
            what: "an order's total",
            sql: "update orders set shipping_total = shipping_total + 1, total = total + 1, "
                + "seller_share = seller_share + 1 where number = '$ORDER'",
            culprit: \.order),
        Tampering(
            what: "a line",
            sql: "update order_line set unit_price = unit_price + 1, total = total + quantity "
                + "where order_id = (select id from orders where number = '$ORDER')",
            culprit: \.order),
        Tampering(
            what: "a purchase",
            sql: "update purchase set total = total + 1 where number = '$PURCHASE'",
            culprit: \.purchase),
        Tampering(
            what: "a share",
            sql: "update payment_share set captured = captured - 1, amount = "
                + "amount - 1 where order_id = (select id from orders where number = '$ORDER')",
            culprit: \.order),
        Tampering(
            what: "a refund", sql: "update refund set amount = amount + 1 where id = '$REFUND'",
            culprit: \.refund),
        Tampering(
            what: "a refund that never happened",
            sql: "update refund set state = 'failed' where id = '$REFUND'", culprit: \.refund),
        Tampering(
            what: "a payout", sql: "update payout set amount = amount + 1 where id = '$PAYOUT'",
            culprit: \.payout),
        Tampering(
            what: "a payout's part",
            sql: "update payout_item set amount = amount - 1 where payout_id = '$PAYOUT'",
            culprit: \.payout),
        Tampering(
            what: "a payout's state",
            sql: "update payout set state = 'failed' where id = '$PAYOUT'", culprit: \.payout),
        Tampering(
            what: "a release", sql: "update orders set released_at = null where number = '$PAID'",
            culprit: \.paid),
        Tampering(
            what: "a forged transaction",
            sql: "insert into ledger_transaction (key, kind, currency, fingerprint) "
                + "values ('sale:forged', 'sale', 'EUR', ''); insert into ledger_entry "
                + "(transaction_id, line, account_id, currency, amount) "
                + "select t.id, 1, a.id, 'EUR', -7 from ledger_transaction t, ledger_account a "
                + "where t.key = 'sale:forged' and a.kind = 'provider_clearing'; "
                + "insert into ledger_entry (transaction_id, line, account_id, currency, amount) "
                + "select t.id, 2, a.id, 'EUR', 7 from ledger_transaction t, ledger_account a "
                + "where t.key = 'sale:forged' and a.kind = 'commission'",
            culprit: \.forged),
    ]

    @Test func `one unit changed by hand anywhere is found, and its row is named`() async throws {
        try await TestMarketplace.run { market in
            let story = try await Story(market)
            #expect(try await market.marketplace.verifyLedger().isClean)

            for tampering in Self.tamperings {
                let culprits = try await Self.culprits(after: tampering, in: story, market)
                let wanted = story[keyPath: tampering.culprit]
                #expect(
                    culprits.contains { $0.contains(wanted) },
                    "\(tampering.what): \(wanted) is not among \(culprits)")
            }

            let report = try await market.marketplace.recordVerification()
            #expect(report.isClean && report.entries > 10)
        }
    }

    @Test func `what was found is kept for the metric and the page`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let story = try await Story(market)
            #expect(try await market.marketplace.lastVerification() == nil)
            try await market.worker().drain()
            try await market.marketplace.recordVerification()
            #expect(try await market.marketplace.lastVerification()?.differences == 0)

            try await market.storage.tamper([
                SQL(trusted: story.filled(in: Self.tamperings[3].sql))
            ])
            try await market.marketplace.recordVerification()

            let last = try #require(try await market.marketplace.lastVerification())
            #expect(last.differences == 1)
            #expect(last.findings.first?.culprits.first?.contains(story.account) == true)
            #expect(try await market.marketplace.lastVerificationAge() ?? 99 < 60)
        }
    }

    private struct TakenBack: Error { let culprits: [String] }

    /// Tampers, verifies and takes the tampering back, in one transaction.
    private static func culprits(
        after tampering: Tampering, in story: Story, _ market: TestMarketplace
    ) async throws -> [String] {
        do {
            try await market.storage.owner.transaction { tx in
                try await tx.run(
                    script: "set local session_replication_role = replica; "
                        + story.filled(in: tampering.sql))
                var culprits: [String] = []
                for check in LedgerCheckStore.checks {
                    culprits += try await LedgerCheckStore(db: tx).run(check.culprits)
                }
                throw TakenBack(culprits: culprits)
            }
        } catch let taken as TakenBack {
            return taken.culprits
        }
        return []
    }
}

/// A sale that is held, one that was given back, and one that was paid out, by their names.
struct Story: Sendable {
    let sale: String
    let order: String
    let purchase: String
    let account: String
    let commission = "commission:platform:EUR"
    let refund: String
    let payout: String
    let paid: String
    let otherWallet: String
    let forged = "sale:forged"

    init(_ market: TestMarketplace) async throws {
        let earnings = try await Earnings(market)
        let other = try await Earnings(market, shop: earnings.shop)
        let out = try await earnings.delivered(price: 4250)
        try await earnings.waitForHolds()
        _ = try await market.marketplace.runPayouts()
        try await market.worker().drain()
        let back = try await other.delivered(price: 1999)
        try await other.refund(back)
        let held = try await earnings.delivered(price: 3333)
        try await market.marketplace.foldLedger()

        sale = "sale:\(held.order.id)"
        order = held.order.number
        purchase = held.order.purchaseNumber
        account = "seller_pending:\(earnings.seller.wallet):EUR"
        paid = out.order.number
        otherWallet = other.seller.wallet.description
        payout = try await Self.one("select id::text from payout", market)
        refund = try await Self.one("select id::text from refund", market)
    }

    private static func one(_ sql: SQL, _ market: TestMarketplace) async throws -> String {
        try #require(
            try await market.database.query(sql).decode { c in try c.next(String.self) }.first)
    }

    func filled(in sql: String) -> String {
        [
            "$SALE": sale, "$ORDER": order, "$PURCHASE": purchase, "$ACCOUNT": account,
            "$REFUND": refund, "$PAYOUT": payout, "$PAID": paid, "$OTHERWALLET": otherWallet,
        ].reduce(sql) { $0.replacing($1.key, with: $1.value) }
    }
}
