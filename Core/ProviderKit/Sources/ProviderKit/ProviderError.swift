/// How a call to a provider can end other than well. Closed, because the kernel must answer every
/// case: the difference between *nothing happened* and *something may have happened* is money.
public enum ProviderError: Error, Hashable, Sendable, Codable {
    /// A definite no; no money moved. `message` may be shown to the customer.
    case declined(code: String, message: String, mayRetry: Bool)
    /// The call itself is wrong: a bug here or in the module. Never repeated.
    case invalidRequest(code: String, message: String)
    /// The instance's settings or credentials are wrong. The administrator reads `message`.
    case misconfigured(message: String)
    /// Nothing was executed; the same call may be repeated.
    case unavailable(message: String, retryAfterSeconds: Int?)
    /// It may have been executed. Look it up by its key before anything else.
    case ambiguous(message: String)
    case unsupported(operation: String)
    /// A webhook that its alleged sender did not sign, or signed too long ago.
    case signatureInvalid

    /// Whether the outcome of the call is known to be "nothing happened".
    public var isDefinite: Bool {
        if case .ambiguous = self { return false }
        return true
    }
}

extension ProviderError: CustomStringConvertible {
    /// For logs and administrators; holds no secret unless a module put one there.
    public var description: String {
        switch self {
        case .declined(let code, let message, _): "declined (\(code)): \(message)"
        case .invalidRequest(let code, let message): "invalid request (\(code)): \(message)"
        case .misconfigured(let message): "misconfigured: \(message)"
        case .unavailable(let message, _): "unavailable: \(message)"
        case .ambiguous(let message): "ambiguous: \(message)"
        case .unsupported(let operation): "unsupported: \(operation)"
        case .signatureInvalid: "signature invalid"
        }
    }
}
