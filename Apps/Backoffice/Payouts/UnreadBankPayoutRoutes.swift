import Kernel
import Vocabulary
import Web

/// Payouts to sellers' banks that the market could make nothing of: a person looks at them at their
/// provider.
struct UnreadBankPayoutRoutes {
    struct UnreadQuery: Described {
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "after": [.length(1...600)], "limit": [.range(1...100)],
        ]

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    private static let path = "/bank-payouts/unreadable"
    let desk: Desk

    func mount() {
        desk.page(Self.path, .readMoney, query: UnreadQuery.self) { call, _ in
            Self.list(try await call.marketplace.unreadBankPayouts(call.query.page()))
        }
        desk.read(
            Self.path, "Payouts to sellers' banks that cannot be read, newest first",
            tag: "Payouts", .readMoney, query: UnreadQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.unreadBankPayouts(call.query.page())) {
                UnreadBankPayoutAnswer($0)
            }
        }
    }

    private static func list(_ page: Kernel.Page<UnreadBankPayout>) -> DeskPage {
        DeskPage(
            "Payouts to sellers' banks that cannot be read",
            lead: """
                The market could make nothing of these, such as of a state that came after the \
                module was written. Look at each at its provider; they are read again every day.
                """,
            [
                Block(
                    table: Table(
                        ["Reference", "Seller", "Provider", "Since"],
                        page.items.map { payout in
                            [
                                Cell(data: payout.reference),
                                Cell(
                                    data: payout.sellerName,
                                    to: "/sellers/\(payout.seller)/payouts"),
                                Cell(data: payout.provider, to: "/providers/\(payout.instance)"),
                                .time(payout.since),
                            ]
                        }), nothing: "There are none.",
                    more: page.next.map { Links.with(path, [("after", Cursor.seal($0))]) })
            ])
    }
}

struct UnreadBankPayoutAnswer: Codable, Sendable {
    /// The provider's id of the payout.
    let reference: String
    let sellerId: ID<Seller>
    let sellerName: String
    let provider: ID<ProviderInstance>
    let providerName: String
    /// When it was first heard of.
    let since: Instant

    init(_ payout: UnreadBankPayout) {
        reference = payout.reference
        sellerId = payout.seller
        sellerName = payout.sellerName
        provider = payout.instance
        providerName = payout.provider
        since = payout.since
    }
}
