import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Postgres
import Synchronization
import TestSupport
import Vocabulary

@testable import Web

/// A small app with one route of each kind.
struct TestSite {
    struct Thing: Described {
        enum Colour: String, Codable, CaseIterable { case red, blue }
        struct Part: Described {
            let name: String
            let count: Int?
            static let rules: [String: [Rule]] = ["count": [.range(1...5)]]
        }
        let title: String
        let price: Money
        let colour: Colour?
        let parts: [Part]
        let tags: [String]?
        static let rules: [String: [Rule]] = [
            "title": [.length(1...20)], "parts": [.count(0...3)],
            "tags": [.each([.length(1...10)])],
        ]
    }
    struct ThingPath: Described { let thing: ID<Thing> }
    struct ThingQuery: Described {
        let limit: Int?
        let deep: Bool?
        static let rules: [String: [Rule]] = ["limit": [.range(1...10)]]
    }
    struct Note: Described {
        let text: String
        static let rules: [String: [Rule]] = ["text": [.length(1...20)]]
    }

    let app: WebApp
    let counter = Counter()

    final class Counter: Sendable {
        private let value = Mutex(0)
        func next() -> Int {
            value.withLock {
                $0 += 1
                return $0
            }
        }
        var count: Int { value.withLock { $0 } }
    }

    init(_ market: TestMarketplace, redis: Bool = true, settings: WebSettings? = nil) throws {
        let counter = counter
        let site = try Site(
            .customer, title: "Test", marketplace: market.marketplace,
            redis: redis ? TestWeb.redis : TestWeb.noRedis,
            settings: settings ?? TestWeb.settings, templates: Bundle.main,
            logger: TestServers.logger
        ) { _, account in Chrome(signedInAs: account?.name) }
        app = site.app { routes in
            AccountPages().mount(on: routes)
            AccountAPI().mount(on: routes.api)
            let api = routes.api
            api.post("/things", "Make a thing", tag: "Things").body(Thing.self, upTo: 2000)
                .succeeds(with: .created)
                .handle(as: Visitor.self) { call, _ in call.body }
            api.get("/things/{thing}", "A thing", tag: "Things").path(ThingPath.self)
                .query(ThingQuery.self)
                .handle(as: Visitor.self) { call, _ in Note(text: "\(call.query.limit ?? 0)") }
            api.get("/broken", "Always broken", tag: "Things")
                .handle(as: Visitor.self) { _, _ -> Note in throw Secret() }
            api.get("/busy", "Always busy", tag: "Things")
                .handle(as: Visitor.self) { _, _ -> Note in
                    throw PostgresError(.poolExhausted, "secret")
                }
            api.post("/counts", "Count", tag: "Things").body(Note.self).onlyOnce()
                .refuses(.conflict).succeeds(with: .created)
                .handle(as: Visitor.self) { call, _ in
                    if call.body.text == "slow" { try await Task.sleep(for: .milliseconds(300)) }
                    return Note(text: "\(call.body.text) \(counter.next())")
                }
            api.post("/accidents", "Change something, and break", tag: "Things").body(Note.self)
                .onlyOnce().refuses(.conflict).succeeds(with: .created)
                .handle(as: Visitor.self) { call, _ -> Note in
                    if call.body.text == "early" { throw Secret() }
                    try await market.database.execute("insert into effect values (1)")
                    if call.body.text == "late" { throw Secret() }
                    throw WebRefusal.keyInUse
                }
            api.get("/desk", "For a member", tag: "Things")
                .handle(as: Member.self, needing: [.readMoney]) { _, member in
                    Note(text: "\(member.membership.role)")
                }
            api.get("/office", "For an administrator", tag: "Things")
                .handle(as: Administrator.self, needing: [.finance]) { _, _ in Nothing() }
            routes.post("/slow").form(Note.self).onlyOnce().show(as: Visitor.self) { call, _ in
                try await Task.sleep(for: .milliseconds(300))
                let text = "\(call.form.text) \(counter.next())"
                return .page("problem", Self.page(text), title: "Slow")
            }
            routes.get("/hello").show(as: Visitor.self) { _, _ in
                .page("problem", Self.page("Hello"), title: "Hello")
            }
            routes.get("/mine").show(as: SignedIn.self) { _, person in
                .page("problem", Self.page(person.account.name), title: "Mine")
            }
        }
    }

    private static func page(_ text: String) -> ProblemPage {
        ProblemPage(headline: text, explanation: text, requestID: "", isFault: false)
    }

    struct Secret: Error, CustomStringConvertible { let description = "password=hunter2" }

    static let good: JSONValue = [
        "title": "Cup", "price": ["amount": 4250, "currency": "EUR"], "parts": [],
    ]

    /// `good` with one field replaced, or taken out.
    static func with(_ field: String, _ value: JSONValue?) -> JSONValue {
        guard case .object(var members) = good else { return good }
        members[field] = value
        return .object(members)
    }
}
