import Kernel
import Vocabulary
import Web

/// Disputes that the market could make nothing of: a person looks at them at their provider.
struct UnreadableDisputeRoutes {
    struct UnreadableQuery: Described {
        let provider: ID<ProviderInstance>?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "after": [.length(1...600)], "limit": [.range(1...100)],
        ]

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    private static let path = "/disputes/unreadable"
    let desk: Desk

    func mount() {
        desk.page(Self.path, .readProviders, query: UnreadableQuery.self) { call, _ in
            Self.list(
                try await call.marketplace.unreadableDisputes(
                    at: call.query.provider, call.query.page()), call.query)
        }
        desk.read(
            Self.path, "Disputes that cannot be read, newest first", tag: "Money", .readProviders,
            query: UnreadableQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.unreadableDisputes(
                    at: call.query.provider, call.query.page())
            ) { UnreadableDisputeAnswer($0) }
        }
    }

    private static func list(
        _ page: Kernel.Page<ListedDisputeSetAside>, _ query: UnreadableQuery
    ) -> DeskPage {
        let rows = page.items.map { listed in
            [
                Cell(data: listed.dispute.reference),
                Cell(data: listed.provider, to: "/providers/\(listed.instance)"),
                Cell(data: listed.dispute.problem), .time(listed.dispute.since),
            ]
        }
        let provider = query.provider.map { [("provider", "\($0)")] } ?? []
        return DeskPage(
            "Disputes that cannot be read",
            lead: """
                The market could make nothing of these. Look at each at its provider, where it may \
                have to be answered in time; they are asked for again every day.
                """,
            [
                Block(
                    table: Table(["Dispute", "Provider", "Problem", "Since"], rows),
                    nothing: "There are none.",
                    more: page.next.map {
                        Links.with(path, provider + [("after", Cursor.seal($0))])
                    })
            ])
    }
}

struct UnreadableDisputeAnswer: Codable, Sendable {
    /// The provider's id of the dispute.
    let reference: String
    let provider: ID<ProviderInstance>
    let providerName: String
    /// Why it cannot be read, in a sentence.
    let problem: String
    /// When it was first heard of.
    let since: Instant

    init(_ listed: ListedDisputeSetAside) {
        reference = listed.dispute.reference
        provider = listed.instance
        providerName = listed.provider
        problem = listed.dispute.problem
        since = listed.dispute.since
    }
}
