import Hummingbird
import Logging
import ServiceLifecycle

/// What one process tells those who watch over it, on a port of its own: `/healthz` (the process
/// is alive), `/readyz` (it can do its work now, or says what it lacks) and `/metrics`.
struct HealthServer: Service {
    /// A thing that must work: its name, and a call that throws when it does not.
    struct Check: Sendable {
        let name: String
        let run: @Sendable () async throws -> Void
    }

    /// A number that is read when somebody asks for it: a gauge's name, and its value.
    struct Reading: Sendable {
        let name: String
        /// Nil when there is none yet; the series is left out then.
        let read: @Sendable () async throws -> Int64?
    }

    /// A check that takes longer counts as failed.
    static let checkDeadline = Duration.seconds(2)

    let host: String
    let port: Int
    let checks: [Check]
    var readings: [Reading] = []
    let logger: Logger

    func run() async throws {
        let router = Router()
        let checks = checks
        router.get("healthz") { _, _ in "ok\n" }
        router.get("readyz") { _, _ in
            let missing = await Self.failing(checks)
            return Response(
                status: missing.isEmpty ? .ok : .serviceUnavailable,
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(
                    byteBuffer: ByteBuffer(
                        string: missing.isEmpty
                            ? "ready\n" : missing.map { "\($0)\n" }.joined())))
        }
        let readings = readings
        let logger = logger
        router.get("metrics") { _, _ in
            let text = Observing.metrics.text() + (await Self.text(of: readings, logger))
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        var quiet = logger
        quiet.logLevel = .warning
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(host, port: port)), logger: quiet)
        try await application.run()
    }

    /// The readings in Prometheus' text format. One that cannot be had is left out: a series that
    /// is missing is an alarm, a made-up number is none.
    static func text(of readings: [Reading], _ logger: Logger) async -> String {
        var text = ""
        for reading in readings {
            do {
                guard let value = try await withDeadline(checkDeadline, reading.read) else {
                    continue
                }
                text += "# TYPE \(reading.name) gauge\n\(reading.name) \(value)\n"
            } catch {
                logger.warning(
                    "metrics.unreadable",
                    metadata: ["metric": "\(reading.name)", "error": "\(error)"])
            }
        }
        return text
    }

    /// The names of the checks that fail, each with its reason.
    static func failing(_ checks: [Check]) async -> [String] {
        await withTaskGroup(of: String?.self) { group in
            for check in checks {
                group.addTask {
                    do {
                        try await withDeadline(checkDeadline) { try await check.run() }
                        return nil
                    } catch {
                        return "\(check.name): \(error)"
                    }
                }
            }
            var failing: [String] = []
            for await result in group { if let result { failing.append(result) } }
            return failing.sorted()
        }
    }
}

/// Runs `body`, and throws ``DeadlinePassed`` when it takes longer than `limit`.
func withDeadline<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw DeadlinePassed()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw DeadlinePassed() }
        return value
    }
}

struct DeadlinePassed: Error, CustomStringConvertible {
    let description = "no answer in time"
}
