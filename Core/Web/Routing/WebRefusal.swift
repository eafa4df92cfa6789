import Vocabulary

/// What the web floor itself refuses, before any business is asked.
public enum WebRefusal: Refusal {
    case notFound
    case methodNotAllowed([String])
    case notAcceptable
    case unsupportedType(String)
    case bodyTooLarge(Int)
    case signInNeeded
    case notYours
    case notOnBehalf
    case notInScope
    case chooseSeller
    case foreignOrigin
    case formExpired
    case tooManyRequests(retryAfter: Int)
    case sessionsUnavailable
    case busy
    case cursorInvalid
    case keyMalformed
    case keyInUse
    case keyReused
    case keyInterrupted

    public var code: String {
        switch self {
        case .notFound: "web.not-found"
        case .methodNotAllowed: "web.method-not-allowed"
        case .notAcceptable: "web.not-acceptable"
        case .unsupportedType: "web.unsupported-type"
        case .bodyTooLarge: "web.body-too-large"
        case .signInNeeded: "web.sign-in-needed"
        case .notYours: "web.forbidden"
        case .notOnBehalf: "web.not-on-behalf"
        case .notInScope: "web.not-in-scope"
        case .chooseSeller: "web.choose-seller"
        case .foreignOrigin: "web.foreign-origin"
        case .formExpired: "web.form-expired"
        case .tooManyRequests: "web.too-many-requests"
        case .sessionsUnavailable: "web.sessions-unavailable"
        case .busy: "web.busy"
        case .cursorInvalid: "web.cursor-invalid"
        case .keyMalformed: "idempotency.key-malformed"
        case .keyInUse: "idempotency.key-in-use"
        case .keyReused: "idempotency.key-reused"
        case .keyInterrupted: "idempotency.key-interrupted"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .notFound, .methodNotAllowed, .notAcceptable: .missing
        case .unsupportedType: .unsupportedType
        case .bodyTooLarge: .tooLarge
        case .signInNeeded: .unauthenticated
        case .notYours, .notOnBehalf, .notInScope, .foreignOrigin, .formExpired: .forbidden
        case .tooManyRequests: .tooMany
        case .sessionsUnavailable, .busy: .unavailable
        case .cursorInvalid, .keyReused, .keyMalformed, .chooseSeller: .invalid
        case .keyInUse, .keyInterrupted: .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .notFound: "There is nothing at this address."
        case .methodNotAllowed(let allowed):
            "This address understands \(allowed.joined(separator: ", "))."
        case .notAcceptable: "This is only available as application/json."
        case .unsupportedType(let wanted): "Send the body as \(wanted)."
        case .bodyTooLarge(let limit): "This is too large: at most \(limit) bytes are taken."
        case .signInNeeded: "Please sign in first."
        case .notYours: "Your role does not allow this."
        case .notOnBehalf: "Only the person can do this, and nobody who looks on as them."
        case .notInScope: "This token may not do this: it is not in its scopes."
        case .chooseSeller: "You work for several sellers: say which one with ?seller=…."
        case .foreignOrigin: "This request was sent from another site."
        case .formExpired: "This form is too old. Go back, reload the page and send it again."
        case .tooManyRequests: "That was too often. Please wait a moment and try again."
        case .sessionsUnavailable: "Signing in is out of order for a moment. Please try again."
        case .busy: "The shop is very busy. Please try again in a moment."
        case .cursorInvalid: "This is not a “next” that we gave out."
        case .keyMalformed: "An Idempotency-Key has 1 to 255 visible ASCII characters."
        case .keyInUse: "The same request is being worked on. Ask again in a moment."
        case .keyReused: "This Idempotency-Key was used for another request."
        case .keyInterrupted:
            "This was broken off, and some of it is done. Look at it before you do it again."
        }
    }

    public var field: String? {
        switch self {
        case .cursorInvalid: "after"
        case .chooseSeller: "seller"
        case .keyMalformed, .keyReused, .keyInUse, .keyInterrupted: "Idempotency-Key"
        default: nil
        }
    }
}
