import HTTPTypes
import Hummingbird
import JSONText
import Kernel
import Vocabulary

/// The JSON API of an app: each operation is mounted and documented in one statement.
///
/// ```swift
/// struct OrdersAPI {
///     struct OrderPath: Described { let order: ID<Order> }
///     struct NewShipment: Described {
///         let carrier: String
///         let tracking: String
///         static let rules: [String: [Rule]] = [
///             "carrier": [.length(1...60)], "tracking": [.length(1...80)],
///         ]
///     }
///
///     func mount(on api: API) {
///         api.get("/orders", "Your orders, newest first", tag: "Orders")
///             .query(ListQuery.self)
///             .handle(as: Member.self, needing: [.shipOrders]) { call, member in
///                 let page = try await call.marketplace.orders(
///                     as: member.membership, call.query.page())
///                 return Listed(page) { OrderAnswer($0) }
///             }
///         api.post("/orders/{order}/shipments", "Hand over a parcel", tag: "Orders")
///             .path(OrderPath.self).body(NewShipment.self)
///             .refuses(.conflict).onlyOnce().succeeds(with: .created)
///             .handle(as: Member.self, needing: [.shipOrders], use: ship)
///     }
///
///     func ship(_ call: Call<OrderPath, Nothing, NewShipment>, _ member: Member) async throws
///         -> ShipmentAnswer { … }
/// }
/// ```
///
/// - Paths are below `/api/v1`. Path, query and body are ``Described`` structs; an answer is any
///   `Codable`, ``Nothing`` (204), ``RawJSON`` or a ``Download``.
/// - What the schema refuses is answered before the handler runs: 400 for what cannot be read, 404
///   for a path that no row can have, 422 with the field for the rest, unknown fields included.
/// - The caller is proved before the handler runs: ``Visitor``, ``SignedIn``, ``Member``,
///   ``Administrator``. There is no way to get one without the check.
/// - A thrown `Refusal` becomes a problem; its reason must be in `refuses`, because it is part of
///   the document. 400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 500 and 503 are added where
///   the operation's own shape makes them possible.
/// - `onlyOnce` honours `Idempotency-Key`.
public struct API {
    let routes: Routes

    public func get(_ path: String, _ summary: String, tag: String) -> Start {
        Start(routes, .get, path, summary, tag)
    }
    public func post(_ path: String, _ summary: String, tag: String) -> Start {
        Start(routes, .post, path, summary, tag)
    }
    public func put(_ path: String, _ summary: String, tag: String) -> Start {
        Start(routes, .put, path, summary, tag)
    }
    public func patch(_ path: String, _ summary: String, tag: String) -> Start {
        Start(routes, .patch, path, summary, tag)
    }
    public func delete(_ path: String, _ summary: String, tag: String) -> Start {
        Start(routes, .delete, path, summary, tag)
    }

    public typealias Start = Endpoint<Nothing, Nothing, Nothing>
}

/// A request of one operation, decoded and checked.
public struct Call<Path: Described, Query: Described, Body: Described>: Sendable {
    public let request: WebRequest
    public let path: Path
    public let query: Query
    public let body: Body
    /// The Idempotency-Key, on operations that honour it.
    public var key: String? { claim?.key.key }
    let claim: ClaimedKey?
    let success: HTTPResponse.Status

    public var marketplace: Marketplace { request.marketplace }

    /// What an operation of the kernel keeps with its effect, when it is asked for at most once;
    /// `answer` is what the handler answers with.
    public func answering<Effect: Sendable, Answer: Codable & Sendable>(
        _ answer: @escaping @Sendable (Effect) -> Answer
    ) -> AnswerOnce<Effect>? {
        claim.map { claim in
            AnswerOnce(claim) { [status = success.code] effect in
                OnceAnswer(
                    status: status, contentType: "application/json", location: nil,
                    body: try JSONBytesEncoder.bytes(of: answer(effect)))
            }
        }
    }
}

/// An operation under construction.
public struct Endpoint<Path: Described, Query: Described, Body: Described> {
    let routes: Routes
    var operation: Operation

    init(
        _ routes: Routes, _ method: HTTPRequest.Method, _ path: String, _ summary: String,
        _ tag: String
    ) {
        self.routes = routes
        operation = Operation(method: method, path: "/api/v1" + path, summary: summary, tag: tag)
        operation.limit = method == .get ? .read : .write
    }

    private init(_ routes: Routes, _ operation: Operation) {
        self.routes = routes
        self.operation = operation
    }

    /// The values of the `{…}` in the path, by the names of `type`'s properties.
    public func path<New: Described>(_ type: New.Type) -> Endpoint<New, Query, Body> {
        .init(routes, operation.with(\.pathFields, Schema.of(type).fields))
    }

    /// The query parameters. Unknown ones are ignored, as links carry what others add.
    public func query<New: Described>(_ type: New.Type) -> Endpoint<Path, New, Body> {
        .init(routes, operation.with(\.queryFields, Schema.of(type).fields))
    }

    /// The JSON body, at most `limit` bytes.
    public func body<New: Described>(
        _ type: New.Type, upTo limit: Int = 256 * 1024
    ) -> Endpoint<Path, Query, New> {
        .init(routes, operation.with(\.body, .json(Schema.of(type), limit: limit)))
    }

    /// A body of bytes, such as an image or a CSV file.
    public func upload(_ types: [String], upTo limit: Int) -> Endpoint<Path, Query, Upload> {
        .init(routes, operation.with(\.body, .bytes(types, limit: limit)))
    }

    /// Which kinds of refusal the verb may throw, beside those that the shape implies.
    public func refuses(_ reasons: RefusalReason...) -> Self {
        .init(routes, operation.with(\.refusals, operation.refusals.union(reasons)))
    }

    /// Repeats with the same Idempotency-Key get the first answer again. What changed something and
    /// was broken off is not done again; its repeats are told so.
    public func onlyOnce() -> Self { .init(routes, operation.with(\.isOnce, true)) }

    /// As ``onlyOnce()``, for a verb that hands ``Call/answering(_:)`` to the kernel.
    public func onlyOnceWithEffect() -> Self {
        .init(routes, operation.with(\.isOnce, true).with(\.onceEffect, .answered))
    }

    /// As ``onlyOnce()``, for what finds by a key of its own that it was done before it was broken
    /// off, and goes on from there.
    public func onlyOnceGoingOn() -> Self {
        .init(routes, operation.with(\.isOnce, true).with(\.onceEffect, .found))
    }

    /// 200 unless said otherwise; an answer of ``Nothing`` is always 204.
    public func succeeds(with status: HTTPResponse.Status) -> Self {
        .init(routes, operation.with(\.success, status))
    }

    public func limited(_ limit: RateClass) -> Self {
        .init(routes, operation.with(\.limit, limit))
    }

    /// Changes something, and may all the same be done by whoever looks on as somebody else. Never
    /// for money, nor for how somebody signs in.
    public func openOnBehalf() -> Self { .init(routes, operation.with(\.isOpenOnBehalf, true)) }

    /// Reads something, and is closed all the same to whoever looks on as somebody else.
    public func closedOnBehalf() -> Self { .init(routes, operation.with(\.isOpenOnBehalf, false)) }

    /// Asks for a person and no shop, and is open all the same to a token that may not do
    /// everything. Never what changes something of the person's.
    public func openToScopes() -> Self { .init(routes, operation.with(\.isOpenToScopes, true)) }

    /// A paragraph for the document.
    public func about(_ text: String) -> Self { .init(routes, operation.with(\.about, text)) }

    /// Mounts the operation for callers that are proved to be a `Who`, with what `needs`
    /// names: all of a member's permissions, one of an administrator's roles.
    public func handle<Who: Caller, Answer: Codable & Sendable>(
        as who: Who.Type, needing needs: [Who.Need] = [],
        use handler: @escaping @Sendable (Call<Path, Query, Body>, Who) async throws -> Answer
    ) {
        var operation = operation
        operation.access = Who.access
        operation.needs = needs.map { "\($0)" }
        operation.answer = Answer.self == Nothing.self ? nil : .json(Schema.of(Answer.self))
        if Answer.self == Nothing.self { operation.success = .noContent }
        if Answer.self == Download.self { operation.answer = .bytes }
        routes.add(operation) { [operation] request in
            try request.requireJSONAcceptable(operation)
            let caller = try await request.prove(
                who, needing: needs, operation.limit, isOpenToScopes: operation.isOpenToScopes)
            return try await operation.answer(request, caller) { input, claim in
                let call = Call<Path, Query, Body>(
                    request: request, path: try input.path(Path.self),
                    query: try input.query(Query.self), body: try input.body(Body.self),
                    claim: claim, success: operation.success)
                return try operation.respond(with: try await handler(call, caller), claim)
            }
        }
    }
}

extension Schema {
    var fields: [FieldSchema] {
        if case .object(let object) = self { object.fields } else { [] }
    }
}
