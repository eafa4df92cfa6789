import Foundation
import ProviderKit

/// Stripe's answer when it says no, and what that means for money.
struct StripeProblem: Decodable, Sendable {
    struct Detail: Decodable, Sendable {
        let type: String?
        let code: String?
        let declineCode: String?
        let message: String?
    }

    let error: Detail

    /// The table from HTTP to what happened (docs.stripe.com/error-handling).
    /// - Parameter isWrite: whether the call could have moved money.
    /// - Parameter final: codes of what is not tried again by itself, and is a definite no then.
    static func meaning(
        of response: HTTPResponse, isWrite: Bool, final: Set<String> = []
    ) -> ProviderError {
        let detail = StripeJSON.decode(StripeProblem.self, response.body)?.error
        let code = detail?.code ?? "status-\(response.status)"
        let message = String((detail?.message ?? "Stripe answered \(response.status).").prefix(300))
        switch response.status {
        case 401: return .misconfigured(message: "Stripe does not know this API key.")
        case 403 where code == accountGone && !isWrite:
            return .invalidRequest(
                code: code, message: "The account is no longer connected with the platform.")
        case 403:
            return .misconfigured(message: "Stripe forbids this to the API key, or the account.")
        case 402: return decline(code, detail?.declineCode)
        case 409 where code == "lock_timeout", 429:
            // A date, or a time of many days, is as good as none.
            let seconds = response.headers["Retry-After"].flatMap { Int($0) }
                .flatMap { (0...86_400).contains($0) ? $0 : nil }
            return .unavailable(message: message, retryAfterSeconds: seconds)
        case 400 where final.contains(code):
            return .declined(code: code, message: message, mayRetry: true)
        case 400 where notYet.contains(code):
            return .unavailable(message: message, retryAfterSeconds: nil)
        case 400 where disputed.contains(code):
            return .declined(
                code: code, message: "The payment is disputed; nothing can be given back now.",
                mayRetry: false)
        case 404 where !isWrite:
            return .unavailable(message: message, retryAfterSeconds: nil)
        case 400..<500 where response.status != 409 && response.status != 424:
            return .invalidRequest(code: code, message: message)
        default:
            // 409: a call with this key is under way. 424 and 5xx: nobody knows how far it got.
            return isWrite
                ? .ambiguous(message: message)
                : .unavailable(message: message, retryAfterSeconds: nil)
        }
    }

    /// Of a connected account that the key may not ask about: its seller took the permission back.
    /// Our own key is not the reason, and everybody else is asked about as before.
    static let accountGone = "account_invalid"

    /// Whether Stripe itself says that there is no such object.
    static func isMissing(_ response: HTTPResponse) -> Bool {
        StripeJSON.decode(StripeProblem.self, response.body)?.error.code == "resource_missing"
    }

    /// What a customer may read of a decline. Whether a card was lost or stolen is nobody's
    /// business but its bank's (docs.stripe.com/declines/codes).
    static func decline(_ code: String, _ declineCode: String?) -> ProviderError {
        let named = declineCode.flatMap { sentences[$0] == nil ? nil : $0 } ?? code
        return .declined(
            code: named,
            message: sentences[named] ?? "The card was declined. Try another one.",
            mayRetry: true)
    }

    /// Refused for now, with nothing done; it may be granted later.
    static let notYet: Set<String> = ["balance_insufficient", "rate_limit", "lock_timeout"]

    private static let disputed: Set<String> = ["charge_disputed", "refund_disputed_payment"]

    private static let sentences = [
        "insufficient_funds": "The card has not enough funds.",
        "expired_card": "The card has expired.",
        "incorrect_cvc": "The card's security code is not right.",
        "processing_error": "The card could not be charged just now. Try again.",
        "authentication_required": "The card's bank asks for a confirmation.",
        "card_velocity_exceeded": "The card's limit is reached.",
    ]
}

/// Stripe's JSON.
enum StripeJSON {
    /// Nil for whatever is not that.
    static func decode<Body: Decodable>(_ type: Body.Type, _ bytes: [UInt8]) -> Body? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(type, from: Data(bytes))
    }
}
