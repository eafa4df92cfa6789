import Kernel
import Vocabulary
import Web

/// What went on from a seller's accounts at providers to the seller's bank.
struct BankPayoutRoutes {
    func mount(on routes: Routes) {
        routes.get("/money/bank-payouts").query(ListQuery.self)
            .show(as: Member.self, needing: [.readMoney]) { call, member in
                let page = try await call.marketplace.bankPayouts(
                    as: member.membership, call.query.page())
                return .page(
                    "bank-payouts",
                    BankPayoutsPage(page, next: Listed(page) { BankPayoutAnswer($0) }.next),
                    title: localized("To your bank"))
            }
    }

    func mount(on api: API) {
        api.get(
            "/bank-payouts", "What providers paid out of your accounts there, newest first",
            tag: "Money"
        )
        .about(
            """
            As the provider tells it. The market's own payouts end in your account there; from \
            there the provider pays your bank. One that failed leaves the money in that account.
            """
        )
        .query(ListQuery.self)
        .handle(as: Member.self, needing: [.readMoney]) { call, member in
            Listed(
                try await call.marketplace.bankPayouts(as: member.membership, call.query.page())
            ) { BankPayoutAnswer($0) }
        }
    }
}

struct BankPayoutAnswer: Codable, Sendable {
    enum Status: String, Codable, Sendable, CaseIterable {
        case pending, inTransit, paid, failed, canceled
    }

    let id: ID<BankPayout>
    /// The provider's id.
    let reference: String
    /// `failed` may come after `paid`, when the bank sends it back.
    let status: Status
    /// Below zero where the provider took from your bank what your account there owed, or took
    /// another payout back.
    let amount: Money
    /// The provider's id of the payout that this one takes back, once that is known.
    let reverses: String?
    /// The provider's id of the payout that takes this one back.
    let reversedBy: String?
    /// The provider's word for why it failed: `account_closed`.
    let failureCode: String?
    /// The same as a sentence.
    let failure: String?
    /// When your bank has it, as far as the provider can say.
    let arrivesAt: Instant?
    /// When it was made, by the provider's clock.
    let madeAt: Instant

    init(_ payout: BankPayout) {
        id = payout.id
        reference = payout.reference
        status =
            switch payout.status {
            case .pending: .pending
            case .inTransit: .inTransit
            case .paid: .paid
            case .failed: .failed
            case .canceled: .canceled
            }
        amount = payout.amount
        reverses = payout.reverses
        reversedBy = payout.reversedBy
        failureCode = payout.failureCode
        failure = payout.failure
        arrivesAt = payout.arrivesAt
        madeAt = payout.madeAt
    }
}

/// The model of `bank-payouts.mustache`.
struct BankPayoutsPage {
    struct Row {
        let made: String
        let amount: String
        let state: String
        let isPaid: Bool
        let isFailed: Bool
        let arrives: String
        let reference: String
        /// Why the bank did not take it, or what it has to do with another one.
        let why: String?
    }

    let rows: [Row]
    let hasRows: Bool
    let next: String?

    init(_ page: Page<BankPayout>, next: String?) {
        rows = page.items.map { payout in
            Row(
                made: Format.date(payout.madeAt), amount: Format.money(payout.amount),
                state: Self.words(payout), isPaid: payout.status == .paid,
                isFailed: payout.status == .failed,
                arrives: payout.arrivesAt.map { Format.date($0) } ?? "—",
                reference: payout.reference, why: Self.why(payout))
        }
        hasRows = !rows.isEmpty
        self.next = next.map { "\(Links.bankPayouts)?after=\($0)" }
    }

    private static func why(_ payout: BankPayout) -> String? {
        if let why = payout.why { return why }
        if let original = payout.reverses { return localized("It takes back \(original).") }
        return payout.reversedBy.map { localized("It was taken back by \($0).") }
    }

    private static func words(_ payout: BankPayout) -> String {
        switch (payout.status, payout.isDebit) {
        case (.pending, _): localized("being prepared")
        case (.inTransit, false): localized("sent to the bank")
        case (.inTransit, true): localized("asked of the bank")
        case (.paid, false): localized("paid")
        case (.paid, true): localized("taken from the bank")
        case (.failed, false): localized("not taken by the bank")
        case (.failed, true): localized("not given by the bank")
        case (.canceled, _): localized("called off")
        }
    }
}
