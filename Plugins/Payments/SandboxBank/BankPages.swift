import Hummingbird
import NIOCore
import Vocabulary

/// What a person sees of the bank: the list of cards, and the page where a payment is confirmed.
struct BankPages: Sendable {
    typealias Context = BasicRequestContext

    let book: BankBook

    func add(to router: Router<Context>) {
        router.get("/", use: index)
        router.get("pay/:id", use: show)
        router.post("pay/:id/approve", use: approve)
        router.post("pay/:id/decline", use: decline)
    }

    @Sendable private func index(_ request: Request, _ context: Context) async -> Response {
        let rows = CardToken.allCases.map {
            "<tr><td><code>\($0.rawValue)</code></td><td>\(Self.escape($0.effect))</td></tr>"
        }
        return Self.page(
            "Sandbox bank",
            "<p>This bank moves no money. Its cards:</p><table>"
                + rows.joined() + "</table>")
    }

    @Sendable private func show(_ request: Request, _ context: Context) async throws -> Response {
        let id = try context.parameters.require("id")
        guard let payment = await book.payments[id] else { return Self.missing }
        guard payment.status == .requiresAction else {
            return Self.page(
                "Decided",
                "<p>This payment is decided already.</p><p><a href=\""
                    + Self.escape(payment.returnURL) + "\">Back to the shop</a></p>")
        }
        func form(_ action: String, _ label: String) -> String {
            "<form method=\"post\" action=\"/pay/\(Self.escape(id))/\(action)\">"
                + "<button>\(label)</button></form>"
        }
        return Self.page(
            "Is it you?",
            "<p>A shop asks for <strong>\(Self.escape(payment.amount.description))</strong>.</p>"
                + form("approve", "Yes, pay") + form("decline", "No, decline"))
    }

    @Sendable private func approve(_ request: Request, _ context: Context) async throws -> Response
    {
        try await decide(context, approve: true)
    }

    @Sendable private func decline(_ request: Request, _ context: Context) async throws -> Response
    {
        try await decide(context, approve: false)
    }

    private func decide(_ context: Context, approve: Bool) async throws -> Response {
        let id = try context.parameters.require("id")
        guard let payment = await book.decide(id, approve: approve) else { return Self.missing }
        return Response(status: .seeOther, headers: [.location: payment.returnURL])
    }

    private static var missing: Response {
        var response = page("Not here", "<p>There is no such payment.</p>")
        response.status = .notFound
        return response
    }

    private static func page(_ title: String, _ body: String) -> Response {
        let html = """
            <!doctype html><html lang="en"><meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>\(title)</title>
            <style>body{font:1rem/1.5 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}
            button{font:inherit;padding:.6rem 1.2rem;margin:.3rem 0}td{padding:.2rem .8rem}</style>
            <h1>\(title)</h1>\(body)<p><small>Sandbox bank: no money moves here.</small></p></html>
            """
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing("\"", with: "&quot;")
    }
}
