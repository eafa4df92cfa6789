import Kernel
import Vocabulary
import Web

/// What went on from sellers' accounts at providers to their banks, as providers tell it.
struct BankPayoutRoutes {
    struct BankPayoutQuery: Described {
        /// `failed`: those alone that a bank did not take.
        let state: String?
        let seller: ID<Seller>?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "state": [.choice(["failed"])], "after": [.length(1...400)],
            "limit": [.range(1...100)],
        ]

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    let desk: Desk

    func mount() {
        desk.page("/bank-payouts", .readMoney, query: BankPayoutQuery.self) { call, _ in
            Self.list(try await Self.found(call.marketplace, call.query), call.query)
        }
        desk.read(
            "/bank-payouts", "Payouts from sellers' accounts at providers to their banks",
            tag: "Payouts", .readMoney, query: BankPayoutQuery.self
        ) { call, _ in
            Listed(try await Self.found(call.marketplace, call.query)) { BankPayoutAnswer($0) }
        }
    }

    private static func found(
        _ marketplace: Marketplace, _ query: BankPayoutQuery
    ) async throws -> Kernel.Page<ListedBankPayout> {
        try await marketplace.bankPayouts(
            of: query.seller, isFailed: query.state == "failed", query.page())
    }

    private static func list(
        _ page: Kernel.Page<ListedBankPayout>, _ query: BankPayoutQuery
    ) -> DeskPage {
        let path = "/bank-payouts"
        let seller = query.seller.map { [("seller", "\($0)")] } ?? []
        return DeskPage(
            "Payouts to sellers' banks",
            lead: """
                What providers sent on from sellers' accounts there, as they tell it: the market's \
                part ended in those accounts, and nothing of this is in the ledger. What a bank \
                did not take is in the seller's account again, and the seller was told. Below zero \
                is what was taken back from a bank, such as what an account owed.
                """,
            tabs: query.seller == nil
                ? DeskPage.Tab.states(["failed"], of: path, chosen: query.state) : [],
            [
                block(
                    page,
                    more: page.next.map {
                        Links.with(
                            path,
                            (seller + [("state", query.state ?? ""), ("after", Cursor.seal($0))])
                                .filter { !$0.1.isEmpty })
                    })
            ])
    }

    /// What stands on a seller's page: the newest of its own.
    static func newest(of seller: ID<Seller>, _ marketplace: Marketplace) async throws -> Block {
        let page = try await marketplace.bankPayouts(
            of: seller, isFailed: false, PageRequest(limit: 5))
        return block(
            page, heading: "From accounts at providers to the bank",
            more: page.next.map { _ in "/bank-payouts?seller=\(seller)" })
    }

    private static func block(
        _ page: Kernel.Page<ListedBankPayout>, heading: Phrase? = nil, more: String?
    ) -> Block {
        Block(
            heading,
            table: Table(
                ["Made", "Seller", "Amount#", "State", "Why", "Arrives", "Reference"],
                page.items.map { listed in
                    let payout = listed.payout
                    return [
                        Cell(data: Format.date(payout.madeAt)),
                        Cell(data: listed.sellerName, to: "/sellers/\(payout.seller)/payouts"),
                        .money(payout.amount), cell(payout),
                        Cell(why(payout)),
                        Cell(data: payout.arrivesAt.map { Format.date($0) } ?? "—"),
                        Cell(data: payout.reference),
                    ]
                }), nothing: "There are none.", more: more)
    }

    /// Why it failed, or what it has to do with another one.
    private static func why(_ payout: BankPayout) -> Phrase {
        if let why = payout.why { return .data(why) }
        if let original = payout.reverses { return "takes back \(original)" }
        if let back = payout.reversedBy { return "taken back by \(back)" }
        return .data("")
    }

    private static func cell(_ payout: BankPayout) -> Cell {
        switch (payout.status, payout.isDebit) {
        case (.pending, _): Cell("being prepared", .waiting)
        case (.inTransit, _): Cell("at the bank", .waiting)
        case (.paid, false): Cell("paid", .good)
        case (.paid, true): Cell("taken from the bank", .good)
        case (.failed, false): Cell("not taken", .bad)
        case (.failed, true): Cell("not given by the bank", .bad)
        case (.canceled, _): Cell("called off")
        }
    }
}

struct BankPayoutAnswer: Codable, Sendable {
    enum Status: String, Codable, Sendable, CaseIterable {
        case pending, inTransit, paid, failed, canceled
    }

    let id: ID<BankPayout>
    let sellerId: ID<Seller>
    let sellerName: String
    let provider: ID<ProviderInstance>
    /// The provider's id.
    let reference: String
    /// `failed` may come after `paid`, when the bank sends it back.
    let status: Status
    /// Below zero where the provider took from the bank what the account owed, or took another
    /// payout back.
    let amount: Money
    /// The provider's id of the payout that this one takes back, once that is known.
    let reverses: String?
    /// The provider's id of the payout that takes this one back.
    let reversedBy: String?
    /// The provider's word for why it failed: `account_closed`.
    let failureCode: String?
    /// The same as a sentence.
    let failure: String?
    /// When the bank has it, as far as the provider can say.
    let arrivesAt: Instant?
    /// When it was made, by the provider's clock.
    let madeAt: Instant

    init(_ listed: ListedBankPayout) {
        let payout = listed.payout
        id = payout.id
        sellerId = payout.seller
        sellerName = listed.sellerName
        provider = listed.instance
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
