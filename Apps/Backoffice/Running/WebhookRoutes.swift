import Kernel
import Vocabulary
import Web

/// What providers sent and the market could not work with: why, how often, and taking it up again.
struct WebhookRoutes {
    struct WebhookPath: Described {
        let instance: ID<ProviderInstance>
        let event: String
        static let rules: [String: [Rule]] = ["event": [.length(1...200), .pattern(.plain)]]
    }

    struct WebhooksQuery: Described {
        let instance: ID<ProviderInstance>?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = ListQuery.rules

        func page() throws -> PageRequest { try ListQuery(after: after, limit: limit).page() }
    }

    struct WebhookAnswer: Codable, Sendable {
        enum State: String, Codable, Sendable, CaseIterable { case refused, waiting, dead }

        let instanceId: ID<ProviderInstance>
        let provider: String
        let event: String
        let kind: String
        /// Refused ones cannot be believed; waiting ones are tried again; of dead ones every try
        /// failed.
        let state: State
        let receivedAt: Instant
        let failedAt: Instant
        let tries: Int
        let error: String

        init(_ webhook: FailedWebhook) {
            instanceId = webhook.instance
            provider = webhook.provider
            event = webhook.event
            kind = webhook.kind
            state =
                switch webhook.state {
                case .refused: .refused
                case .waiting: .waiting
                case .dead: .dead
                }
            receivedAt = webhook.receivedAt
            failedAt = webhook.failedAt
            tries = webhook.tries
            error = webhook.error
        }
    }

    /// It is found nowhere else any more.
    struct SetAsideAnswer: Codable, Sendable {
        let instanceId: ID<ProviderInstance>
        let event: String
    }

    struct BodyAnswer: Codable, Sendable {
        /// Without its secrets; of long ones the beginning.
        let text: String
        let bytes: Int
    }

    let desk: Desk

    func mount() {
        desk.page("/webhooks", .readJobs, query: WebhooksQuery.self) { call, _ in
            try await Self.list(call.marketplace, call.query)
        }
        desk.page("/webhooks/{instance}/{event}", .readJobs, path: WebhookPath.self) { call, _ in
            Self.page(
                try await call.marketplace.failedWebhook(
                    call.path.event, from: call.path.instance))
        }
        desk.page("/webhooks/{instance}/{event}/body", .readJobs, path: WebhookPath.self) {
            call, _ in
            try await Self.bodyPage(call.marketplace, call.path)
        }
        desk.read(
            "/webhooks", "Deliveries whose work failed, the last failure first", tag: "Webhooks",
            .readJobs, query: WebhooksQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.failedWebhooks(
                    of: call.query.instance, call.query.page())
            ) { WebhookAnswer($0) }
        }
        desk.read(
            "/webhooks/{instance}/{event}", "One of them", tag: "Webhooks", .readJobs,
            path: WebhookPath.self
        ) { call, _ in
            WebhookAnswer(
                try await call.marketplace.failedWebhook(
                    call.path.event, from: call.path.instance))
        }
        desk.read(
            "/webhooks/{instance}/{event}/body", "What was sent, without secrets",
            tag: "Webhooks", .readJobs, path: WebhookPath.self
        ) { call, _ in
            let body = try await call.marketplace.failedWebhookBody(
                call.path.event, from: call.path.instance)
            return BodyAnswer(text: WebhookText.shown(body), bytes: body.count)
        }
        desk.act(
            Act<WebhookPath>(
                "/webhooks/{instance}/{event}/retries", "Take a delivery up again",
                tag: "Webhooks", .redriveJobs, done: "The delivery is taken up again.",
                back: { Links.webhook($0.event, from: $0.instance) }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.takeUpWebhook(
                path.event, from: path.instance, reason: input.reason, by: admin.account.id)
            return WebhookAnswer(
                try await marketplace.failedWebhook(path.event, from: path.instance))
        }
        desk.act(
            Act<WebhookPath>(
                "/webhooks/{instance}/{event}/dismissals", "Set a delivery aside for good",
                tag: "Webhooks", .redriveJobs, done: "The delivery is set aside.",
                back: { _ in "/webhooks" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.setAsideWebhook(
                path.event, from: path.instance, reason: input.reason, by: admin.account.id)
            return SetAsideAnswer(instanceId: path.instance, event: path.event)
        }
    }

    private static func list(
        _ marketplace: Marketplace, _ query: WebhooksQuery
    ) async throws -> DeskPage {
        let found = try await marketplace.failedWebhooks(of: query.instance, query.page())
        let providers = try await marketplace.providerInstances(.payment)
        let rows = found.items.map { webhook in
            [
                Cell(data: webhook.provider, to: Links.provider(webhook.instance)),
                Cell(
                    data: webhook.kind, to: Links.webhook(webhook.event, from: webhook.instance)),
                .time(webhook.failedAt), .number(webhook.tries), webhook.state.cell,
                Cell(data: String(webhook.error.prefix(160))),
            ]
        }
        let kept = query.instance.map { [("instance", $0.description)] } ?? []
        var choices: [(key: String, text: Phrase)] = [(key: "", text: "All providers")]
        for provider in providers {
            choices.append((key: provider.id.description, text: .data(provider.name)))
        }
        return DeskPage(
            "Webhooks",
            lead: """
                What providers sent and the market could not work with. What nobody signed is not \
                kept.
                """,
            [
                Block(
                    forms: [
                        .search(
                            "Show", at: "/webhooks",
                            [
                                .choice(
                                    "instance", "Provider", choices,
                                    chosen: query.instance?.description ?? "")
                            ])
                    ]),
                Block(
                    table: Table(
                        ["Provider", "What", "Failed", "Tries#", "State", "Why"], rows),
                    nothing: "Everything that providers sent was worked with.",
                    more: found.next.map {
                        Links.with("/webhooks", kept + [("after", Cursor.seal($0))])
                    }),
            ])
    }

    private static func page(_ webhook: FailedWebhook) -> DeskPage {
        let path = Links.webhook(webhook.event, from: webhook.instance)
        return DeskPage(
            "A delivery whose work failed",
            [
                Block(
                    facts: [
                        Fact(
                            "Provider", data: webhook.provider,
                            to: Links.provider(webhook.instance)),
                        Fact("What", data: webhook.kind),
                        Fact("Number at the provider", data: webhook.event),
                        Fact("State", webhook.state.cell),
                        Fact("Received", .time(webhook.receivedAt)),
                        Fact("Failed", .time(webhook.failedAt)),
                        Fact("Tries", data: String(webhook.tries)),
                        Fact("What was sent", "Show it without its secrets", to: path + "/body"),
                    ]),
                Block("Why").quoting(webhook.error),
                Block(
                    forms: [
                        .dangerous(
                            "Take it up again", to: path + "/retries",
                            hint: """
                                It is applied to what it is about as if it had just come: a \
                                payment, refund or payout may move. What was applied already \
                                does not move twice.
                                """)
                    ] + (webhook.state == .waiting ? [] : [setAside(path)])),
            ])
    }

    private static func setAside(_ path: String) -> DeskForm {
        .dangerous(
            "Set it aside", to: path + "/dismissals",
            hint: """
                What it tells is never applied, also when it is sent again, and it keeps the \
                provider from nothing. Look first at the payment, refund or payout that it is \
                about.
                """)
    }

    private static func bodyPage(
        _ marketplace: Marketplace, _ path: WebhookPath
    ) async throws -> DeskPage {
        let body = try await marketplace.failedWebhookBody(path.event, from: path.instance)
        return DeskPage(
            "What was sent",
            lead: "Secrets and whole numbers of cards are hidden. It may tell of a customer.",
            [
                Block(
                    facts: [
                        Fact(
                            "Delivery", data: path.event,
                            to: Links.webhook(path.event, from: path.instance)),
                        Fact("Bytes", data: String(body.count)),
                    ]),
                Block().showing(code: WebhookText.shown(body)),
            ])
    }
}

extension FailedWebhook.State {
    fileprivate var cell: Cell {
        switch self {
        case .refused: Cell("not believed", .bad)
        case .waiting: Cell("tries again", .waiting)
        case .dead: Cell("given up", .bad)
        }
    }
}
