extension HealthFacts {
    /// What is under way, and what was given up.
    var workFindings: [HealthFinding] {
        laneFindings + [
            failed(
                .jobs, "Given up", deadJobs, "job was given up", "jobs were given up",
                "Read why under Jobs, mend the cause and run them again."),
            waits(
                .notices, "Notices", outboxSeconds, "event", warnOver: 60, badOver: 900,
                "The worker makes them. A transaction that is open too long holds them back."),
            waits(
                .mail, "Letters", mail.oldestSeconds, "letter", warnOver: 120, badOver: 3600,
                "The mail server takes none, or the worker is missing: see E-mail."),
            failed(
                .mail, "Not sent", mail.failed, "letter could not be sent",
                "letters could not be sent", "Read why under E-mail, and send them again."),
            waits(
                .payments, "Webhooks", webhooks.oldestSeconds, "webhook", warnOver: 60,
                badOver: 900, "The worker applies them: see Jobs."),
            failed(
                .payments, "Webhooks failed", webhooks.failed, "webhook could not be applied",
                "webhooks could not be applied",
                "Compare what the provider says with the payment; see Jobs."),
            waits(
                .payments, "Calls to providers", attemptsSeconds, "call", warnOver: 120,
                badOver: 3600, "The worker asks again. See Providers, and its log."),
        ]
    }

    private var laneFindings: [HealthFinding] {
        guard !lanes.isEmpty else {
            return [HealthFinding(.jobs, "Due jobs", .good, "None waits.")]
        }
        return lanes.map { lane in
            let seconds = Int64(lane.oldestSeconds)
            let many = lane.ready >= JobBacklog.countMax ? "\(lane.ready) or more" : "\(lane.ready)"
            return HealthFinding(
                .jobs, "Lane \(lane.lane.rawValue)", seconds, warnOver: 30, badOver: 600,
                "\(many) due, the oldest for \(seconds.asSpan).",
                "A worker is missing or too slow: see Processes, and run another one.")
        }
    }

    private func waits(
        _ area: HealthFinding.Area, _ name: String, _ seconds: Int64?, _ noun: String,
        warnOver warn: Int64, badOver bad: Int64, _ advice: String
    ) -> HealthFinding {
        guard let seconds, seconds > 0 else {
            return HealthFinding(area, name, .good, "None waits.")
        }
        return HealthFinding(
            area, name, seconds, warnOver: warn, badOver: bad,
            "The oldest \(noun) waits for \(seconds.asSpan).", advice)
    }

    private func failed(
        _ area: HealthFinding.Area, _ name: String, _ count: Int, _ one: String, _ several: String,
        _ advice: String
    ) -> HealthFinding {
        guard count > 0 else { return HealthFinding(area, name, .good, "None.") }
        let many = count >= WhatWaits.countMax ? "\(count) or more" : "\(count)"
        return HealthFinding(
            area, name, .warning, "\(many) \(count == 1 ? one : several).", advice)
    }
}
