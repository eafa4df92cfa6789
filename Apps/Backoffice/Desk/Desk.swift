import Foundation
import Hummingbird
import Kernel
import Vocabulary
import Web

/// Where the parts of the back office mount what they show and do: for people and for programs at
/// once, so that both have the same permission.
struct Desk {
    let routes: Routes
    var api: API { routes.api }

    /// A page at `pattern`, for whoever has the duty.
    func page<Path: Described, Query: Described>(
        _ pattern: String, _ duty: Duty, path: Path.Type, query: Query.Type,
        _ show:
            @escaping @Sendable (PageCall<Path, Query, Nothing>, Administrator) async throws
            -> DeskPage
    ) {
        routes.get(pattern).path(Path.self).query(Query.self)
            .show(as: Administrator.self, needing: duty.roles) { call, admin in
                try await show(call, admin).answer()
            }
    }

    /// Something that is asked of the market: GET of the JSON API.
    func read<Path: Described, Query: Described, Answer: Codable & Sendable>(
        _ path: String, _ summary: String, tag: String, _ duty: Duty,
        path pathType: Path.Type, query: Query.Type,
        _ answer:
            @escaping @Sendable (Call<Path, Query, Nothing>, Administrator) async throws ->
            Answer
    ) {
        api.get(path, summary, tag: tag).path(Path.self).query(Query.self)
            .handle(as: Administrator.self, needing: duty.roles, use: answer)
    }

    /// Something that is done: POST of the JSON API and of a form at the same path. The page then
    /// shown is `act.back`.
    func act<Path: Described, Input: Described, Answer: Codable & Sendable>(
        _ act: Act<Path>, input: Input.Type,
        _ perform:
            @escaping @Sendable (Marketplace, Path, Input, Administrator) async throws ->
            Answer
    ) {
        let operation = api.post(act.path, act.summary, tag: act.tag).path(Path.self)
            .body(Input.self).onlyOnce()
        act.refusals.reduce(operation) { $0.refuses($1) }
            .handle(as: Administrator.self, needing: act.duty.roles) { call, admin in
                try await perform(call.marketplace, call.path, call.body, admin)
            }
        routes.post(act.path).path(Path.self).form(Input.self).onlyOnce()
            .show(
                as: Administrator.self, needing: act.duty.roles,
                again: { again, _ in
                    // Where nothing that was typed is at fault, the page itself is what is needed.
                    again.isMendable
                        ? again.alone()
                        : .seeOther(again.request.whereItStood, warning: again.explanation)
                }
            ) { call, admin in
                _ = try await perform(call.marketplace, call.path, call.form, admin)
                return .seeOther(act.back(call.path), notice: act.done.text)
            }
    }
}

/// What an act is called, who may do it and where its form leads.
struct Act<Path: Described> {
    let path: String
    let summary: String
    let tag: String
    let duty: Duty
    /// What is said when it is done.
    let done: Phrase
    let back: @Sendable (Path) -> String
    var refusals: [RefusalReason] = [.missing, .conflict, .invalid]

    init(
        _ path: String, _ summary: String, tag: String, _ duty: Duty, done: Phrase,
        back: @escaping @Sendable (Path) -> String
    ) {
        self.path = path
        self.summary = summary
        self.tag = tag
        self.duty = duty
        self.done = done
        self.back = back
    }
}

/// Why something dangerous is done.
struct Reason: Described {
    let reason: String
    static let rules: [String: [Rule]] = ["reason": [.length(3...500)]]
}

/// Why something is done, when there is more to say.
struct OptionalReason: Described {
    let reason: String?
    static let rules: [String: [Rule]] = ["reason": [.length(0...500)]]

    /// Nil for a field that was left empty.
    var given: String? { reason.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 } }
}

extension WebRequest {
    /// The page of ours that a form was sent from; the first page when the browser does not say.
    var whereItStood: String {
        guard let referer = headers[.referer], let authority = head.authority,
            let host = referer.range(of: "//" + authority + "/")
        else { return "/" }
        return "/" + referer[host.upperBound...].prefix { $0 != "#" }
    }
}
