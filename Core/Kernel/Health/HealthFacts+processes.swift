extension HealthFacts {
    /// Not heard of for so long, a process is late; three beats.
    static let lateSeconds: Int64 = 15
    /// Not heard of for so long, it is taken for dead.
    static let goneSeconds: Int64 = 45
    /// For so long it is said of a process that the one before it died.
    static let rememberedSeconds: Int64 = 3600

    private static let needed: [(kind: String, lacks: Phrase)] = [
        ("storefront", "nobody can buy"), ("seller", "no seller can work"),
        ("admin", "nobody else can look here"),
        ("worker", "nothing is settled, paid out or written to anybody"),
    ]

    /// Those that live, or should.
    var processFindings: [HealthFinding] {
        missing + shown.map { finding($0) }.sorted { $0.name < $1.name } + builds
    }

    private var running: [ProcessBeat] { processes.filter { $0.stoppedAt == nil } }
    private var alive: [ProcessBeat] { running.filter { $0.silentSeconds <= Self.goneSeconds } }

    /// Kinds of which none lives.
    private var missing: [HealthFinding] {
        let kinds = Set(alive.map(\.process.kind))
        // One process may serve all apps: `serve all`.
        let lacking = Self.needed.filter { kind, _ in
            !kinds.contains(kind) && !(kind != "worker" && kinds.contains("all"))
        }
        return lacking.map { kind, lacks in
            HealthFinding(
                .processes, .data(kind), .bad, "No process of it runs: \(lacks).",
                "Start it: “guildhall up” runs them all, “guildhall serve” or “work” one.")
        }
    }

    /// Without those in whose place another one is.
    private var shown: [ProcessBeat] {
        processes.filter { one in
            let isOver = one.stoppedAt != nil || one.silentSeconds > Self.lateSeconds
            let isRecent = one.stoppedAt == nil || one.silentSeconds < Self.rememberedSeconds
            return isRecent && !(isOver && replacement(of: one) != nil)
        }
    }

    /// The process of the same name that first spoke after the last word of this one.
    private func replacement(of one: ProcessBeat) -> ProcessBeat? {
        alive.first {
            $0.process.name == one.process.name && $0.process != one.process
                && $0.firstSeenAt >= one.seenAt
        }
    }

    /// How many died lately in whose place this one is.
    private func deaths(before one: ProcessBeat) -> Int {
        running.filter {
            $0.silentSeconds > Self.lateSeconds && $0.silentSeconds < Self.rememberedSeconds
                && replacement(of: $0)?.process == one.process
        }.count
    }

    private func finding(_ one: ProcessBeat) -> HealthFinding {
        let name: Phrase = "\(one.process.name) on \(one.process.machine)"
        guard one.stoppedAt == nil else {
            return HealthFinding(.processes, name, .good, "It was stopped in order.")
        }
        guard one.silentSeconds <= Self.lateSeconds else {
            let says: Phrase =
                "Process \(one.process.pid) was not heard of for \(one.silentSeconds.asSpan)."
            return one.silentSeconds > Self.goneSeconds
                ? HealthFinding(
                    .processes, name, .bad, says,
                    """
                    It died, or its machine is cut off. Read its log. “guildhall up” starts it \
                    again by itself; anything else has to.
                    """)
                : HealthFinding(
                    .processes, name, .warning, says,
                    "A busy machine is late. Look at its load if it stays so.")
        }
        let died = deaths(before: one)
        guard died == 0 else {
            return HealthFinding(
                .processes, name, .warning,
                died == 1
                    ? "The one before it died in the last hour. \(says(one))"
                    : "\(died) before it died in the last hour. \(says(one))",
                "It was started again, and what it did went on. Its log says why it died.")
        }
        return health(of: one, name)
    }

    private func says(_ one: ProcessBeat) -> Phrase {
        let vitals = one.vitals
        return """
            Process \(one.process.pid), for \(one.livedSeconds.asSpan), \(one.process.build); \
            \(vitals.connectionsTaken) of \(vitals.connectionsMax) connections taken.
            """
    }

    private func health(of one: ProcessBeat, _ name: Phrase) -> HealthFinding {
        let vitals = one.vitals
        guard vitals.connectionsWaiting == 0 else {
            return HealthFinding(
                .processes, name, Int64(vitals.connectionsWaiting), warnOver: 0, badOver: 50,
                "\(vitals.connectionsWaiting) transactions wait for a connection. \(says(one))",
                """
                Either the database is slow, or it needs more of them: see Database, and \
                GUILDHALL_DATABASE_TRANSACTIONS.
                """)
        }
        guard vitals.oldestTransactionSeconds <= 60 else {
            let open = vitals.oldestTransactionSeconds
            return HealthFinding(
                .processes, name, open, warnOver: 60, badOver: 600,
                "A transaction has been open for \(open.asSpan). \(says(one))",
                """
                It holds back seals and notices. Find its session in pg_stat_activity and end it \
                there.
                """)
        }
        guard vitals.tookMilliseconds > 250 else {
            return HealthFinding(.processes, name, .good, says(one))
        }
        return HealthFinding(
            .processes, name, vitals.tookMilliseconds, warnOver: 250, badOver: 2000,
            "The database took \(vitals.tookMilliseconds) ms to note that it lives. \(says(one))",
            "Its way to the database is slow: compare with the other processes.")
    }

    /// Whether all run the same program.
    private var builds: [HealthFinding] {
        let found = Dictionary(grouping: alive, by: \.process.build)
        guard found.count > 1 else { return [] }
        let each = found.keys.sorted().map { build in
            let names = Set((found[build] ?? []).map(\.process.name)).sorted()
            return "\(build): \(names.joined(separator: ", "))"
        }
        return [
            HealthFinding(
                .processes, "Versions", .warning,
                "\(found.count) versions run. \(each.joined(separator: ". ")).",
                "An update is under way, or was not finished: start those of the older one again.")
        ]
    }
}
