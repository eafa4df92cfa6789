import HTTPTypes
import Hummingbird
import Kernel
import Vocabulary

/// What a page handler answers with.
public struct PageAnswer: Sendable {
    enum Kind: Sendable {
        case page(template: String, model: any Sendable, title: String)
        case seeOther(String)
        case response(Response)
    }
    var kind: Kind
    var status = HTTPResponse.Status.ok
    var flash: Flash?
    /// Has the browser go on by itself, for what comes without the person doing anything.
    public var refresh: PageRefresh?
    var head: PageHead?
    /// What is wrong with which input of a form on the page.
    var fault: FormFault?
    /// Whether it shows a form that was sent and not taken. Its title begins with that, which is
    /// what a screen reader says first of a page that looks as before.
    var isRefused = false
    /// Whether a browser may keep it for its Back button, as it was, for somebody who is not signed
    /// in: no form on it is for one time only, and of its reader it shows no more than what this
    /// browser looked at.
    public var isKeptForBack = false

    /// A page of this app: `model` is a struct of formatted texts for `Templates/<template>`.
    /// - Parameter head: what it says to search engines; without one it is not for them.
    public static func page(
        _ template: String, _ model: any Sendable, title: String,
        status: HTTPResponse.Status = .ok, head: PageHead? = nil
    ) -> PageAnswer {
        PageAnswer(
            kind: .page(template: template, model: model, title: title), status: status,
            head: head)
    }

    /// To another page of ours, after something was done; `notice` is shown there once.
    public static func seeOther(_ path: String, notice: String? = nil) -> PageAnswer {
        PageAnswer(
            kind: .seeOther(path), status: .seeOther, flash: notice.map { Flash(.good, $0) })
    }

    /// To another page of ours, where `warning` is shown once.
    public static func seeOther(_ path: String, warning: String) -> PageAnswer {
        PageAnswer(kind: .seeOther(path), status: .seeOther, flash: Flash(.bad, warning))
    }

    public static func response(_ response: Response) -> PageAnswer {
        PageAnswer(kind: .response(response), status: response.status)
    }
}

/// Where a page goes by itself, and after how long.
public struct PageRefresh: Sendable {
    public let seconds: Int
    public let path: String

    public init(seconds: Int, path: String) {
        self.seconds = seconds
        self.path = path
    }

    /// The header that every browser knows (WHATWG HTML, section 7.4.6).
    var header: String { "\(seconds); url=\(path)" }
}

extension HTTPField.Name {
    static let refresh = Self("Refresh") ?? .location
}

/// A form that was refused: everything to show it again with what the person typed.
public struct Again: Sendable {
    public let request: WebRequest
    /// What to say on top.
    public let explanation: String
    /// The name of the input at fault.
    public let field: String?
    /// What was typed, by input name.
    public let values: [String: String]
    /// The same in the order of the form, inputs of one name each by itself.
    let items: [(name: String, value: String)]
    /// Where files were chosen, which are to be chosen anew.
    let fileInputs: [FileInput]

    /// Everything that was typed into inputs of this name, in order.
    public func texts(_ name: String) -> [String] {
        items.filter { $0.name == name }.map(\.value)
    }
    /// What the form has to look like.
    let form: Schema
}

/// A page or form under construction.
///
/// ```swift
/// routes.get("/listings/{slug}").path(SlugPath.self)
///     .show(as: Visitor.self) { call, visitor in
///         let listing = try await call.marketplace.listing(slug: call.path.slug)
///         return .page("listing", ListingPage(listing), title: listing.title)
///     }
/// routes.post("/cart/lines").form(NewCartLine.self)
///     .show(as: Visitor.self) { call, visitor in
///         …
///         return .seeOther("/cart", notice: "It is in your cart.")
///     }
/// ```
/// Forms are checked like JSON bodies, by the ``Described`` form's schema; names with dots fill
/// nested structs (`address.city`), an empty input is absent where the property is optional. The
/// form token and the idempotency key are put into every POST form by ``Site`` and checked here.
/// A refusal shows `again`, when given, with 422 or the refusal's status. Without it, a fault in
/// something that was typed shows the form by itself, and any other refusal a page that says it.
public struct PageEndpoint<Path: Described, Query: Described, Form: Described> {
    /// Fifteen seconds: longer than a provider takes to say yes, less than a browser waits.
    private static var twinLooks: Int { 150 }

    let routes: Routes
    var shape: PageShape

    /// The values of the `{…}` in the path.
    public func path<New: Described>(_ type: New.Type) -> PageEndpoint<New, Query, Form> {
        .init(routes: routes, shape: shape.with(\.path, Schema.of(type).fields))
    }
    /// The query; blank values are absent, nonsense is a page that says so.
    public func query<New: Described>(_ type: New.Type) -> PageEndpoint<Path, New, Form> {
        .init(routes: routes, shape: shape.with(\.query, Schema.of(type).fields))
    }
    /// The form's fields.
    public func form<New: Described>(_ type: New.Type) -> PageEndpoint<Path, Query, New> {
        .init(routes: routes, shape: shape.with(\.form, Schema.of(type)))
    }
    /// Takes `multipart/form-data` with files, at most `limit` bytes in all.
    public func files(upTo limit: Int) -> Self {
        .init(routes: routes, shape: shape.with(\.filesLimit, limit))
    }
    /// The same form sent twice happens once; who clicked twice sees what the first click did.
    public func onlyOnce() -> Self { .init(routes: routes, shape: shape.with(\.isOnce, true)) }
    /// As ``onlyOnce()``, for what finds by a key of its own what it did before it was broken off
    /// and goes on from there, or to which that gives way, as a hold does to the same buyer's next.
    public func onlyOnceGoingOn() -> Self {
        .init(
            routes: routes, shape: shape.with(\.isOnce, true).with(\.onceEffect, .found))
    }

    /// Belongs to the browser rather than to who is signed in with it: it is done also where the
    /// session has ended since its page was made. Every other form waits then for its person.
    public func outlivingSession() -> Self {
        .init(routes: routes, shape: shape.with(\.outlivesSession, true))
    }

    public func limited(_ limit: RateClass) -> Self {
        .init(routes: routes, shape: shape.with(\.limit, limit))
    }

    /// Changes something, and may all the same be done by whoever looks on as somebody else. Never
    /// for money, nor for how somebody signs in.
    public func openOnBehalf() -> Self {
        .init(routes: routes, shape: shape.with(\.isOpenOnBehalf, true))
    }

    /// Shows something, and is closed all the same to whoever looks on as somebody else.
    public func closedOnBehalf() -> Self {
        .init(routes: routes, shape: shape.with(\.isOpenOnBehalf, false))
    }

    /// Mounts the page for callers that are proved to be a `Who`.
    public func show<Who: Caller>(
        as who: Who.Type, needing needs: [Who.Need] = [],
        again: (@Sendable (Again, Who) async throws -> PageAnswer)? = nil,
        use handler:
            @escaping @Sendable (PageCall<Path, Query, Form>, Who) async throws ->
            PageAnswer
    ) {
        let shape = shape
        routes.add(
            Route(
                method: shape.method, pattern: shape.pattern, limit: shape.limit,
                guardsOrigin: shape.method != .get, access: Who.access,
                needs: needs.map { "\($0)" }, form: shape.method == .post ? shape.form : nil,
                takesFiles: shape.filesLimit > 0, isOpenOnBehalf: shape.isOpenOnBehalf
            ) { request in
                let caller = try await request.prove(
                    who, needing: needs, shape, isShownWhole: again != nil)
                let path = try OperationInput.path(shape.path, request)
                let input = OperationInput(
                    path, try shape.queryValue(request), body: .object([:]))
                guard shape.method == .post else {
                    let call = PageCall<Path, Query, Form>(
                        request: request, path: try input.path(Path.self),
                        query: try input.query(Query.self),
                        form: try OperationInput(path, path, body: .object([:])).body(Form.self),
                        files: [], key: nil, claim: nil)
                    return try await request.site.respond(handler(call, caller), request, caller)
                }
                let sent = try await SentForm(request, filesLimit: shape.filesLimit)
                if let answer = try await sent.unanswered(request, shape, caller, again: again) {
                    return try await request.site.respond(answer, request, caller)
                }
                let work: @Sendable (ClaimedKey?) async throws -> Response = { claim in
                    do {
                        let form = try sent.value(shape.form)
                        let call = PageCall<Path, Query, Form>(
                            request: request, path: try input.path(Path.self),
                            query: try input.query(Query.self),
                            form: try Form(from: JSONValueDecoder(form)), files: sent.files,
                            key: sent.key, claim: claim)
                        return try await request.site.respond(
                            handler(call, caller), request, caller)
                    } catch let refusal as any Refusal where refusal.reason.mayTryAgain {
                        let refused = sent.again(request, refusal, shape.form)
                        guard again != nil || refused.isMendable && sent.files.isEmpty else {
                            throw refusal
                        }
                        // It may be sent once more, also when the answer leads elsewhere.
                        request.trace.notes.withLock { $0.isRefused = true }
                        var answer = try await again?(refused, caller) ?? refused.alone()
                        if answer.status == .ok { answer.status = refusal.reason.status }
                        answer.fault = refused.fault
                        answer.isRefused = true
                        return try await request.site.respond(answer, request, caller)
                    }
                }
                guard shape.isOnce, let key = sent.key else { return try await work(nil) }
                return try await request.once(
                    key, actor: caller.actor, body: sent.fingerprint, keepsRefusals: false,
                    effect: shape.onceEffect, twinLooks: Self.twinLooks
                ) { try await work($0) }
            })
    }
}

/// A request of one page, decoded and checked.
public struct PageCall<Path: Described, Query: Described, Form: Described>: Sendable {
    public let request: WebRequest
    public let path: Path
    public let query: Query
    public let form: Form
    public let files: [FormFile]
    /// What makes this submission unique; there on every form.
    public let key: String?
    /// The key, where the form happens once.
    let claim: ClaimedKey?

    public var marketplace: Marketplace { request.marketplace }
}

struct PageShape: Sendable {
    let method: HTTPRequest.Method
    let pattern: String
    var path: [FieldSchema] = []
    var query: [FieldSchema] = []
    var form = Schema.object(ObjectSchema(name: "Nothing", fields: []))
    var filesLimit = 0
    var isOnce = false
    var onceEffect = OnceEffect.marked
    var outlivesSession = false
    var limit = RateClass.read
    var isOpenOnBehalf: Bool

    init(method: HTTPRequest.Method, pattern: String) {
        self.method = method
        self.pattern = pattern
        isOpenOnBehalf = method == .get
    }

    func with<Value>(_ key: WritableKeyPath<PageShape, Value>, _ value: Value) -> PageShape {
        var copy = self
        copy[keyPath: key] = value
        return copy
    }

    func queryValue(_ request: WebRequest) throws(InvalidInput) -> JSONValue {
        try OperationInput.fields(query, request.query.filter { !$0.value.isEmpty })
    }
}

extension RefusalReason {
    /// Whether another try with other values of the same form makes sense.
    fileprivate var mayTryAgain: Bool {
        switch self {
        case .invalid, .conflict, .unpaid, .tooLarge, .unsupportedType, .unavailable: true
        // A wrong password is told on the form; a missing session is not (see `signInNeeded`).
        case .unauthenticated: true
        case .missing, .forbidden, .tooMany: false
        }
    }
}
