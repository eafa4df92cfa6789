import Kernel
import Vocabulary
import Web

/// The model of `money.mustache`: what each wallet holds, what moves when, the newest payouts.
struct MoneyPage {
    struct Balance {
        let wallet: String
        let pending: String
        let reserved: String?
        let available: String
        let frozenMoney: String?
        let paying: String
        let debt: String?
        let receivable: String?
        let disputed: String?
        /// `goes out on 23 November 2026, from € 10.00`
        let next: String
        let currency: String
        /// Where it is asked for; nil for whoever may not.
        let ask: String?
        /// Why payouts of this wallet wait.
        let trouble: String?
    }

    struct Move {
        let at: String
        let bucket: String
        let number: String
        let href: String
        let amount: String
    }

    /// An order's money that a dispute holds.
    struct Held {
        let number: String
        let href: String
        let why: String
        let amount: String
    }

    let balances: [Balance]
    let hasBalances: Bool
    let frozen: String?
    let reserve: String?
    let heldMoney: [Held]
    let hasDisputed: Bool
    let hasMoreDisputed: Bool
    let moves: [Move]
    let hasMoves: Bool
    let hasMoreMoves: Bool
    let payouts: [PayoutRow]
    let hasPayouts: Bool
    let hasAccount: Bool
    let next: String?

    init(_ facts: MoneyFacts, _ page: Page<Payout>, next: String?) {
        balances = facts.balances.map { Balance($0, facts) }
        hasBalances = !balances.isEmpty
        frozen = facts.freeze.map { freeze in
            freeze.frozenBy == nil ? FreezeReason.said(freeze.reason) : freeze.reason
        }
        let policy = facts.seller.reserve
        let (rate, days) = (
            Format.percent(policy.rate), Format.count(policy.days, "day", "days")
        )
        reserve = policy.rate.value == 0 ? nil : localized("\(rate) for \(days)")
        moves = facts.moves.items.map { move in
            Move(
                at: Format.date(move.at),
                bucket: move.bucket == .pending ? localized("Held") : localized("In reserve"),
                number: move.orderNumber, href: "/orders/\(move.order)",
                amount: Format.money(move.amount))
        }
        heldMoney = facts.disputed.items.map { held in
            let why = localized(name: held.reason.replacing("_", with: " "))
            return Held(
                number: held.orderNumber, href: "/orders/\(held.order)",
                why: localized("\(why), since \(Format.date(held.since))"),
                amount: Format.money(held.amount))
        }
        hasDisputed = !heldMoney.isEmpty
        hasMoreDisputed = facts.disputed.next != nil
        hasMoves = !moves.isEmpty
        hasMoreMoves = facts.moves.next != nil
        payouts = page.items.map { PayoutRow($0) }
        hasPayouts = !payouts.isEmpty
        hasAccount = facts.hasAccount
        self.next = next.map { "/money?after=\($0)" }
    }
}

/// Everything that the money page tells of beside payouts.
struct MoneyFacts: Sendable {
    let seller: Seller
    let wallets: [Wallet]
    let balances: [WalletBalance]
    let schedules: [ScheduledWallet]
    let freeze: PayoutFreeze?
    let moves: Page<UpcomingMove>
    let disputed: Page<DisputedMoney>
    /// Whether a provider that pays into sellers' accounts there can pay this one.
    let isPaidAtProvider: Bool
    /// Whether it has an account at one of them, ready or not.
    let hasAccount: Bool
    /// Whether the reader may ask to be paid now.
    let mayAsk: Bool
    let now: Instant

    init(_ marketplace: Marketplace, _ member: Member) async throws {
        mayAsk = member.membership.may(.editWallets)
        seller = try await marketplace.seller(member.seller)
        wallets = try await marketplace.wallets(as: member.membership)
        balances = try await marketplace.balances(of: member.seller)
        schedules = try await marketplace.payoutSchedules(of: member.seller)
        freeze = try await marketplace.payoutFreeze(of: member.seller)
        moves = try await marketplace.upcomingMoves(of: member.seller, PageRequest(limit: 50))
        disputed = try await marketplace.disputedMoney(
            of: member.seller, PageRequest(limit: 50))
        let accounts = try await marketplace.payoutConnections(as: member.membership)
            .compactMap(\.account)
        isPaidAtProvider = accounts.contains(where: \.isReady)
        hasAccount = accounts.contains { $0.reference != nil }
        now = try await marketplace.marketNow()
    }
}

extension MoneyPage.Balance {
    init(_ balance: WalletBalance, _ facts: MoneyFacts) {
        let found = facts.wallets.first { $0.id == balance.wallet }
        let schedule = facts.schedules.first {
            $0.wallet == balance.wallet && $0.currency == balance.available.currency
        }
        wallet = found?.label ?? localized("Wallet")
        pending = Format.money(balance.pending)
        reserved = balance.reserved.isZero ? nil : Format.money(balance.reserved)
        available = Format.money(balance.available)
        frozenMoney = balance.frozen.isZero ? nil : Format.money(balance.frozen)
        paying = Format.money(balance.paying)
        debt = balance.debt.isZero ? nil : Format.money(balance.debt)
        receivable = balance.receivable.isZero ? nil : Format.money(balance.receivable)
        disputed = balance.disputed.isZero ? nil : Format.money(balance.disputed)
        next = Self.words(schedule, balance.available.currency)
        currency = balance.available.currency.code
        ask =
            facts.mayAsk ? "/money/wallets/\(balance.wallet)/payout/\(currency)" : nil
        if found?.details.isComplete == false {
            // A provider that pays into the seller's account there asks no wallet.
            trouble =
                facts.isPaidAtProvider
                ? nil : localized("Payouts wait: this wallet says nowhere to pay to.")
        } else if found?.returnedAt != nil {
            trouble = localized(
                "The bank sent the last payout back. Look at the account and save it again.")
        } else if let from = found?.paysFrom, facts.now < from {
            trouble = localized("The account was changed: payouts wait until \(Format.time(from)).")
        } else {
            trouble = nil
        }
    }

    /// When a wallet is paid next, and from which amount on.
    static func words(_ schedule: ScheduledWallet?, _ currency: Currency) -> String {
        guard let schedule else { return localized("goes out with the next payout") }
        guard let next = schedule.nextAt else {
            return localized("goes out when the market pays it")
        }
        let day = Format.date(next)
        guard schedule.minimum > 0 else { return localized("goes out on \(day)") }
        let least = Format.money(Money(schedule.minimum, currency))
        return localized("goes out on \(day), from \(least)")
    }
}

/// The model of `statement.mustache`.
struct StatementPage {
    struct Line {
        let at: String
        let what: String
        let href: String?
        let gross: String
        let commission: String
        let tax: String
        let net: String
    }

    let from: String
    let until: String
    /// The same, as people read them.
    let opens: String
    let closes: String
    let currencies: [Choice]
    let opening: String
    let closing: String
    let lines: [Line]
    let hasLines: Bool
    let next: String?

    init(_ statement: Statement, from: String, until: String, next: String?) {
        self.from = from
        self.until = until
        opens = Self.day(from)
        closes = Self.day(until)
        let code = statement.currency.code
        let known = Choice.currencies(chosen: code)
        currencies =
            known.contains(where: \.isChosen) ? known : [Choice(code, code, chosen: code)] + known
        opening = Format.money(statement.opening)
        closing = Format.money(statement.closing)
        lines = statement.lines.items.map { line in
            let place =
                line.order.map { "/orders/\($0)" } ?? line.payout.map { "/money/payouts/\($0)" }
            return Line(
                at: Format.date(line.at), what: Self.words(line), href: place,
                gross: Format.money(line.gross), commission: Format.money(line.commission),
                tax: Format.money(line.taxByPlatform), net: Format.money(line.net))
        }
        hasLines = !lines.isEmpty
        self.next = next.map {
            "/money/statement?from=\(from)&until=\(until)"
                + "&currency=\(statement.currency)&after=\($0)"
        }
    }

    private static func day(_ text: String) -> String {
        Instant("\(text)T00:00:00Z").map { Format.date($0) } ?? text
    }

    private static func words(_ line: StatementLine) -> String {
        let kind = String(line.kind.rawValue.map { $0 == "_" ? " " : $0 })
        let name = String(kind.prefix(1).uppercased() + kind.dropFirst())
        return line.orderNumber.map { localized("\(localized(name: name)), order \($0)") }
            ?? localized(name: name)
    }
}

/// The model of `wallets.mustache`, with what was typed when it was refused.
struct WalletsPage {
    struct Row {
        let id: String
        let label: String
        let kind: String
        let place: String
        let isDefault: Bool
        let isIncomplete: Bool
        let isBank: Bool
        let holder: String
        let bic: String
        /// Nil when nothing is too little.
        let minimum: String?
        /// The same in minor units, so that it stays where the account is changed.
        let payoutMinimum: String
        /// Why payouts of this wallet wait.
        let waits: String?
        let schedules: [Schedule]
        let hasSchedules: Bool
        /// To begin with, where there is no schedule yet.
        let everies: [Choice]
    }

    struct Schedule {
        let currency: String
        let words: String
        /// Where it is changed, with what holds now.
        let action: String
        let everies: [Choice]
        let day: String
        let from: String
    }

    let rows: [Row]
    let mayEdit: Bool
    let trouble: String?
    let label: String
    let holder: String
    let iban: String
    let bic: String
    let address: String
    let isChain: Bool

    init(
        _ wallets: [Wallet], _ schedules: [ScheduledWallet], at now: Instant, mayEdit: Bool,
        trouble: String? = nil, typed: [String: String] = [:]
    ) {
        rows = wallets.map { wallet in
            let details = wallet.details
            let own = schedules.filter { $0.wallet == wallet.id }
            return Row(
                id: wallet.id.description, label: wallet.label,
                kind: wallet.kind == .platformBalance
                    ? localized("Bank account") : localized("Chain address"),
                place: details.maskedIBAN ?? details.address ?? localized("no account yet"),
                isDefault: wallet.isDefault, isIncomplete: !details.isComplete,
                isBank: wallet.kind == .platformBalance, holder: details.holder ?? "",
                bic: details.bic ?? "",
                minimum: wallet.payoutMinimum > 0
                    ? Format.typed(Money(wallet.payoutMinimum, .eur)) : nil,
                payoutMinimum: String(wallet.payoutMinimum), waits: Self.waits(wallet, now),
                schedules: own.map { Schedule($0) }, hasSchedules: !own.isEmpty,
                everies: Schedule.everies(PayoutSchedule.standard.every))
        }
        self.mayEdit = mayEdit
        self.trouble = trouble
        label = typed["label"] ?? ""
        holder = typed["details.holder"] ?? ""
        iban = typed["details.iban"] ?? ""
        bic = typed["details.bic"] ?? ""
        address = typed["details.address"] ?? ""
        isChain = typed["kind"] == "chainAddress"
    }

    private static func waits(_ wallet: Wallet, _ now: Instant) -> String? {
        if wallet.returnedAt != nil {
            return localized(
                "The bank sent the last payout back. Look at the account and save it again.")
        }
        guard let from = wallet.paysFrom, now < from else { return nil }
        return localized("Payouts to a changed account begin after \(Format.time(from)).")
    }
}

extension WalletsPage.Schedule {
    static func everies(_ chosen: PayoutSchedule.Every) -> [Choice] {
        [
            (PayoutSchedule.Every.daily, localized("day")), (.weekly, localized("week")),
            (.monthly, localized("month")), (.manual, localized("never by itself")),
        ].map { Choice($0.rawValue, $1, chosen: chosen.rawValue) }
    }

    init(_ wallet: ScheduledWallet) {
        currency = wallet.currency.code
        action = "/money/wallets/\(wallet.wallet)/payout-schedules"
        everies = Self.everies(wallet.schedule.every)
        day = wallet.schedule.day.map { String($0) } ?? ""
        self.from =
            wallet.minimum > 0 ? Format.typed(Money(wallet.minimum, wallet.currency)) : ""
        let from = Format.money(Money(wallet.minimum, wallet.currency))
        guard let next = wallet.nextAt else {
            words = localized("never by itself, from \(from) on")
            return
        }
        let every = localized(name: wallet.schedule.every.rawValue)
        words = localized("\(every), next on \(Format.date(next)), from \(from) on")
    }
}
