import Kernel
import Vocabulary
import Web

/// What decides about one seller's payouts: freeze, reserve, schedules, and what moves when.
struct SellerPayoutRoutes {
    struct SellerPath: Described { let seller: ID<Seller> }

    struct Reserve: Described {
        let ratePpm: Int64
        let days: Int
        let reason: String
        static let rules: [String: [Rule]] = [
            "ratePpm": [
                .range(0...1_000_000),
                .about("Parts per million: 100000 is ten %. 0 keeps nothing."),
            ],
            "days": [.range(0...365)], "reason": [.length(3...500)],
        ]
    }

    let desk: Desk

    func mount() {
        desk.page(
            "/sellers/{seller}/payouts", .readMoney, path: SellerPath.self, query: ListQuery.self
        ) { call, admin in
            let seller = try await call.marketplace.seller(call.path.seller)
            let policy = try await SellerPayoutsAnswer(call.marketplace, seller.id)
            let balances = try await call.marketplace.balances(of: seller.id)
            return SellerPayoutPages.show(
                seller, policy, balances,
                try await call.marketplace.walletNames(
                    balances.map(\.wallet) + policy.schedules.map(\.wallet)),
                try await call.marketplace.upcomingMoves(
                    of: seller.id, call.query.page(limit: 50)),
                try await BankPayoutOrderPages.accounts(of: seller.id, call.marketplace), admin)
        }
        desk.read(
            "/sellers/{seller}/payout-policy", "Freeze, reserve and schedules of a seller",
            tag: "Payouts", .readMoney, path: SellerPath.self
        ) { call, _ in try await SellerPayoutsAnswer(call.marketplace, call.path.seller) }
        desk.read(
            "/sellers/{seller}/upcoming", "What becomes available on which day, the nearest first",
            tag: "Payouts", .readMoney, path: SellerPath.self, query: ListQuery.self
        ) { call, _ in
            let seller = try await call.marketplace.seller(call.path.seller)
            return Listed(
                try await call.marketplace.upcomingMoves(of: seller.id, call.query.page())
            ) { UpcomingAnswer($0) }
        }
        act(
            "payout-freeze", "Stop a seller's payouts, with a reason that the seller reads",
            done: "The payouts are frozen.", input: Reason.self
        ) { market, seller, input, admin in
            try await market.freezePayouts(of: seller, reason: input.reason, by: admin)
        }
        act(
            "payout-freeze/lift", "Let a seller's payouts go on",
            done: "The payouts go on.", input: Reason.self
        ) { market, seller, input, admin in
            try await market.liftFreeze(of: seller, reason: input.reason, by: admin)
        }
        act(
            "reserve", "Keep a part of what a seller earns for some days longer",
            done: "The reserve is changed for what is no longer held from now on.",
            input: Reserve.self
        ) { market, seller, input, admin in
            try await market.setReserve(
                of: seller,
                to: try ReservePolicy.checked(
                    rate: PartsPerMillion(input.ratePpm), days: input.days),
                reason: input.reason, by: admin)
        }
    }

    private func act<Input: Described>(
        _ noun: String, _ summary: String, done: Phrase, input: Input.Type,
        _ perform:
            @escaping @Sendable (Marketplace, ID<Seller>, Input, ID<Account>) async throws -> Void
    ) {
        desk.act(
            Act<SellerPath>(
                "/sellers/{seller}/\(noun)", summary, tag: "Payouts", .runPayouts, done: done,
                back: { "/sellers/\($0.seller)/payouts" }), input: Input.self
        ) { marketplace, path, input, admin in
            try await perform(marketplace, path.seller, input, admin.account.id)
            return try await SellerPayoutsAnswer(marketplace, path.seller)
        }
    }
}
