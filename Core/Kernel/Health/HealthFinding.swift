import Vocabulary

/// How something of the market is, in words.
public struct HealthFinding: Sendable {
    public enum State: String, Sendable, CaseIterable, Comparable {
        case good, slow, bad

        public static func < (one: State, other: State) -> Bool {
            (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
        }
    }

    public enum Area: String, Sendable, CaseIterable {
        case processes, database, redis, providers, jobs, notices, mail, payments, books, seals
    }

    public let area: Area
    /// What it is, such as a process or a lane.
    public let name: String
    public let state: State
    /// What was found.
    public let says: String
    /// What to do; nil when it is good.
    public let advice: String?
    /// The provider that it is about.
    public let provider: ID<ProviderInstance>?

    init(
        _ area: Area, _ name: String, _ state: State, _ says: String, _ advice: String? = nil,
        provider: ID<ProviderInstance>? = nil
    ) {
        self.area = area
        self.name = name
        self.state = state
        self.says = says
        self.advice = state == .good ? nil : advice
        self.provider = provider
    }

    /// By how large something is.
    init(
        _ area: Area, _ name: String, _ value: Int64, slowOver slow: Int64, badOver bad: Int64,
        _ says: String, _ advice: String
    ) {
        let state: State = value > bad ? .bad : value > slow ? .slow : .good
        self.init(area, name, state, says, advice)
    }
}

extension HealthFacts {
    /// Everything, judged; what a market cannot be without is there also when it is good.
    public var findings: [HealthFinding] {
        processFindings + storeFindings + providerFindings + workFindings + bookFindings
    }

    /// The worst of them.
    public static func state(of findings: [HealthFinding]) -> HealthFinding.State {
        findings.map(\.state).max() ?? .good
    }

    // MARK: Processes

    private static let lateSeconds: Int64 = 15
    private static let goneSeconds: Int64 = 60
    private static let needed: [(kind: String, lacks: String)] = [
        ("storefront", "nobody can buy"), ("seller", "no seller can work"),
        ("admin", "nobody else can look here"),
        ("worker", "nothing is settled, paid out or written to anybody"),
    ]

    private var processFindings: [HealthFinding] {
        let running = processes.filter { $0.stoppedAt == nil }
        let alive = Set(
            running.filter { $0.silentSeconds <= Self.goneSeconds }.map(\.kind))
        let missing = Self.needed.filter { kind, _ in
            !alive.contains(kind) && !(kind != "worker" && alive.contains("all"))
        }
        return missing.map { kind, lacks in
            HealthFinding(
                .processes, kind, .bad, "No process of it runs: \(lacks).",
                "Start it: `guildhall up` runs them all, `guildhall serve` or `work` one.")
        } + processes.map(Self.finding)
    }

    private static func finding(_ process: ProcessBeat) -> HealthFinding {
        let name = "\(process.name) on \(process.machine)"
        guard process.stoppedAt == nil else {
            return HealthFinding(.processes, name, .good, "It was stopped in order.")
        }
        guard process.silentSeconds <= lateSeconds else {
            let says = "It was not heard of for \(process.silentSeconds) seconds."
            return process.silentSeconds > goneSeconds
                ? HealthFinding(
                    .processes, name, .bad, says,
                    "It died, or its machine is cut off. Read its log; `guildhall up` starts it "
                        + "again by itself.")
                : HealthFinding(
                    .processes, name, .slow, says,
                    "A busy machine is late. Look at its load if it stays so.")
        }
        return HealthFinding(
            .processes, name, process.tookMilliseconds, slowOver: 250, badOver: 2000,
            "Process \(process.pid); the database took \(process.tookMilliseconds) ms for it.",
            "Its way to the database is slow: compare with the other processes.")
    }

    // MARK: Stores

    private var storeFindings: [HealthFinding] {
        let open = oldestTransactionSeconds ?? 0
        return [
            HealthFinding(
                .database, "PostgreSQL", databaseMilliseconds, slowOver: 50, badOver: 500,
                "It answered in \(databaseMilliseconds) ms.",
                "Look at its load, disk and locks (pg_stat_activity)."),
            HealthFinding(
                .database, "Oldest transaction", open, slowOver: 60, badOver: 600,
                "It has been open for \(open) seconds.",
                "It holds back seals and notices. Find its session in pg_stat_activity and end it "
                    + "there."),
            redisFinding,
        ]
    }

    private var redisFinding: HealthFinding {
        guard let redisMilliseconds else {
            return HealthFinding(
                .redis, "Redis", .bad, "It did not answer.",
                "Start it. Nobody can sign in or fill a cart until it answers.")
        }
        return HealthFinding(
            .redis, "Redis", redisMilliseconds, slowOver: 50, badOver: 500,
            "It answered in \(redisMilliseconds) ms.",
            "Look at its load and memory (`redis-cli info`).")
    }

    // MARK: Providers

    private var providerFindings: [HealthFinding] {
        providers.map { provider in
            guard provider.calls > 0 else {
                return HealthFinding(
                    .providers, provider.name, .good, "Nobody called it in a quarter of an hour.",
                    provider: provider.id)
            }
            let mean = provider.tookMilliseconds / provider.calls
            let state: HealthFinding.State =
                provider.failures * 2 > provider.calls
                ? .bad : provider.failures * 20 > provider.calls || mean > 5000 ? .slow : .good
            return HealthFinding(
                .providers, provider.name, state,
                "\(provider.failures) of \(provider.calls) calls failed, \(mean) ms on average.",
                "Ask the provider whether it is out of order. Its page shows the last hour; a rule "
                    + "sends new payments elsewhere meanwhile.", provider: provider.id)
        }
    }

    // MARK: Work

    private var workFindings: [HealthFinding] {
        var findings = lanes.map { lane in
            HealthFinding(
                .jobs, "Lane \(lane.lane.rawValue)", Int64(lane.oldestSeconds), slowOver: 30,
                badOver: 600, "\(lane.ready) due, the oldest for \(lane.oldestSeconds) seconds.",
                "A worker is missing or too slow: see above, and run another one.")
        }
        if findings.isEmpty {
            findings = [HealthFinding(.jobs, "Due jobs", .good, "None waits.")]
        }
        findings += [
            failed(
                .jobs, "Given up", deadJobs, "jobs were given up",
                "Read why under Jobs, mend the cause and run them again."),
            waits(
                .notices, "Notices", outboxSeconds, "event", slowOver: 60, badOver: 900,
                "The worker makes them. A transaction that is open too long holds them back."),
            waits(
                .mail, "Letters", mail.oldestSeconds, "letter", slowOver: 120, badOver: 3600,
                "The mail server takes none, or the worker is missing: see E-mail."),
            failed(
                .mail, "Not sent", mail.failed, "letters could not be sent",
                "Read why under E-mail, and send them again."),
            waits(
                .payments, "Webhooks", webhooks.oldestSeconds, "webhook", slowOver: 60,
                badOver: 900, "The worker applies them: see Jobs."),
            failed(
                .payments, "Webhooks failed", webhooks.failed, "webhooks could not be applied",
                "Compare what the provider says with the payment; see Jobs."),
            waits(
                .payments, "Calls to providers", attemptsSeconds, "call", slowOver: 120,
                badOver: 3600, "The worker asks again. See Providers, and its log."),
        ]
        return findings
    }

    private func waits(
        _ area: HealthFinding.Area, _ name: String, _ seconds: Int64?, _ noun: String,
        slowOver slow: Int64, badOver bad: Int64, _ advice: String
    ) -> HealthFinding {
        guard let seconds, seconds > 0 else {
            return HealthFinding(area, name, .good, "None waits.")
        }
        return HealthFinding(
            area, name, seconds, slowOver: slow, badOver: bad,
            "The oldest \(noun) waits for \(seconds) seconds.", advice)
    }

    private func failed(
        _ area: HealthFinding.Area, _ name: String, _ count: Int, _ words: String,
        _ advice: String
    ) -> HealthFinding {
        guard count > 0 else { return HealthFinding(area, name, .good, "None.") }
        let many = count >= WhatWaits.countMax ? "\(count) or more" : "\(count)"
        return HealthFinding(area, name, .slow, "\(many) \(words).", advice)
    }

    // MARK: Books

    private var bookFindings: [HealthFinding] {
        [verificationFinding]
            + seals.map { seal in
                let name = seal.chain == .ledger ? "The books' seals" : "The trail's seals"
                guard seal.faults == 0 else {
                    return HealthFinding(
                        .seals, name, .bad, "\(seal.faults) rows do not fit their seals.",
                        "Somebody changed rows by hand: see Seals, and `guildhall audit verify`.")
                }
                guard let seconds = seal.unsealedSeconds else {
                    return HealthFinding(.seals, name, .good, "Every row is sealed.")
                }
                return HealthFinding(
                    .seals, name, seconds, slowOver: 60, badOver: 900,
                    "The oldest row without a seal is \(seconds) seconds old.",
                    "The worker seals every few seconds. A transaction that is open too long holds "
                        + "it back.")
            }
    }

    private var verificationFinding: HealthFinding {
        guard let verification else {
            return HealthFinding(
                .books, "Ledger", .slow, "It was never recomputed.",
                "The worker does it every quarter of an hour; a button is under Ledger.")
        }
        guard verification.differences == 0 else {
            return HealthFinding(
                .books, "Ledger", .bad,
                "\(verification.differences) differences between the books and what they sum up.",
                "Stop payouts and read Ledger, Verification: it names what does not fit.")
        }
        return HealthFinding(
            .books, "Ledger", verification.ageSeconds, slowOver: 3600, badOver: 6 * 3600,
            "No difference, recomputed \(verification.ageSeconds / 60) minutes ago.",
            "The worker recomputes it every quarter of an hour: see Jobs.")
    }
}
