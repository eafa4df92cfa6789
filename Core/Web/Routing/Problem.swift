import Hummingbird
import Kernel
import Postgres
import Redis
import Vocabulary

/// An error as it is told to the outside (RFC 9457): nothing internal, a stable code, the field.
struct Problem: Sendable {
    let status: HTTPResponse.Status
    let code: String
    let detail: String
    /// The same in the language of the page that is being made.
    let localizedDetail: String
    var field: String?
    var retryAfter: Int?
    var allow: [String] = []
    /// Something broke on our side: worth a line in the log with the error itself.
    var isFault = false

    /// How long a client should wait when we cannot know better.
    static let retryAfterSeconds = 2

    init(_ error: any Error) {
        switch error {
        case let refusal as any Refusal: self.init(refusing: refusal)
        case let error as PostgresError where error.isOverload: self.init(refusing: WebRefusal.busy)
        case is RedisError: self.init(refusing: WebRefusal.sessionsUnavailable)
        case is CancellationError: self.init(refusing: WebRefusal.busy)
        default: self.init(fault: error)
        }
    }

    private init(fault: any Error) {
        status = .internalServerError
        code = "web.fault"
        detail = "Something broke on our side. We have been told; please try again later."
        localizedDetail = localized(
            "Something broke on our side. We have been told; please try again later.")
        isFault = true
    }

    private init(refusing refusal: any Refusal) {
        code = refusal.code
        detail = refusal.explanation
        localizedDetail = refusal.localizedExplanation
        field = refusal.field
        switch refusal {
        case WebRefusal.methodNotAllowed(let methods):
            status = .methodNotAllowed
            allow = methods
        case WebRefusal.notAcceptable: status = .notAcceptable
        case WebRefusal.tooManyRequests(let seconds):
            status = .tooManyRequests
            retryAfter = seconds
        case WorkRefusal.busy(let seconds):
            status = .serviceUnavailable
            retryAfter = seconds
        case let input as InvalidInput where input.isUnreadable: status = .badRequest
        default:
            status = refusal.reason.status
            if refusal.reason == .unavailable || refusal.reason == .tooMany {
                retryAfter = Self.retryAfterSeconds
            }
        }
    }

    func json(request id: String) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": .string("/problems/\(code)"), "title": .string(status.reasonPhrase),
            "status": .integer(Int64(status.code)), "detail": .string(detail),
            "instance": .string(id),
        ]
        if let field { members["field"] = .string(field) }
        return .object(members)
    }

    var headers: HTTPFields {
        var headers = HTTPFields()
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        if !allow.isEmpty { headers[.allow] = allow.joined(separator: ", ") }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        // The rest of a body that we will not read must not be taken for the next request.
        if status == .contentTooLarge { headers[.connection] = "close" }
        headers[.cacheControl] = "no-store"
        return headers
    }

    /// The shape of every problem, for the document.
    static let schema: JSONValue = [
        "type": "object", "additionalProperties": false,
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"],
            "status": ["type": "integer"], "detail": ["type": "string"],
            "instance": ["type": "string"],
            "field": ["type": "string", "description": "The input field at fault."],
        ],
    ]
}

extension RefusalReason {
    /// The one table from the business's no to HTTP.
    var status: HTTPResponse.Status {
        switch self {
        case .invalid: .unprocessableContent
        case .missing: .notFound
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .conflict: .conflict
        case .unpaid: .init(code: 402, reasonPhrase: "Payment Required")
        case .tooMany: .tooManyRequests
        case .tooLarge: .contentTooLarge
        case .unsupportedType: .unsupportedMediaType
        case .unavailable: .serviceUnavailable
        }
    }
}

extension PostgresError {
    /// The database cannot be asked now, but may be soon.
    var isOverload: Bool {
        switch code {
        case .poolExhausted, .unavailable, .connectionLost, .deadline, .closed, .cancelled: true
        case .server: isRetryable || sqlState == "57P01" || sqlState == "57014"
        case .decoding, .transactionOver: false
        }
    }
}
