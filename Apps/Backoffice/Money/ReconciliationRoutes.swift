import Kernel
import Vocabulary
import Web

/// Providers' own books beside ours.
struct ReconciliationRoutes {
    struct ProviderPath: Described { let provider: ID<ProviderInstance> }

    struct RunQuery: Described {
        let provider: ID<ProviderInstance>?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 10)
        }
    }

    struct DayInput: Described {
        let day: String
        static let rules: [String: [Rule]] = [
            "day": [.length(10...10), .about("A day in UTC: 2026-11-21.")]
        ]
    }

    let desk: Desk

    func mount() {
        desk.page("/reconciliations", .readMoney, query: RunQuery.self) { call, admin in
            try await ReconciliationPage.list(
                call.marketplace.reconciliations(of: call.query.provider, call.query.page()),
                call.query, call.marketplace.providerInstances(.payment), admin)
        }
        desk.read(
            "/reconciliations", "What comparing providers' books with ours found", tag: "Money",
            .readMoney, query: RunQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.reconciliations(
                    of: call.query.provider, call.query.page())
            ) { ReconciliationAnswer($0) }
        }
        var act = Act<ProviderPath>(
            "/providers/{provider}/reconciliations",
            "Compare a day of a provider's books with ours",
            tag: "Money", .reconcile, done: "The day was compared.",
            back: { _ in "/reconciliations" })
        act.refusals += [.unavailable, .tooLarge]
        desk.act(act, input: DayInput.self) { marketplace, path, input, admin in
            guard let day = Day(input.day) else {
                throw InputRefusal(.wrong("This is not a day."), field: "day")
            }
            return ReconciliationAnswer(
                try await marketplace.reconcile(path.provider, day, by: admin.account.id))
        }
    }
}

struct ReconciliationAnswer: Codable {
    let id: Int64
    let provider: ID<ProviderInstance>
    let providerName: String
    let day: String
    let at: Instant
    /// Lines of either side that have their counterpart.
    let matched: Int
    let unmatched: Int
    /// The first of those that have none, each with a suggested cause.
    let faults: [ReconciliationFault]

    init(_ run: ReconciliationRun) {
        id = run.id
        provider = run.instance
        providerName = run.instanceName
        day = run.day.description
        at = run.at
        matched = run.matched
        unmatched = run.unmatched
        faults = run.faults
    }
}

enum ReconciliationPage {
    static func list(
        _ page: Kernel.Page<ReconciliationRun>, _ query: ReconciliationRoutes.RunQuery,
        _ instances: [ProviderInstance], _ admin: Administrator
    ) -> DeskPage {
        let forms =
            Duty.reconcile.isAllowed(to: admin.roles)
            ? instances.filter { $0.state != .draft }.map { instance in
                DeskForm(
                    "Compare with \(instance.name)",
                    to: "/providers/\(instance.id)/reconciliations",
                    [.line("day", "Day (UTC)", help: "2026-11-21", type: "date")])
            } : []
        let kept = query.provider.map { [("provider", $0.description)] } ?? []
        return DeskPage(
            "Reconciliation",
            lead: "Providers' own books of our account, line by line beside ours; every day once.",
            page.items.map(block)
                + [
                    Block(
                        nothing: page.items.isEmpty ? "Nothing was compared yet." : nil,
                        more: page.next.map {
                            Links.with("/reconciliations", kept + [("after", Cursor.seal($0))])
                        }), Block("Compare a day now", forms: forms),
                ])
    }

    private static func block(_ run: ReconciliationRun) -> Block {
        Block(
            "\(run.instanceName), \(run.day)",
            text: "Compared \(Format.time(run.at)): \(run.matched) lines have their counterpart, "
                + "\(run.unmatched) have none.",
            table: Table(
                ["Only", "What", "Reference", "Ours#", "Theirs#", "Suggested cause"],
                run.faults.map { fault in
                    [
                        Cell(side(fault.side), .bad), Cell(fault.kind),
                        Cell(fault.reference ?? "—"), amount(fault.ours), amount(fault.theirs),
                        Cell(fault.cause),
                    ]
                }), nothing: "Both books agree to the unit.")
    }

    private static func side(_ side: ReconciliationFault.Side) -> String {
        switch side {
        case .provider: "at the provider"
        case .ours: "in our books"
        case .both: "amounts differ"
        }
    }

    private static func amount(_ money: Money?) -> Cell {
        money.map { .money($0) } ?? Cell("", isNumber: true)
    }
}
