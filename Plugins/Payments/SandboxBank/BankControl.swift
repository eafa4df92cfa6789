import Hummingbird
import NIOCore

/// The remote control for tests and the demo, under `/control`. Each takes `?account=` with a
/// merchant's name, or acts on all.
struct BankControl: Sendable {
    typealias Context = BasicRequestContext

    let book: BankBook
    let courier: WebhookCourier
    let settings: SandboxBank.Settings

    func add(to router: Router<Context>) {
        router.group("control").post("faults", use: plan).get("faults", use: happened)
            .post("release", use: release).post("redeliver", use: redeliver)
            .post("refunds/:id/return", use: returnRefund)
            .post("balance-entries/:number/loss", use: lose)
            .post("balance-entries/:number/error", use: mistake)
            .post("balance-entries/:number/repetition", use: twice)
    }

    /// What goes wrong from now on; `{}` ends it.
    @Sendable private func plan(_ request: Request, _ context: Context) async throws -> Response {
        let body = try await request.body.collect(upTo: BankRoutes.bodyBytesMax)
        do throws(BankRefusal) {
            let plan = try Wire.decode(BankFaultPlan.self, String(buffer: body))
            try plan.check()
            book.faults.follow(plan)
            return done([:])
        } catch {
            return Response(
                status: .init(code: error.status), headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: BankBook.refused(error).body)))
        }
    }

    /// What has gone wrong since, and how many webhooks still wait.
    @Sendable private func happened(_ request: Request, _ context: Context) async -> Response {
        var counts = book.faults.happened
        counts["waiting"] = await book.waiting().undelivered.count
        return done(counts)
    }

    /// A refund that had succeeded comes back from the customer's bank.
    @Sendable private func returnRefund(
        _ request: Request, _ context: Context
    ) async throws -> Response {
        let id = try context.parameters.require("id")
        guard let refund = await book.returnRefund(id) else { return Response(status: .notFound) }
        return done(["returned": Int(refund.version)])
    }

    /// A line of the bank's books is mislaid.
    @Sendable private func lose(_ request: Request, _ context: Context) async throws -> Response {
        try await spoil(context, .lost)
    }

    /// A line is off by `?units=` minor units, or by one.
    @Sendable private func mistake(
        _ request: Request, _ context: Context
    ) async throws -> Response {
        let units = request.uri.queryParameters["units"].flatMap { Int64($0) } ?? 1
        return try await spoil(context, .off(units))
    }

    /// A line is booked a second time.
    @Sendable private func twice(_ request: Request, _ context: Context) async throws -> Response {
        try await spoil(context, .twice)
    }

    private func spoil(_ context: Context, _ mistake: BookMistake) async throws -> Response {
        let number = try context.parameters.require("number", as: Int.self)
        guard await book.spoil(number, mistake) != nil else { return Response(status: .notFound) }
        return done(["changed": number])
    }

    /// Delayed results happen now, and webhooks that wait are sent now.
    @Sendable private func release(_ request: Request, _ context: Context) async -> Response {
        let count = await book.release(account: account(of: request))
        let due = await book.takeDue(at: .systemNow)
        await withDiscardingTaskGroup { group in
            for event in due { group.addTask { await courier.deliver(event) } }
        }
        return done(["released": count])
    }

    /// Every webhook is sent once more, in reverse with `?order=reverse`, one after the other.
    @Sendable private func redeliver(_ request: Request, _ context: Context) async -> Response {
        let isReversed = request.uri.queryParameters["order"] == "reverse"
        let events = await book.history(account: account(of: request), reversed: isReversed)
        for event in events { await courier.deliver(event) }
        return done(["redelivered": events.count])
    }

    private func account(of request: Request) -> String? {
        request.uri.queryParameters["account"].flatMap { name in
            settings.accounts.first { $0.name == name }?.key
        }
    }

    private func done(_ counts: [String: Int]) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: Wire.encode(counts))))
    }
}
