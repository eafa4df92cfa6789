import Kernel
import Postgres
import Web

/// Walks every route of an app that takes an id, with somebody else's, and tells what was not as
/// it must be: 404, and nothing changed.
public struct Isolation: Sendable {
    let app: WebApp
    let database: Database
    /// What the path's names stand for: on our side, on theirs.
    let ours: [String: String]
    let theirs: [String: String]
    /// Names of things that everybody may ask for, each with the reason.
    let everybodys: [String: String]

    public init(
        _ app: WebApp, _ database: Database, ours: [String: String], theirs: [String: String],
        everybodys: [String: String]
    ) {
        self.app = app
        self.database = database
        self.ours = ours
        self.theirs = theirs
        self.everybodys = everybodys
    }

    /// The routes whose path names something that is somebody's.
    public var routes: [RoutePolicy] {
        app.policies.filter { policy in
            PathPattern.names(policy.pattern).contains { everybodys[$0] == nil }
        }
    }

    /// Names for which there is no id, with a route each.
    public var unknownNames: [String] {
        routes.flatMap { policy in
            PathPattern.names(policy.pattern)
                .filter { everybodys[$0] == nil && theirs[$0] == nil }
                .map { "{\($0)} of \(policy.method) \(policy.pattern)" }
        }
    }

    /// Asks for everything of theirs with our token; also for one thing of theirs inside ours.
    public func complaints(as token: String) async throws -> [String] {
        let caller = try await RouteCaller(app, token: token)
        let before = try await DatabasePrint(database)
        var found: [String] = []
        for policy in routes {
            let names = PathPattern.names(policy.pattern)
            var foreign = [Set(names)]
            if names.count > 1 { foreign += names.map { [$0] } }
            // A currency or a month is nobody's: only what has an id is.
            for set in foreign where set.contains(where: { theirs[$0]?.utf8.count == 36 }) {
                let answer = try await caller.call(policy) {
                    set.contains($0) ? theirs[$0] : ours[$0]
                }
                if answer.status != 404 {
                    found.append(
                        "\(policy.method) \(policy.pattern) with their \(set): \(answer.status)")
                }
            }
        }
        found += before.changes(to: try await DatabasePrint(database)).map { "\($0) changed" }
        return found
    }

    /// Asks for everything of theirs as nobody: 404 where everybody may ask, else the door.
    public func complaintsOfNobody() async throws -> [String] {
        let caller = try await RouteCaller(app, token: nil)
        let before = try await DatabasePrint(database)
        var found: [String] = []
        for policy in app.policies {
            let isOpen = policy.access == .everyone
            guard !isOpen || routes.contains(where: { $0.isTheSame(as: policy) }) else { continue }
            let answer = try await caller.call(policy) { theirs[$0] }
            let isRefused =
                isOpen ? answer.status == 404 : answer.status == 401 || answer.isTheDoor
            if !isRefused {
                found.append("\(policy.method) \(policy.pattern) as nobody: \(answer.status)")
            }
        }
        found += before.changes(to: try await DatabasePrint(database)).map { "\($0) changed" }
        return found
    }

    /// What is not there for its own people either: the test would prove nothing.
    public func missing(for token: String) async throws -> [String] {
        let caller = try await RouteCaller(app, token: token)
        var found: [String] = []
        for policy in routes where policy.method == "GET" {
            let answer = try await caller.call(policy) { theirs[$0] }
            // 503 says that a tool which prints is not installed here.
            if answer.status >= 400, answer.status != 503 {
                found.append("GET \(policy.pattern) for its own people: \(answer.status)")
            }
        }
        return found
    }
}

extension RoutePolicy {
    fileprivate func isTheSame(as other: RoutePolicy) -> Bool {
        method == other.method && pattern == other.pattern
    }
}

extension WebAnswer {
    /// Whether it sends to where one signs in.
    fileprivate var isTheDoor: Bool {
        status == 303 && header("location")?.hasPrefix("/sign-in") == true
    }
}
