import Hummingbird
import NIOCore
import ProviderKit
import ServiceLifecycle
import Vocabulary

/// The bank's API for merchants under `/v1`.
struct BankRoutes: Sendable {
    typealias Context = BasicRequestContext

    /// A question is a few hundred bytes.
    static let bodyBytesMax = 65_536

    let book: BankBook
    let settings: SandboxBank.Settings

    func add(to router: Router<Context>) {
        router.group("v1")
            .get("account", use: account)
            .post("payments", use: startPayment)
            .get("payments", use: findPayment)
            .get("payments/:id", use: showPayment)
            .post("payments/:id/capture", use: capture)
            .post("payments/:id/void", use: void)
            .post("payments/:id/refunds", use: refund)
            .get("refunds", use: findRefund)
            .get("refunds/:id", use: showRefund)
            .post("payouts", use: pay)
            .get("payouts", use: findPayout)
            .get("payouts/:id", use: showPayout)
            .get("balance-entries", use: entries)
    }

    @Sendable private func account(_ request: Request, _ context: Context) async -> Response {
        await answer(request) { account in
            .init(status: 200, body: Wire.encode(["name": account.name, "mode": "sandbox"]))
        }
    }

    @Sendable private func startPayment(
        _ request: Request, _ context: Context
    ) async throws -> Response {
        try await act(request) { (body) throws(BankRefusal) in
            .start(try Wire.decode(PaymentQuestion.self, body))
        }
    }

    @Sendable private func capture(_ request: Request, _ context: Context) async throws -> Response
    {
        let id = try context.parameters.require("id")
        return try await act(request) { (body) throws(BankRefusal) in
            .capture(id, try Wire.decode(CaptureQuestion.self, body))
        }
    }

    @Sendable private func void(_ request: Request, _ context: Context) async throws -> Response {
        let id = try context.parameters.require("id")
        return try await act(request) { (_) throws(BankRefusal) in .void(id) }
    }

    @Sendable private func refund(_ request: Request, _ context: Context) async throws -> Response {
        let id = try context.parameters.require("id")
        return try await act(request) { (body) throws(BankRefusal) in
            .refund(id, try Wire.decode(RefundQuestion.self, body))
        }
    }

    @Sendable private func pay(_ request: Request, _ context: Context) async throws -> Response {
        try await act(request) { (body) throws(BankRefusal) in
            .pay(try Wire.decode(PayoutQuestion.self, body))
        }
    }

    @Sendable private func findPayment(_ request: Request, _ context: Context) async -> Response {
        await find(request) { (id, account) async throws(BankRefusal) in
            await book.answer(try await book.payment(id, account), status: 200)
        }
    }

    @Sendable private func showPayment(
        _ request: Request, _ context: Context
    ) async throws -> Response {
        let id = try context.parameters.require("id")
        return await answer(request) { (account) async throws(BankRefusal) in
            await book.answer(try await book.payment(id, account.key), status: 200)
        }
    }

    @Sendable private func findRefund(_ request: Request, _ context: Context) async -> Response {
        await find(request) { (id, account) async throws(BankRefusal) in
            let refund = try await book.refund(id, account)
            return .init(status: 200, body: Wire.encode(RefundBody(refund)))
        }
    }

    @Sendable private func showRefund(
        _ request: Request, _ context: Context
    ) async throws -> Response {
        let id = try context.parameters.require("id")
        return await answer(request) { (account) async throws(BankRefusal) in
            let refund = try await book.refund(id, account.key)
            return .init(status: 200, body: Wire.encode(RefundBody(refund)))
        }
    }

    @Sendable private func findPayout(_ request: Request, _ context: Context) async -> Response {
        await find(request) { (id, account) async throws(BankRefusal) in
            await book.answer(try await book.payout(id, account), status: 200)
        }
    }

    @Sendable private func showPayout(
        _ request: Request, _ context: Context
    ) async throws -> Response {
        let id = try context.parameters.require("id")
        return await answer(request) { (account) async throws(BankRefusal) in
            await book.answer(try await book.payout(id, account.key), status: 200)
        }
    }

    @Sendable private func entries(_ request: Request, _ context: Context) async -> Response {
        await answer(request) { (account) async throws(BankRefusal) in
            let after = request.uri.queryParameters["after"].flatMap { Int($0) } ?? 0
            let page = await book.entries(
                account.key, after: after, from: Self.instant("from", request),
                until: Self.instant("until", request))
            return .init(status: 200, body: Wire.encode(page))
        }
    }

    private static func instant(_ name: String, _ request: Request) -> Instant? {
        request.uri.queryParameters[Substring(name)].flatMap { Instant($0) }
    }

    /// Something that changes the bank: needs a key, and may be left without an answer.
    private func act(
        _ request: Request, _ operation: (String) throws(BankRefusal) -> BankOperation
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.bodyBytesMax)
        let text = String(buffer: body)
        return await answer(request) { (account) async throws(BankRefusal) in
            let field = request.headers.first { $0.name.canonicalName == "idempotency-key" }
            let key = field?.value ?? ""
            guard (1...200).contains(key.utf8.count) else {
                throw BankRefusal(400, "key_missing", "Every change needs an Idempotency-Key.")
            }
            return await book.perform(try operation(text), account: account.key, key: key)
        }
    }

    /// What a key made: `?idempotencyKey=…`.
    private func find(
        _ request: Request,
        _ show: (String, String) async throws(BankRefusal) -> BankBook.Answer
    ) async -> Response {
        await answer(request) { (account) async throws(BankRefusal) in
            let key = request.uri.queryParameters["idempotencyKey"].map(String.init) ?? ""
            guard let id = await book.object(account.key, key: key) else {
                throw BankRefusal(404, "not_found", "That key made nothing.")
            }
            return try await show(id, account.key)
        }
    }

    private func answer(
        _ request: Request,
        _ work: (SandboxBank.Account) async throws(BankRefusal) -> BankBook.Answer
    ) async -> Response {
        let fault = book.faults.next(request.method.rawValue, request.uri.path)
        var answer: BankBook.Answer
        do throws(BankRefusal) {
            let merchant = try merchant(of: request)
            answer =
                if let fault, !fault.acts { fault.answer } else { try await work(merchant) }
        } catch {
            answer = BankBook.refused(error)
        }
        if let fault, fault.acts { answer = fault.answer }
        if answer.isWithheld {
            // The merchant waits in vain; when it gives up, so do we.
            await cancelWhenGracefulShutdown {
                do {
                    try await Task.sleep(for: settings.silence)
                } catch {
                    // The bank closes: silence ends.
                }
            }
            answer = BankBook.refused(BankRefusal(504, "silence", "Nobody knows."))
        }
        var headers: HTTPFields = [.contentType: "application/json"]
        if let seconds = answer.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: answer.body)))
    }

    private func merchant(of request: Request) throws(BankRefusal) -> SandboxBank.Account {
        let given = request.headers[.authorization] ?? ""
        let account = settings.accounts.first {
            constantTimeEqual(Array("Bearer \($0.key)".utf8), Array(given.utf8))
        }
        guard let account else {
            throw BankRefusal(401, "unauthorized", "There is no merchant with that key.")
        }
        return account
    }
}
