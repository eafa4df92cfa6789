extension HealthFacts {
    /// Database, Redis and disk.
    var storeFindings: [HealthFinding] {
        [databaseFinding, sessionFinding, redisFinding, diskFinding].compactMap { $0 }
    }

    private var databaseFinding: HealthFinding {
        guard isWhole else {
            return HealthFinding(
                .database, "PostgreSQL", .bad,
                "It did not answer in time how processes, jobs and books are.",
                """
                Look at its load, disk and locks (pg_stat_activity), and at this app's log. \
                What is missing here is there again when it answers.
                """)
        }
        return HealthFinding(
            .database, "PostgreSQL", databaseMilliseconds, warnOver: 50, badOver: 500,
            "It answered in \(databaseMilliseconds) ms.",
            "Look at its load, disk and locks (pg_stat_activity).")
    }

    private var sessionFinding: HealthFinding? {
        guard let sessions, sessions.max > 0 else { return nil }
        return HealthFinding(
            .database, "Sessions", sessions.open * 100 / sessions.max, warnOver: 80, badOver: 95,
            "\(sessions.open) of \(sessions.max) are open.",
            """
            When all are, no process gets another one: raise max_connections, or let each process \
            take fewer.
            """)
    }

    private var redisFinding: HealthFinding {
        guard let redisMilliseconds else {
            return HealthFinding(
                .redis, "Redis", .bad, "It did not answer.",
                "Start it. Nobody can sign in or fill a cart until it answers.")
        }
        return HealthFinding(
            .redis, "Redis", redisMilliseconds, warnOver: 50, badOver: 500,
            "It answered in \(redisMilliseconds) ms.",
            "Look at its load and memory (“redis-cli info”).")
    }

    private var diskFinding: HealthFinding {
        let name: Phrase = "Photos and papers"
        guard let mediaRoom, mediaRoom.allBytes > 0 else {
            return HealthFinding(
                .disk, name, .warning, "Their folder cannot be looked at from this process.",
                "Nothing was stored there yet, or it is not mounted here: see GUILDHALL_MEDIA.")
        }
        let room = Self.gigabytes(mediaRoom.freeBytes)
        let says: Phrase = "\(room) of \(Self.gigabytes(mediaRoom.allBytes)) GB are free."
        let isBad = mediaRoom.freeBytes < 500_000_000
        let isLow = mediaRoom.freeBytes < 5_000_000_000
        return HealthFinding(
            .disk, name, isBad ? .bad : isLow ? .warning : .good, says,
            "Uploads are refused when it is full. Make room, or move the folder to a larger disk.")
    }

    /// With one decimal.
    private static func gigabytes(_ bytes: Int64) -> String {
        let tenths = bytes / 100_000_000
        return Format.decimal("\(tenths / 10).\(tenths % 10)")
    }
}
