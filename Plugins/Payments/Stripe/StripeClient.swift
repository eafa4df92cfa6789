import ProviderKit
import Vocabulary

/// Speaks to Stripe over the host's transport, in one pinned version of its API.
struct StripeClient: Sendable {
    /// Of the shapes in this module (docs.stripe.com/api/versioning).
    static let version = "2026-06-24.dahlia"

    /// Without a slash at the end.
    let url: String
    let key: Secret
    let isLive: Bool
    let http: any HTTPTransport
    let log: @Sendable (String, [String: String]) -> Void

    /// A stored failure is passed by so often under keys that follow from the first one.
    private static let generationsMax = 6

    private struct Mode: Decodable { let livemode: Bool? }

    /// One effect per key, however often it is called.
    ///
    /// Stripe keeps the first answer for a key, a failure of its own included, and repeats it for
    /// at least a day. Such a stored failure would never end. So it is passed by with the next
    /// key, which follows from the first one, once `done` has seen that nothing was made.
    /// - Parameters:
    ///   - operation: begins the key, so that one key of the kernel's serves several calls.
    ///   - account: on whose behalf it is done; the platform's own when nil.
    ///   - final: codes of a refusal that ends the call for good where others are passed for now.
    ///   - done: what the call made, when it did after all; nil is a promise that it did not.
    func post<Body: Decodable & Sendable>(
        _ type: Body.Type, _ path: String, _ form: StripeForm, _ operation: String,
        account: String? = nil, final: Set<String> = [], _ context: OperationContext,
        done: () async throws(ProviderError) -> Body?
    ) async throws(ProviderError) -> Body {
        var last = ProviderError.ambiguous(message: "Stripe repeats a failure of its own.")
        for generation in 1...Self.generationsMax {
            var request = request("POST", path, account: account)
            request.headers["Content-Type"] = "application/x-www-form-urlencoded"
            request.headers["Idempotency-Key"] = Self.key(operation, context, generation)
            request.body = Array(form.body.utf8)
            let response = try await http.send(request, deadline: context.deadline)
            note(operation, response, context)
            if (200..<300).contains(response.status) {
                guard let body = decode(type, response) else {
                    throw .ambiguous(message: "Stripe's answer could not be read.")
                }
                return body
            }
            let meaning = StripeProblem.meaning(
                of: response, isWrite: true, final: final)
            guard response.headers["Idempotent-Replayed"] == "true" else { throw meaning }
            last = meaning
            switch meaning {
            case .ambiguous where response.status >= 500:
                if let body = try await done() { return body }
            case .unavailable: continue
            default: throw meaning
            }
        }
        throw last
    }

    /// - Throws: never `ambiguous`.
    func get<Body: Decodable & Sendable>(
        _ type: Body.Type, _ path: String, by query: StripeForm = StripeForm(),
        account: String? = nil, _ context: OperationContext
    ) async throws(ProviderError) -> Body {
        guard let body = try await find(type, path, by: query, account: account, context) else {
            throw .invalidRequest(code: "resource_missing", message: "Stripe has no such object.")
        }
        return body
    }

    /// Nil when Stripe has never heard of it.
    func find<Body: Decodable & Sendable>(
        _ type: Body.Type, _ path: String, by query: StripeForm = StripeForm(),
        account: String? = nil, _ context: OperationContext
    ) async throws(ProviderError) -> Body? {
        let target = query.fields.isEmpty ? path : path + "?" + query.query
        let response: HTTPResponse
        do throws(ProviderError) {
            response = try await http.send(
                request("GET", target, account: account), deadline: context.deadline)
        } catch {
            guard case .ambiguous(let message) = error else { throw error }
            throw .unavailable(message: message, retryAfterSeconds: nil)
        }
        // Only Stripe's own word makes it: a proxy that has lost its way answers 404 as well.
        if response.status == 404, StripeProblem.isMissing(response) { return nil }
        guard response.status == 200 else {
            throw StripeProblem.meaning(of: response, isWrite: false)
        }
        guard let body = decode(type, response) else {
            throw .unavailable(
                message: "Stripe's answer could not be read.", retryAfterSeconds: nil)
        }
        return body
    }

    private func request(
        _ method: String, _ path: String, account: String? = nil
    ) -> HTTPRequest {
        var request = HTTPRequest(
            method, url + path,
            headers: [
                "Authorization": "Bearer \(key.reveal())", "Stripe-Version": Self.version,
            ])
        if let account { request.headers["Stripe-Account"] = account }
        return request
    }

    /// Nil also when it is of the other world: a test object among live ones is not believed.
    private func decode<Body: Decodable>(_ type: Body.Type, _ response: HTTPResponse) -> Body? {
        if let mode = StripeJSON.decode(Mode.self, response.body)?.livemode, mode != isLive {
            return nil
        }
        return StripeJSON.decode(type, response.body)
    }

    private func note(_ operation: String, _ response: HTTPResponse, _ context: OperationContext) {
        log(
            "stripe.answered",
            [
                "operation": operation, "status": String(response.status),
                "stripe-request": String((response.headers["Request-Id"] ?? "").prefix(60)),
                "request": context.requestID,
            ])
    }

    /// At most 255 bytes, which is Stripe's limit; the same for the same call and generation.
    static func key(_ operation: String, _ context: OperationContext, _ generation: Int) -> String {
        let key = operation + "-" + StripeMark.key(context.idempotencyKey)
        return generation == 1 ? key : key + "-\(generation)"
    }
}

/// What is written on every object at Stripe, so that it can be found and told from others.
enum StripeMark {
    static let key = "metadata[guildhall_key]"

    /// The kernel's key, or its digest when it is longer than a mark may be.
    static func key(_ idempotencyKey: String) -> String {
        idempotencyKey.utf8.count <= 160
            ? idempotencyKey : "sha256-" + hexadecimal(sha256(Array(idempotencyKey.utf8)))
    }
}
