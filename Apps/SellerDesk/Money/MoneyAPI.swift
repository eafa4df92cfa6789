import Kernel
import Vocabulary
import Web

/// What a seller earned, holds and was paid, for programs.
struct MoneyAPI {
    struct WalletPath: Described { let wallet: ID<Wallet> }
    struct PayoutPath: Described { let payout: ID<Payout> }

    struct StatementQuery: Described {
        /// EUR when left out.
        let currency: Currency?
        /// From this time on; the beginning of everything when left out.
        let from: Instant?
        /// Up to before this time; now when left out.
        let until: Instant?
        let after: String?
        let limit: Int?

        static let rules: [String: [Rule]] = [
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]
    }

    struct WalletBody: Described {
        enum Kind: String, Codable, Sendable, CaseIterable { case platformBalance, chainAddress }
        let kind: Kind
        let label: String
        let details: WalletDetailsBody?
        /// Minor units below which a payout waits.
        let payoutMinimum: Int64?

        static let rules: [String: [Rule]] = [
            "label": [.length(1...80)], "payoutMinimum": [.range(0...Money.amountMax)],
        ]

        var draft: WalletDraft {
            WalletDraft(
                kind: kind == .chainAddress ? .chainAddress : .platformBalance, label: label,
                details: details?.kernel ?? WalletDetails(), payoutMinimum: payoutMinimum ?? 0)
        }
    }

    struct WalletDetailsBody: Described {
        let holder: String?
        let iban: String?
        let bic: String?
        let chain: String?
        let address: String?

        static let rules: [String: [Rule]] = [
            "holder": [.length(0...140)], "iban": [.length(0...50)], "bic": [.length(0...20)],
            "chain": [.length(0...20)], "address": [.length(0...100)],
        ]

        var kernel: WalletDetails {
            WalletDetails(holder: holder, iban: iban, bic: bic, chain: chain, address: address)
        }
    }

    func mount(on api: API) {
        let tag = "Money"
        api.get("/balances", "What each wallet holds", tag: tag)
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                Listed(
                    items: try await call.marketplace.balances(of: member.seller)
                        .map { BalanceAnswer($0) }, next: nil)
            }
        api.get("/statement", "What was earned and paid in a time", tag: tag)
            .about("opening + every line's net = closing, to the last unit.")
            .query(StatementQuery.self)
            .handle(as: Member.self, needing: [.readMoney], use: statement)
        api.get("/payouts", "Your payouts, newest first", tag: tag)
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                let page = try await call.marketplace.payouts(
                    as: member.membership, call.query.page())
                return Listed(page) { PayoutAnswer($0) }
            }
        api.get("/payouts/{payout}", "A payout with the orders that it pays", tag: tag)
            .path(PayoutPath.self)
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                let (payout, lines) = try await call.marketplace.payout(
                    call.path.payout, of: member.seller)
                return PayoutAnswer(payout, lines)
            }
        mountWallets(on: api, tag: "Wallets")
        PayoutScheduleAPI().mount(on: api)
    }

    private func mountWallets(on api: API, tag: String) {
        api.get("/wallets", "Where your earnings settle", tag: tag)
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                Listed(
                    items: try await call.marketplace.wallets(as: member.membership)
                        .map { WalletAnswer($0) }, next: nil)
            }
        api.post("/wallets", "Add a wallet", tag: tag)
            .body(WalletBody.self).refuses(.conflict).onlyOnce().succeeds(with: .created)
            .handle(as: Member.self, needing: [.editWallets]) { call, member in
                WalletAnswer(
                    try await call.marketplace.addWallet(
                        call.body.draft, as: member.membership))
            }
        api.put("/wallets/{wallet}", "Change a wallet", tag: tag)
            .path(WalletPath.self).body(WalletBody.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.editWallets]) { call, member in
                WalletAnswer(
                    try await call.marketplace.editWallet(
                        call.path.wallet, call.body.draft, as: member.membership))
            }
        api.put(
            "/wallets/{wallet}/default", "Settle here unless a listing says otherwise", tag: tag
        )
        .path(WalletPath.self)
        .handle(as: Member.self, needing: [.editWallets]) { call, member in
            try await call.marketplace.makeDefault(call.path.wallet, as: member.membership)
            return Nothing()
        }
    }

    @Sendable private func statement(
        _ call: Call<Nothing, StatementQuery, Nothing>, _ member: Member
    ) async throws -> StatementAnswer {
        let now = try await call.marketplace.marketNow()
        let query = call.query
        return StatementAnswer(
            try await call.marketplace.statement(
                query.currency ?? .eur, from: query.from ?? Instant(secondsSince1970: 0),
                until: query.until ?? now.advanced(by: .seconds(1)), as: member.membership,
                ListQuery(after: query.after, limit: query.limit).page(limit: 100)))
    }
}
