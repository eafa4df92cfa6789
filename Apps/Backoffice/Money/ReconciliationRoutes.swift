import Kernel
import Vocabulary
import Web

/// Providers' own books beside ours.
struct ReconciliationRoutes {
    struct ProviderPath: Described { let provider: ID<ProviderInstance> }

    struct RunQuery: Described {
        let provider: ID<ProviderInstance>?
        /// A day in UTC: `2026-11-21`.
        let day: String?
        /// `open`: those alone whose lines are still without a counterpart.
        let state: String?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "day": [.length(10...10)], "state": [.choice(["open"])], "after": [.length(1...400)],
            "limit": [.range(1...100)],
        ]

        func filter() throws -> ReconciliationFilter {
            ReconciliationFilter(
                instance: provider, day: try day.map(Self.day), isOpen: state == "open")
        }

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 10)
        }

        static func day(_ text: String) throws -> Day {
            guard let day = Day(text) else {
                throw InputRefusal(.wrong("This is not a day."), field: "day")
            }
            return day
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
                call.marketplace.reconciliations(call.query.filter(), call.query.page()),
                call.query, call.marketplace.providerInstances(.payment), admin)
        }
        desk.read(
            "/reconciliations", "What comparing providers' books with ours found", tag: "Money",
            .readMoney, query: RunQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.reconciliations(
                    call.query.filter(), call.query.page())
            ) { ReconciliationAnswer($0) }
        }
        var act = Act<ProviderPath>(
            "/providers/{provider}/reconciliations",
            "Compare a day of a provider's books with ours",
            tag: "Money", .reconcile, done: "The day was compared.",
            back: { _ in "/reconciliations" })
        act.refusals += [.unavailable, .tooLarge]
        desk.act(act, input: DayInput.self) { marketplace, path, input, admin in
            ReconciliationAnswer(
                try await marketplace.reconcile(
                    path.provider, RunQuery.day(input.day), by: admin.account.id))
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
    /// Whether no later comparison of the same day took its place.
    let isNewest: Bool
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
        isNewest = run.isNewest
        faults = run.faults
    }
}

enum ReconciliationPage {
    static func list(
        _ page: Kernel.Page<ReconciliationRun>, _ query: ReconciliationRoutes.RunQuery,
        _ instances: [ProviderInstance], _ admin: Administrator
    ) -> DeskPage {
        let mayCompare = Duty.reconcile.isAllowed(to: admin.roles)
        let forms =
            mayCompare
            ? instances.filter { $0.state != .draft }.map { instance in
                DeskForm(
                    "Compare with \(instance.name)",
                    to: "/providers/\(instance.id)/reconciliations",
                    [.line("day", "Day (UTC)", help: "2026-11-21", type: "date")])
            } : []
        let kept = [
            ("provider", query.provider?.description), ("day", query.day), ("state", query.state),
        ].compactMap { key, value in value.map { (key, $0) } }
        return DeskPage(
            "Reconciliation",
            lead: """
                Providers' own books of our account, line by line beside ours. The newest \
                comparison of a day counts; what does not agree is compared again by itself.
                """,
            tabs: DeskPage.Tab.states(["open"], of: "/reconciliations", chosen: query.state),
            page.items.map { block($0, mayCompare: mayCompare) }
                + [
                    Block(
                        nothing: page.items.isEmpty ? "Nothing was compared yet." : nil,
                        more: page.next.map {
                            Links.with("/reconciliations", kept + [("after", Cursor.seal($0))])
                        }), Block("Compare a day now", forms: forms),
                ])
    }

    private static func block(_ run: ReconciliationRun, mayCompare: Bool) -> Block {
        let again = DeskForm(
            "Compare again", to: "/providers/\(run.instance)/reconciliations",
            [.hidden("day", run.day.description)])
        return Block(
            run.isNewest
                ? "\(run.instanceName), \(run.day)" : "\(run.instanceName), \(run.day) (replaced)",
            text: run.isNewest ? counted(run) : "\(counted(run)) It was compared again after that.",
            facts: [
                Fact(
                    "History", "every comparison of this day",
                    to: Links.with(
                        "/reconciliations",
                        [("provider", run.instance.description), ("day", run.day.description)]))
            ],
            table: Table(
                ["Only", "What", "Reference", "Ours#", "Theirs#", "Suggested cause"],
                run.faults.map { fault in
                    [
                        Cell(side(fault.side), .bad), Cell(data: fault.kind.inWords),
                        Cell(data: fault.reference ?? "—"), amount(fault.ours),
                        amount(fault.theirs),
                        Cell(data: localized(sentence: fault.cause)),
                    ]
                }), forms: mayCompare && run.isNewest && !run.isClean ? [again] : [],
            nothing: "Both books agree to the unit.")
    }

    private static func counted(_ run: ReconciliationRun) -> Phrase {
        """
        Compared \(Format.time(run.at)): \(run.matched) lines have their counterpart, \
        \(run.unmatched) have none.
        """
    }

    private static func side(_ side: ReconciliationFault.Side) -> Phrase {
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
