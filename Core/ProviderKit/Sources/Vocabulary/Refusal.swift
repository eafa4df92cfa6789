/// The business saying no. Everything else that goes wrong is a fault.
public protocol Refusal: Error, Sendable {
    /// Stable, documented and tested: `order.already-shipped`.
    var code: String { get }
    var reason: RefusalReason { get }
    /// One sentence that a customer may read, and that says what to do where something can be done.
    var explanation: String { get }
    /// The input field at fault, in JSON's spelling, when there is one: `lines.0.quantity`.
    var field: String? { get }
}

extension Refusal {
    public var field: String? { nil }
}

/// What kind of no it is. `Web` has the one table from these to HTTP statuses.
public enum RefusalReason: String, Sendable, CaseIterable {
    /// The input makes no sense, or breaks a rule (422).
    case invalid
    /// It does not exist, or not for you (404).
    case missing
    /// Nobody is signed in, or the token is not valid (401).
    case unauthenticated
    /// You may not (403).
    case forbidden
    /// It is not possible in the present state (409).
    case conflict
    /// The payment was refused (402).
    case unpaid
    /// Too many tries (429).
    case tooMany
    /// The body is too large (413).
    case tooLarge
    /// Not of a type that is understood (415).
    case unsupportedType
    /// Something that is needed is out of order; later may work (503).
    case unavailable
}
