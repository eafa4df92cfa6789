public import ProviderKit

/// Keeps an instance's secrets out of what its module says: a provider that names the key which it
/// refuses, and a module that hands that on, would have it in logs, tables and pages.
public struct Discretion: Sendable {
    /// Shorter ones would take ordinary words out of sentences, and guard nothing.
    static let bytesMin = 8

    /// As bytes: what a program writes need not be text.
    private var secrets: Set<[UInt8]> = []

    public init(_ settings: InstanceSettings) { learn(settings) }

    /// That of somebody who knows no secret yet.
    init() {}

    /// Keeps these secrets, too. Of one that has several lines each is kept also by itself, since
    /// what is said may be cut there.
    mutating func learn(_ settings: InstanceSettings) {
        for secret in [settings.secrets, settings.previousSecrets].flatMap(\.values) {
            let text = secret.reveal()
            for part in [text[...]] + text.split(whereSeparator: \.isNewline)
            where part.utf8.count >= Self.bytesMin {
                secrets.insert(Array(part.utf8))
            }
        }
    }

    /// How long the longest secret is, in bytes.
    var longest: Int { secrets.lazy.map(\.count).max() ?? 0 }

    /// Where secrets stand in `bytes`, in order; those that overlap are one.
    func places(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for start in bytes.indices {
            for secret in secrets where bytes[start...].starts(with: secret) {
                let end = start + secret.count
                if let last = found.last, start < last.upperBound {
                    found[found.count - 1] = last.lowerBound..<max(last.upperBound, end)
                } else {
                    found.append(start..<end)
                }
            }
        }
        return found
    }

    /// `bytes` with `(secret)` where one of them stood.
    func bytes(_ bytes: [UInt8]) -> [UInt8] { Self.covered(bytes, places(in: bytes)) }

    static func covered(_ bytes: [UInt8], _ places: [Range<Int>]) -> [UInt8] {
        var kept: [UInt8] = []
        var start = 0
        for place in places {
            kept += bytes[start..<place.lowerBound] + Secret("").description.utf8
            start = place.upperBound
        }
        return kept + bytes[start...]
    }

    /// `text` with `(secret)` where one of them stood.
    public func words(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let places = places(in: bytes)
        return places.isEmpty
            ? text : String(decoding: Self.covered(bytes, places), as: UTF8.self)
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
