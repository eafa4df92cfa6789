import Kernel
import Vocabulary
import Web

/// Work in the background: what is due, what was given up, and making it run again.
struct JobRoutes {
    struct JobPath: Described {
        let job: Int64
        static let rules: [String: [Rule]] = ["job": [.range(1...Int64.max)]]
    }

    struct JobAnswer: Codable {
        let id: Int64
        let kind: String
        let arguments: String
        let attempts: Int
        let error: String
        let createdAt: Instant
        let finishedAt: Instant

        init(_ job: DeadJob) {
            id = job.id
            kind = job.kind
            arguments = job.args
            attempts = job.attempts
            error = job.error
            createdAt = job.createdAt
            finishedAt = job.finishedAt
        }
    }

    struct LaneAnswer: Codable {
        let lane: String
        let due: Int
        let oldestSeconds: Int
    }

    struct Backlog: Codable { let lanes: [LaneAnswer] }
    struct Redriven: Codable { let id: Int64 }

    let desk: Desk

    func mount() {
        desk.page("/jobs", .readJobs, query: ListQuery.self) { call, _ in
            try await Self.page(call.marketplace, try call.query.page())
        }
        desk.read(
            "/jobs/dead", "Jobs that were given up", tag: "Jobs", .readJobs, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.deadJobs(call.query.page())) { JobAnswer($0) }
        }
        desk.read("/jobs/backlog", "What is due and not taken", tag: "Jobs", .readJobs) {
            call, _ in
            Backlog(
                lanes: try await call.marketplace.jobBacklog().map {
                    LaneAnswer(
                        lane: $0.lane.rawValue, due: $0.ready, oldestSeconds: $0.oldestSeconds)
                })
        }
        desk.act(
            Act<JobPath>(
                "/jobs/{job}/redrive", "Make a dead job run again", tag: "Jobs", .redriveJobs,
                done: "The job runs again.", back: { _ in "/jobs" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.redriveJob(
                path.job, reason: input.reason, by: admin.account.id)
            return Redriven(id: path.job)
        }
    }

    /// `Auszahlung senden (payouts.send)`: commands and logs have the kind alone.
    static func words(_ kind: String) -> String {
        let words = localized(name: kind)
        return words == kind ? kind : "\(words) (\(kind))"
    }

    private static func page(
        _ marketplace: Marketplace, _ page: PageRequest
    ) async throws -> DeskPage {
        let backlog = try await marketplace.jobBacklog()
        let dead = try await marketplace.deadJobs(page)
        let due = Block(
            "Due now",
            table: Table(
                ["Lane", "Due#", "Oldest#"],
                backlog.map {
                    [
                        Cell(data: $0.lane.rawValue.inWords), .number($0.ready),
                        Cell("\($0.oldestSeconds) s"),
                    ]
                }), nothing: "Nothing waits for a worker.")
        let given = Block("Given up", timeline: [], nothing: "Nothing was given up.")
        let jobs = dead.items.map { job in
            Block(
                "\(words(job.kind)) #\(job.id)", text: .data(job.error),
                facts: [
                    Fact("Arguments", data: job.args), Fact("Tries", data: String(job.attempts)),
                    Fact("Given up", data: Format.time(job.finishedAt)),
                ],
                forms: [
                    .dangerous(
                        "Run it again", to: "/jobs/\(job.id)/redrive",
                        hint: "It gets all its tries again, and runs when a worker is free.")
                ])
        }
        let more = dead.next.map { Block(more: "/jobs?after=\(Cursor.seal($0))") }
        return DeskPage("Jobs", [due] + (jobs.isEmpty ? [given] : jobs) + [more].compactMap { $0 })
    }
}
