import Kernel
import Vocabulary
import Web

/// A payout that the seller asks for herself, for people and for programs.
struct OwnPayoutRoutes {
    struct OfferPath: Described {
        let wallet: ID<Wallet>
        let currency: Currency
    }

    struct AskForm: Described {
        let currency: Currency
        /// Minor units, as they were shown.
        let amount: Int64
        static let rules: [String: [Rule]] = ["amount": [.range(1...Money.amountMax)]]
    }

    struct NewOwnPayout: Described {
        let amount: Money
        static let rules: [String: [Rule]] = [
            "amount": [.about("What the offer says. All of it is paid, or nothing.")]
        ]
    }

    struct OfferAnswer: Codable, Sendable {
        struct PartAnswer: Codable, Sendable {
            let amount: Money
            /// How many orders it is for.
            let orders: Int
            /// Why it stays; absent for what is paid.
            let because: String?
        }

        let walletId: ID<Wallet>
        /// Zero where nothing can be asked for.
        let amount: Money
        /// One for each provider that holds a part of it.
        let payouts: [PartAnswer]
        /// Available, and not paid now all the same.
        let staying: [PartAnswer]
        /// Why nothing can be asked for; absent where it can.
        let refusal: String?

        init(_ offer: PayoutOffer) {
            walletId = offer.wallet
            amount = offer.amount
            payouts = offer.payouts.map {
                PartAnswer(amount: $0.amount, orders: $0.items.count, because: nil)
            }
            staying = offer.staying.map {
                PartAnswer(
                    amount: $0.amount, orders: $0.orders, because: $0.because.explanation)
            }
            refusal = offer.refusal?.explanation
        }
    }

    func mount(on routes: Routes) {
        routes.get("/money/wallets/{wallet}/payout/{currency}").path(OfferPath.self)
            .show(as: Member.self, needing: [.editWallets]) { call, member in
                try await page(call.marketplace, call.path.wallet, call.path.currency, member)
            }
        routes.post("/money/wallets/{wallet}/payouts").path(MoneyAPI.WalletPath.self)
            .form(AskForm.self).onlyOnce()
            .show(as: Member.self, needing: [.editWallets], again: again) { call, member in
                let payouts = try await call.marketplace.askForPayout(
                    of: call.path.wallet, Money(call.form.amount, call.form.currency),
                    as: member.membership)
                let only = payouts.count == 1 ? payouts.first : nil
                return .seeOther(
                    only.map { "/money/payouts/\($0.id)" } ?? Links.money,
                    notice: localized("Your payout is being prepared."))
            }
    }

    func mount(on api: API) {
        let tag = "Money"
        api.get(
            "/wallets/{wallet}/payout-offers/{currency}",
            "What asking for a payout now would come to", tag: tag
        )
        .path(OfferPath.self)
        .handle(as: Member.self, needing: [.editWallets]) { call, member in
            OfferAnswer(
                try await call.marketplace.payoutOffer(
                    of: call.path.wallet, call.path.currency, as: member.membership))
        }
        api.post("/wallets/{wallet}/payouts", "Ask to be paid now", tag: tag)
            .about(
                """
                Pays what is available in the wallet, as the schedule would. Refused while another \
                payout of the wallet is under way, while something is owed or missing, and where \
                another amount is available by now than is asked for.
                """
            )
            .path(MoneyAPI.WalletPath.self).body(NewOwnPayout.self).refuses(.conflict).onlyOnce()
            .succeeds(with: .created)
            .handle(as: Member.self, needing: [.editWallets]) { call, member in
                Listed(
                    items: try await call.marketplace.askForPayout(
                        of: call.path.wallet, call.body.amount, as: member.membership
                    ).map { PayoutAnswer($0) }, next: nil)
            }
    }

    private func page(
        _ marketplace: Marketplace, _ id: ID<Wallet>, _ currency: Currency, _ member: Member,
        warning: String? = nil
    ) async throws -> PageAnswer {
        let wallets = try await marketplace.wallets(as: member.membership)
        guard let wallet = wallets.first(where: { $0.id == id }) else {
            throw WalletRefusal.unknown
        }
        let schedules = try await marketplace.payoutSchedules(of: member.seller)
        return .page(
            "own-payout",
            OwnPayoutPage(
                try await marketplace.payoutOffer(of: id, currency, as: member.membership), wallet,
                schedules.first { $0.wallet == id && $0.currency == currency }, warning: warning),
            title: localized("Be paid now"))
    }

    @Sendable private func again(_ again: Again, _ member: Member) async throws -> PageAnswer {
        guard let id = again.request.parameters["wallet"].flatMap({ ID<Wallet>($0) }),
            let currency = again.values["currency"].flatMap({ Currency($0) })
        else { throw WalletRefusal.unknown }
        return try await page(
            again.request.marketplace, id, currency, member, warning: again.explanation)
    }
}

/// The model of `own-payout.mustache`.
struct OwnPayoutPage {
    struct Part {
        let amount: String
        /// For how many orders it is and where it goes, or why it stays.
        let words: String
    }

    let wallet: String
    let action: String
    let currency: String
    /// Minor units.
    let asked: String
    let amount: String
    let parts: [Part]
    let staying: [Part]
    /// Whether something stays beside what is paid: where all of it does, the refusal says why.
    let hasStaying: Bool
    /// Why nothing can be asked for; nil where it can.
    let refusal: String?
    let warning: String?
    /// What happens without asking.
    let schedule: String

    init(
        _ offer: PayoutOffer, _ wallet: Wallet, _ schedule: ScheduledWallet?, warning: String?
    ) {
        self.wallet = wallet.label
        action = "/money/wallets/\(wallet.id)/payouts"
        currency = offer.amount.currency.code
        asked = String(offer.amount.amount)
        amount = Format.money(offer.amount)
        parts = offer.payouts.map { Part($0) }
        staying = offer.staying.map { Part($0) }
        hasStaying = offer.refusal == nil && !staying.isEmpty
        refusal = offer.refusal?.localizedExplanation
        // The same sentence twice says no more.
        self.warning = warning == refusal ? nil : warning
        self.schedule = MoneyPage.Balance.words(schedule, offer.amount.currency)
    }
}

extension OwnPayoutPage.Part {
    init(_ line: PlannedPayout) {
        let orders = Format.count(line.items.count, "order", "orders")
        self.init(
            amount: Format.money(line.amount),
            words: line.destination.maskedPlace.map { localized("for \(orders), to \($0)") }
                ?? localized("for \(orders)"))
    }

    init(_ staying: PayoutOffer.Staying) {
        let orders = Format.count(staying.orders, "order", "orders")
        let why = staying.because.localizedExplanation
        self.init(
            amount: Format.money(staying.amount), words: localized("for \(orders): \(why)"))
    }
}
