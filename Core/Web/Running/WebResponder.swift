import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import Vocabulary

/// What Hummingbird knows of a request's connection.
public struct Connection: InitializableFromSource, Sendable {
    let address: String?

    public init(source: ApplicationRequestContextSource) {
        address = source.channel.remoteAddress?.ipAddress
    }

    init(address: String?) { self.address = address }
}

/// From a request to its answer: find the route, keep limits, answer, note it.
public struct WebResponder: HTTPResponder {
    let app: WebApp
    private var site: Site { app.site }

    init(app: WebApp) { self.app = app }

    public func respond(to request: Request, context: Connection) async throws -> Response {
        await answer(request, from: context.address)
    }

    /// - Parameter direct: the address at the other end of the connection.
    func answer(_ request: Request, from direct: String?) async -> Response {
        let start = ContinuousClock.now
        let id = Self.requestID(request)
        let (path, query) = Self.split(request.head.path ?? "/")
        let trace = WebRequest.Trace()
        let items: [(name: String, value: String)]?
        do { items = try query.map { try PercentEncoding.items($0.utf8) } ?? [] } catch {
            items = nil
        }
        let web = WebRequest(
            site: site, head: request.head, path: path, query: items ?? [], id: id,
            address: clientAddress(request, direct ?? "local"), bodyStream: request.body,
            trace: trace)
        let words = web.isJSONAPI ? Words.english : site.words(web.language)
        var response = await Words.$current.withValue(words) {
            await answer(web, isReadable: items != nil)
        }
        if request.method == .head {
            let length = response.headers[.contentLength]
            response = response.createHeadResponse()
            response.headers[.contentLength] = length
        }
        if trace.notes.withLock({ $0.holdsLargeBody }) { site.largeBodies.giveBack() }
        finish(&response, web)
        let elapsed = ContinuousClock.now - start
        note(web, response.status.code, elapsed)
        return response
    }

    private func answer(_ request: WebRequest, isReadable: Bool) async -> Response {
        var request = request
        do {
            guard isReadable else {
                throw InvalidInput.malformed("the query is not percent-encoded UTF-8")
            }
            return try await Compression.apply(to: route(&request), for: request.headers)
        } catch { return await answer(to: error, request) }
    }

    private func route(_ request: inout WebRequest) async throws -> Response {
        switch app.table.match(request.method, request.path) {
        case .nothing: throw WebRefusal.notFound
        case .otherMethods(let methods): throw WebRefusal.methodNotAllowed(methods)
        case .found(let route, let parameters):
            request.parameters = parameters
            request.trace.notes.withLock { $0.route = route.pattern }
            // Of webhooks only the bad ones are counted, when that is known.
            if route.limit != .webhook, !Self.isLoopback(request.address) {
                try await site.limiter.take(route.limit, request.address)
            }
            if route.guardsOrigin { try request.requireOwnOrigin() }
            do { return try await request.answer(by: route) } catch FormTurn.kept(let page) {
                return try await site.respond(page, request, Visitor(of: request))
            } catch FormTurn.shown(let form) {
                return try await show(form, request)
            }
        }
    }

    /// Shows a form that waited as its own route does.
    private func show(_ form: KeptForm, _ request: WebRequest) async throws -> Response {
        guard case .found(let route, let parameters) = app.table.match(.post, form.path),
            route.form != nil
        else { throw WebRefusal.notFound }
        return try await route.respond(request.showing(form, parameters))
    }

    private func answer(to error: any Error, _ request: WebRequest) async -> Response {
        let problem = Problem(error)
        if problem.isFault || problem.status.code >= 500 {
            request.logger.error(
                "request failed",
                metadata: ["error": "\(error)", "path": .string(request.loggedPath)])
        }
        guard request.wantsPage else { return site.answer(to: problem, request) }
        if problem.code == WebRefusal.signInNeeded.code, request.method == .get {
            let target = PercentEncoding.encode(request.head.path ?? "/")
            return Response(status: .seeOther, headers: [.location: "/sign-in?then=\(target)"])
        }
        return await site.page(for: problem, request)
    }

    private func finish(_ response: inout Response, _ request: WebRequest) {
        response.headers[.requestID] = request.id
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.frameOptions] = "DENY"
        if response.headers[.referrerPolicy] == nil {
            response.headers[.referrerPolicy] = "same-origin"
        }
        let isPage = response.headers[.contentType]?.hasPrefix("text/html") == true
        response.headers[.contentSecurityPolicy] =
            isPage ? Self.contentSecurityPolicy : "frame-ancestors 'none'"
        if isPage { response.headers[.openerPolicy] = "same-origin" }
        if site.settings.secureCookies {
            response.headers[.strictTransportSecurity] = "max-age=31536000"
        }
        for cookie in request.trace.notes.withLock({ $0.cookies }) {
            response.headers.append(HTTPField(name: .setCookie, value: cookie))
        }
    }

    /// Nothing but our own files; forms go to us, or to the bank's page of a payment.
    private static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        + "img-src 'self' data:; font-src 'self'; "
        + "form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'"

    private func note(_ request: WebRequest, _ status: Int, _ elapsed: Duration) {
        let notes = request.trace.notes.withLock { $0 }
        site.times.note(request.method, notes.route, status: status, elapsed)
        guard site.settings.logsRequests, site.logger.logLevel <= .info else { return }
        request.logger.info(
            "request",
            metadata: [
                "method": .string(request.method.rawValue), "path": .string(request.loggedPath),
                "status": .stringConvertible(status), "account": .string(notes.account ?? "-"),
                "milliseconds": .string("\(elapsed / .milliseconds(1))"),
            ])
    }

    private func clientAddress(_ request: Request, _ direct: String) -> String {
        guard site.settings.proxies > 0, let header = request.headers[.forwardedFor] else {
            return direct
        }
        let hops = header.split(separator: ",").map { $0.filter { $0 != " " } }
        let index = hops.count - site.settings.proxies
        return index >= 0 ? String(hops[index].prefix(60)) : direct
    }

    /// The machine itself is not limited by address: the walk, the bench, or a proxy that nobody
    /// told us about, which would have everybody share one allowance. Passwords are limited by
    /// account wherever they come from.
    static func isLoopback(_ address: String) -> Bool {
        address == "::1" || address.hasPrefix("127.")
    }

    private static func requestID(_ request: Request) -> String {
        if let sent = request.headers[.requestID], (8...64).contains(sent.utf8.count),
            sent.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) || $0 == 45 })
        {
            return sent
        }
        var random = SystemRandomNumberGenerator()
        let hex = String(random.next(), radix: 16)
        return String(repeating: "0", count: 16 - hex.utf8.count) + hex
    }

    private static func split(_ target: String) -> (path: String, query: Substring?) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target, nil) }
        return (String(target[..<mark]), target[target.utf8.index(after: mark)...])
    }
}

extension HTTPField.Name {
    static let frameOptions = Self("X-Frame-Options") ?? .contentSecurityPolicy
    static let referrerPolicy = Self("Referrer-Policy") ?? .contentSecurityPolicy
    static let openerPolicy = Self("Cross-Origin-Opener-Policy") ?? .contentSecurityPolicy
}

extension WebRequest {
    /// - Throws: ``WebRefusal/notAcceptable`` when the client takes neither what is sent nor
    ///   everything.
    func requireJSONAcceptable(_ operation: Operation) throws(WebRefusal) {
        guard let accept = headers[.accept], case .json? = operation.answer else { return }
        let takes = accept.split(separator: ",").contains { range in
            let type = range.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
            return ["*/*", "application/*", "application/json", "application/problem+json"]
                .contains(type)
        }
        guard takes else { throw .notAcceptable }
    }
}
