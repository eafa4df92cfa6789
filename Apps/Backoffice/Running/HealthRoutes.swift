import Kernel
import Vocabulary
import Web

/// How the market is now: every process, store, provider and backlog, and what to do about it.
struct HealthRoutes {
    struct HealthQuery: Described {
        /// `off` shows the page once; otherwise it comes again by itself.
        let refresh: Refresh?

        enum Refresh: String, Codable, CaseIterable, Sendable { case off }
    }

    struct FindingAnswer: Codable, Sendable {
        let area: String
        let name: String
        /// `good`, `slow` or `bad`.
        let state: String
        let says: String
        /// What to do about it.
        let advice: String?

        init(_ finding: HealthFinding) {
            area = finding.area.rawValue
            name = finding.name
            state = finding.state.rawValue
            says = finding.says
            advice = finding.advice
        }
    }

    struct MarketHealthAnswer: Codable, Sendable {
        let at: Instant
        /// The worst of all.
        let state: String
        let findings: [FindingAnswer]
    }

    /// How often the page comes again.
    private static let refreshSeconds = 10

    let desk: Desk

    func mount() {
        desk.page("/health", .readJobs, query: HealthQuery.self) { call, admin in
            let findings = try await Self.findings(call.request)
            let isLive = call.query.refresh == nil
            var page = Self.page(findings, admin, isLive: isLive)
            if isLive {
                page.refresh = PageRefresh(seconds: Self.refreshSeconds, path: "/health")
            }
            return page
        }
        desk.read("/health", "How the market is now", tag: "Health", .readJobs) { call, _ in
            let findings = try await Self.findings(call.request)
            return MarketHealthAnswer(
                at: .systemNow, state: HealthFacts.state(of: findings).rawValue,
                findings: findings.map { FindingAnswer($0) })
        }
    }

    private static func findings(_ request: WebRequest) async throws -> [HealthFinding] {
        let redis = await request.site.redisMilliseconds()
        return try await request.marketplace.healthFacts(redisMilliseconds: redis).findings
    }

    private static func page(
        _ findings: [HealthFinding], _ admin: Administrator, isLive: Bool
    ) -> DeskPage {
        let state = HealthFacts.state(of: findings)
        let wrong = findings.filter { $0.state != .good }
        let todo = Block(
            "What to do",
            table: Table(
                ["What", "State", "Found", "Do"],
                wrong.sorted { $0.state > $1.state }.map {
                    [
                        Cell($0.name, to: link($0, admin)), $0.stateCell, Cell($0.says),
                        Cell($0.advice ?? ""),
                    ]
                }), nothing: "Nothing: all is well.")
        let areas = HealthFinding.Area.allCases.compactMap { area -> Block? in
            let own = findings.filter { $0.area == area }
            guard !own.isEmpty else { return nil }
            return Block(
                area.heading,
                table: Table(
                    ["What", "State", "Found"],
                    own.map {
                        [Cell($0.name, to: link($0, admin)), $0.stateCell, Cell($0.says)]
                    }))
        }
        return DeskPage(
            "Health", lead: "\(state.sentence) Looked at \(Format.time(.systemNow)).",
            tabs: [
                DeskPage.Tab(
                    label: "Every \(refreshSeconds) seconds", href: "/health", isHere: isLive),
                DeskPage.Tab(label: "Once", href: "/health?refresh=off", isHere: !isLive),
            ], [todo] + areas)
    }

    /// Where one sees more of it, and may.
    private static func link(_ finding: HealthFinding, _ admin: Administrator) -> String? {
        let place: (path: String, duty: Duty)
        switch finding.area {
        case .processes, .database, .redis, .notices: return nil
        case .providers:
            place = (finding.provider.map(Links.provider) ?? "/providers", .readProviders)
        case .jobs, .payments: place = ("/jobs", .readJobs)
        case .mail: place = ("/mails", .runMail)
        case .books: place = ("/ledger/verification", .readMoney)
        case .seals: place = ("/seals", .readMoney)
        }
        return place.duty.isAllowed(to: admin.roles) ? place.path : nil
    }
}

extension HealthFinding {
    fileprivate var stateCell: Cell {
        switch state {
        case .good: Cell("good", .good)
        case .slow: Cell("slow", .waiting)
        case .bad: Cell("bad", .bad)
        }
    }
}

extension HealthFinding.State {
    fileprivate var sentence: String {
        switch self {
        case .good: "All is well."
        case .slow: "Something is slow."
        case .bad: "Something is broken."
        }
    }
}

extension HealthFinding.Area {
    fileprivate var heading: String {
        switch self {
        case .processes: "Processes"
        case .database: "Database"
        case .redis: "Redis"
        case .providers: "Providers"
        case .jobs: "Jobs"
        case .notices: "Notices"
        case .mail: "E-mail"
        case .payments: "Webhooks and calls"
        case .books: "Ledger"
        case .seals: "Seals"
        }
    }
}
