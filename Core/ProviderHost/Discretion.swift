public import ProviderKit

/// Keeps an instance's secrets out of what its module says: a provider that names the key which it
/// refuses, and a module that hands that on, would have it in logs, tables and pages.
public struct Discretion: Sendable {
    /// Shorter ones would take ordinary words out of sentences, and guard nothing.
    static let bytesMin = 8

    /// The longest first: one may be part of another.
    private let secrets: [String]

    public init(_ settings: InstanceSettings) {
        let all = [settings.secrets, settings.previousSecrets].flatMap { $0.values }
        secrets = Set(all.map { $0.reveal() }).filter { $0.utf8.count >= Self.bytesMin }
            .sorted { $0.utf8.count > $1.utf8.count }
    }

    /// `text` with `(secret)` where one of them stood.
    public func words(_ text: String) -> String {
        var text = text
        for secret in secrets where text.contains(secret) {
            text = text.replacing(secret, with: Secret(secret).description)
        }
        return text
    }

    /// The same error in such words.
    public func error(_ error: ProviderError) -> ProviderError {
        switch error {
        case .declined(let code, let message, let mayRetry):
            .declined(code: words(code), message: words(message), mayRetry: mayRetry)
        case .invalidRequest(let code, let message):
            .invalidRequest(code: words(code), message: words(message))
        case .misconfigured(let message): .misconfigured(message: words(message))
        case .unavailable(let message, let seconds):
            .unavailable(message: words(message), retryAfterSeconds: seconds)
        case .ambiguous(let message): .ambiguous(message: words(message))
        case .unsupported(let operation): .unsupported(operation: words(operation))
        case .signatureInvalid: error
        }
    }

    /// The same answer where it says why something is wrong; what else it holds is the provider's.
    func reply(_ reply: ProviderReply) -> ProviderReply {
        switch reply {
        case .problems(let sentences): return .problems(sentences: sentences.map { words($0) })
        case .payment(var snapshot?):
            snapshot.failureMessage = snapshot.failureMessage.map { words($0) }
            return .payment(snapshot: snapshot)
        case .started(var payment):
            payment.snapshot.failureMessage = payment.snapshot.failureMessage.map { words($0) }
            return .started(payment: payment)
        default: return reply
        }
    }
}
