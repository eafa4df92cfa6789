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
        /// `good`, `warning` or `bad`.
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

    struct ProcessAnswer: Codable, Sendable {
        let machine: String
        /// As in its log, such as `storefront-2`.
        let name: String
        let pid: Int
        let startedAt: Instant
        /// The newest migration that its program ships, and of when it is.
        let build: String
        /// Every process says every five seconds that it lives.
        let silentSeconds: Int64
        /// Nil while it runs, and when it died.
        let stoppedAt: Instant?
        let connectionsTaken: Int
        let connectionsMax: Int
        /// Transactions that wait for a connection.
        let connectionsWaiting: Int

        init(_ beat: ProcessBeat) {
            machine = beat.process.machine
            name = beat.process.name
            pid = beat.process.pid
            startedAt = beat.process.startedAt
            build = beat.process.build
            silentSeconds = beat.silentSeconds
            stoppedAt = beat.stoppedAt
            connectionsTaken = beat.vitals.connectionsTaken
            connectionsMax = beat.vitals.connectionsMax
            connectionsWaiting = beat.vitals.connectionsWaiting
        }
    }

    struct MarketHealthAnswer: Codable, Sendable {
        let at: Instant
        /// The worst of all.
        let state: String
        let findings: [FindingAnswer]
        /// All of the last day, the newest start first.
        let processes: [ProcessAnswer]

        init(_ facts: HealthFacts) {
            let found = facts.findings
            at = .systemNow
            state = HealthFacts.state(of: found).rawValue
            findings = found.map { FindingAnswer($0) }
            processes = facts.processes.map { ProcessAnswer($0) }
        }
    }

    /// How often the page comes again.
    private static let refreshSeconds = 10

    let desk: Desk

    func mount() {
        desk.page("/health", .readJobs, query: HealthQuery.self) { call, admin in
            let facts = try await Self.facts(call.request)
            let isLive = call.query.refresh == nil
            var page = Self.page(facts.findings, admin, isLive: isLive)
            if isLive {
                page.refresh = PageRefresh(seconds: Self.refreshSeconds, path: "/health")
            }
            return page
        }
        desk.read("/health", "How the market is now", tag: "Health", .readJobs) { call, _ in
            MarketHealthAnswer(try await Self.facts(call.request))
        }
    }

    private static func facts(_ request: WebRequest) async throws -> HealthFacts {
        let redis = await request.site.redisMilliseconds()
        return try await request.marketplace.healthFacts(redisMilliseconds: redis)
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
                        Cell(data: $0.name, to: link($0, admin)), $0.stateCell,
                        Cell(data: $0.says), Cell(data: $0.advice ?? ""),
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
                        [
                            Cell(data: $0.name, to: link($0, admin)), $0.stateCell,
                            Cell(data: $0.says),
                        ]
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
        case .processes, .database, .redis, .disk: return nil
        case .notices: place = ("/outbox?state=waiting", .readJobs)
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
        case .warning: Cell("to look at", .warning)
        case .bad: Cell("bad", .bad)
        }
    }
}

extension HealthFinding.State {
    fileprivate var sentence: Phrase {
        switch self {
        case .good: "All is well."
        case .warning: "Something wants looking at."
        case .bad: "Something is broken."
        }
    }
}

extension HealthFinding.Area {
    fileprivate var heading: Phrase {
        switch self {
        case .processes: "Processes"
        case .database: "Database"
        case .redis: "Redis"
        case .disk: "Disk"
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
