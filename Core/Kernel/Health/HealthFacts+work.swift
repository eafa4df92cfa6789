extension HealthFacts {
    /// What is under way, and what was given up.
    var workFindings: [HealthFinding] {
        laneFindings + [
            failed(
                .jobs, "Given up", deadJobs, "1 job was given up.",
                { "\($0) jobs were given up." },
                "Read why under Jobs, mend the cause and run them again."),
            waits(
                .notices, "Notices", outboxSeconds, { "The oldest event waits for \($0)." },
                warnOver: 60, badOver: 900,
                "The worker makes them. A transaction that is open too long holds them back."),
            waits(
                .mail, "Letters", mail.oldestSeconds, { "The oldest letter waits for \($0)." },
                warnOver: 120, badOver: 3600,
                "The mail server takes none, or the worker is missing: see E-mail."),
            failed(
                .mail, "Not sent", mail.failed, "1 letter could not be sent.",
                { "\($0) letters could not be sent." },
                "Read why under E-mail, and send them again."),
            waits(
                .payments, "Webhooks", webhooks.oldestSeconds,
                { "The oldest webhook waits for \($0)." }, warnOver: 60, badOver: 900,
                "The worker applies them: see Jobs."),
            failed(
                .payments, "Webhooks failed", webhooks.failed, "1 webhook could not be applied.",
                { "\($0) webhooks could not be applied." },
                "Compare what the provider says with the payment; see Jobs."),
            waits(
                .payments, "Calls to providers", attemptsSeconds,
                { "The oldest call waits for \($0)." }, warnOver: 120, badOver: 3600,
                "The worker asks again. See Providers, and its log."),
        ]
    }

    private var laneFindings: [HealthFinding] {
        guard !lanes.isEmpty else {
            return [HealthFinding(.jobs, "Due jobs", .good, "None waits.")]
        }
        return lanes.map { lane in
            let seconds = Int64(lane.oldestSeconds)
            let many = Self.atLeast(lane.ready, countedTo: JobBacklog.countMax)
            return HealthFinding(
                .jobs, "Lane \(localized(name: lane.lane.rawValue))", seconds, warnOver: 30,
                badOver: 600, "\(many) due, the oldest for \(seconds.asSpan).",
                "A worker is missing or too slow: see Processes, and run another one.")
        }
    }

    private func waits(
        _ area: HealthFinding.Area, _ name: Phrase, _ seconds: Int64?,
        _ says: (_ span: String) -> Phrase, warnOver warn: Int64, badOver bad: Int64,
        _ advice: Phrase
    ) -> HealthFinding {
        guard let seconds, seconds > 0 else {
            return HealthFinding(area, name, .good, "None waits.")
        }
        return HealthFinding(
            area, name, seconds, warnOver: warn, badOver: bad, says(seconds.asSpan), advice)
    }

    private func failed(
        _ area: HealthFinding.Area, _ name: Phrase, _ count: Int, _ one: Phrase,
        _ several: (_ many: Phrase) -> Phrase, _ advice: Phrase
    ) -> HealthFinding {
        guard count > 0 else { return HealthFinding(area, name, .good, "None.") }
        let many = Self.atLeast(count, countedTo: WhatWaits.countMax)
        return HealthFinding(area, name, .warning, count == 1 ? one : several(many), advice)
    }

    /// What was counted no further than `most` may be more.
    private static func atLeast(_ count: Int, countedTo most: Int) -> Phrase {
        count >= most ? "\(count) or more" : .data(String(count))
    }
}
