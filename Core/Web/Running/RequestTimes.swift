import HTTPTypes
import Metrics
import Synchronization

/// How long requests took, by route and status, for whichever metrics backend is there.
final class RequestTimes: Sendable {
    private struct Key: Hashable {
        let method: HTTPRequest.Method
        let route: String
        let status: Int
    }

    private let app: String
    private let timers = Mutex<[Key: Timer]>([:])

    init(app: String) { self.app = app }

    func note(
        _ method: HTTPRequest.Method, _ route: String, status: Int, _ elapsed: Duration
    ) {
        let timer = timers.withLock { timers in
            let key = Key(method: method, route: route, status: status)
            if let timer = timers[key] { return timer }
            let timer = Timer(
                label: "guildhall_http_request_seconds",
                dimensions: [
                    ("app", app), ("route", "\(method.rawValue) \(route)"),
                    ("status", String(status)),
                ])
            timers[key] = timer
            return timer
        }
        let (seconds, attoseconds) = elapsed.components
        timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
