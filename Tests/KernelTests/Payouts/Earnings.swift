import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// One seller who sells, ships and waits for the money.
struct Earnings: Sendable {
    let market: TestMarketplace
    let shop: Shop
    let seller: GivenSeller

    init(_ market: TestMarketplace, shop known: Shop? = nil) async throws {
        self.market = market
        if let known { shop = known } else { shop = try await Shop(market) }
        seller = try await market.given.verifiedSeller()
    }

    /// An order that the customer has and has confirmed.
    func delivered(price: Int64) async throws -> OrderDetail {
        let bought = try await shop.bought(try await shop.thing(by: seller, price: price))
        let order = try #require(bought.first)
        try await market.marketplace.shipOrder(
            order.order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
        return try await market.marketplace.confirmDelivery(order.order.id, as: shop.buyer)
    }

    func waitForHolds() async throws {
        try await market.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
    }

    /// A payout that nobody was asked to pay yet.
    func heldPayout() async throws -> Payout {
        _ = try await delivered(price: 2000)
        try await waitForHolds()
        return try #require(try await market.marketplace.runPayouts().payouts.first)
    }

    func refund(_ order: OrderDetail) async throws {
        let admin = try await market.given.administrator()
        try await market.marketplace.refundOrder(
            order.order.id, reason: "it was broken", as: .admin(admin.id))
        try await shop.settle()
    }

    func keep(_ policy: ReservePolicy) async throws {
        let admin = try await market.given.administrator()
        try await market.marketplace.setReserve(
            of: seller.id, to: policy, reason: "a new shop", by: admin.id)
    }

    func schedule(_ every: PayoutSchedule.Every, minimum: Int64? = nil) async throws {
        try await market.marketplace.setPayoutSchedule(
            of: seller.wallet, .eur, every: every, day: nil, minimum: minimum, as: seller.member)
    }

    /// Orders like this one, in the books and no longer held: what only many sales would bring.
    func addDelivered(copies: Int, of order: OrderDetail) async throws {
        let instance = shop.payment
        for _ in 0..<copies {
            let (copy, purchase) = (ID<Order>(), ID<Purchase>())
            let sold = SoldOrder(
                order: copy, purchase: purchase, wallet: order.order.wallet,
                total: order.order.amounts.total, commission: order.order.amounts.commission,
                taxByPlatform: Money.zero(.eur))
            try await market.storage.tamper([
                """
                insert into orders select (jsonb_populate_record(orders, jsonb_build_object(
                    'id', \(copy.description)::text, 'number', \(copy.description)::text,
                    'purchase_id', \(purchase.description)::text, 'hold_until', now(),
                    'released_at', null))).*
                from orders where id = \(order.order.id)
                """
            ])
            try await market.database.ledger.post([try Posting.sale(of: sold, at: instance)])
        }
    }

    /// The bank sends the newest paid payout back, and the seller looks at the account.
    func sendBackLastPayout() async throws {
        let page = try await market.marketplace.payouts(in: .paid, PageRequest())
        guard let payout = page.items.first else { return }
        shop.bank.sendBack(payout.amount)
        _ = try await market.marketplace.settlePayout(
            payout.id,
            PayoutSnapshot(
                reference: payout.reference ?? "", status: .failed, amount: payout.amount,
                version: 1000, failureCode: "AC04"))
        let wallets = try await market.marketplace.wallets(as: seller.member)
        for wallet in wallets {
            try await market.marketplace.editWallet(
                wallet.id,
                WalletDraft(kind: wallet.kind, label: wallet.label, details: wallet.details),
                as: seller.member)
        }
    }

    /// Every statement of a range, in order.
    func statements(_ range: StatementRange) async throws -> [MonthStatement] {
        var all: [MonthStatement] = []
        var month = range.first
        while month <= range.last {
            all.append(
                try await market.marketplace.wholeMonthStatement(
                    of: seller.id, range.wallet, range.currency, month, linesMax: 1000))
            month = month.next
        }
        return all
    }

    func balance() async throws -> WalletBalance {
        try #require(try await market.marketplace.balances(of: seller.id).first)
    }

    /// Puts a payout back to where a process that died before the answer would have left it: the
    /// books are append only, so a second database would be the only other way.
    func forgetAnswer(of payout: Payout) async throws {
        try await market.storage.tamper([
            """
            delete from ledger_entry where transaction_id = (
                select id from ledger_transaction
                where key = 'payout:' || \(payout.id.description) || ':post')
            """,
            """
            delete from ledger_transaction
            where key = 'payout:' || \(payout.id.description) || ':post'
            """,
            """
            update ledger_balance set balance = \(payout.amount.amount)
            where account_id = (select id from ledger_account
                where wallet_id = \(payout.wallet) and kind = 'seller_paying')
            """,
            """
            update payout set state = 'sent', settled_at = null, reference = null
            where id = \(payout.id)
            """,
        ])
    }

    func checkBooks() async throws {
        let report = try await market.marketplace.verifyLedger()
        for check in report.checks where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
    }
}
