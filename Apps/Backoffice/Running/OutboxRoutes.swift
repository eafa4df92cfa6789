import Kernel
import Vocabulary
import Web

/// The outbox: what happened, whether whoever is to know was told, and what hangs.
struct OutboxRoutes {
    struct OutboxQuery: Described {
        /// `waiting` shows what a reader has not passed yet, the next one first.
        let state: State?
        let after: String?
        let limit: Int?

        enum State: String, Codable, CaseIterable, Sendable { case waiting }

        static let rules: [String: [Rule]] = [
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        func page() throws -> PageRequest {
            try ListQuery(after: after, limit: limit).page(limit: 50)
        }
    }

    struct EventAnswer: Codable, Sendable {
        let id: Int64
        /// Such as `order.shipped`.
        let topic: String
        /// What it happened to, such as `order`.
        let objectKind: String
        let objectId: String
        let at: Instant
        /// Whether every reader has passed it.
        let isRead: Bool

        init(_ event: OutboxEntry) {
            id = event.id
            topic = event.topic
            objectKind = event.aggregateKind
            objectId = event.aggregateID
            at = event.at
            isRead = event.isRead
        }
    }

    struct ReaderAnswer: Codable, Sendable {
        let name: String
        /// Of when the last event is that it read.
        let readUntil: Instant?
        /// Counting stops at 1000.
        let waiting: Int
        let waitingSince: Instant?

        init(_ reader: OutboxReader) {
            name = reader.name
            readUntil = reader.readUntil
            waiting = reader.waiting
            waitingSince = reader.waitingSince
        }
    }

    struct ReadersAnswer: Codable, Sendable { let items: [ReaderAnswer] }

    let desk: Desk

    func mount() {
        desk.page("/outbox", .readJobs, query: OutboxQuery.self) { call, admin in
            Self.page(
                try await call.marketplace.outboxReaders(),
                try await Self.events(call.marketplace, call.query), call.query, admin)
        }
        desk.read(
            "/outbox", "Events, newest first; waiting ones in the order of reading",
            tag: "Outbox", .readJobs, query: OutboxQuery.self
        ) { call, _ in
            Listed(try await Self.events(call.marketplace, call.query)) { EventAnswer($0) }
        }
        desk.read("/outbox/readers", "How far each reader is", tag: "Outbox", .readJobs) {
            call, _ in
            ReadersAnswer(
                items: try await call.marketplace.outboxReaders().map { ReaderAnswer($0) })
        }
    }

    private static func events(
        _ marketplace: Marketplace, _ query: OutboxQuery
    ) async throws -> Kernel.Page<OutboxEntry> {
        let page = try query.page()
        return query.state == .waiting
            ? try await marketplace.waitingOutboxEvents(page)
            : try await marketplace.outboxEvents(page)
    }

    private static func page(
        _ readers: [OutboxReader], _ events: Kernel.Page<OutboxEntry>, _ query: OutboxQuery,
        _ admin: Administrator
    ) -> DeskPage {
        let seesTrail = Duty.readTrail.isAllowed(to: admin.roles)
        let rows = events.items.map { event in
            [
                Cell.number(Int(event.id)), Cell.event(event.topic),
                Cell(
                    data: event.aggregateKind.inWords,
                    to: seesTrail ? Links.trail(event.aggregateKind, event.aggregateID) : nil),
                Cell.time(event.at),
                event.isRead ? Cell("told", .good) : Cell("waits", .waiting),
            ]
        }
        let far = readers.map { reader in
            [
                Cell(data: reader.name.inWords), .time(reader.readUntil),
                reader.waiting == OutboxReader.waitingMax
                    ? Cell("\(OutboxReader.waitingMax) or more", .bad, isNumber: true)
                    : .number(reader.waiting),
                .time(reader.waitingSince),
            ]
        }
        let isWaiting = query.state == .waiting
        let kept = isWaiting ? [("state", "waiting")] : []
        return DeskPage(
            "Outbox", lead: "What happened, and whether whoever is to know was told.",
            tabs: [
                DeskPage.Tab(label: "all", href: "/outbox", isHere: !isWaiting),
                DeskPage.Tab(
                    label: "what waits", href: "/outbox?state=waiting", isHere: isWaiting),
            ],
            [
                Block(
                    "Readers", table: Table(["Reader", "Read until", "Waits#", "Since"], far)),
                Block(
                    "Events",
                    table: Table(["Number#", "What", "About|event", "When", "State"], rows),
                    nothing: "Nothing waits: everything was told.",
                    more: events.next.map {
                        Links.with("/outbox", kept + [("after", Cursor.seal($0))])
                    }),
            ])
    }
}
