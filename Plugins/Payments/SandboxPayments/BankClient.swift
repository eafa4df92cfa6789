import Foundation
import ProviderKit
import Vocabulary

/// Speaks to the bank over the host's transport, and says what its answers mean for money.
struct BankClient: Sendable {
    let url: String
    let key: Secret
    let http: any HTTPTransport

    /// The same bank at a port where nobody listens, for the card that needs one.
    var unreachable: BankClient {
        let host = WebAddress(url)?.host ?? "127.0.0.1"
        return BankClient(url: "http://\(host):1", key: key, http: http)
    }

    func post<Body: Decodable>(
        _ type: Body.Type, _ path: String, _ question: some Encodable, _ context: OperationContext
    ) async throws(ProviderError) -> Body {
        let data: Data
        do {
            // The same call under its key is the same bytes: the bank refuses another question.
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            data = try encoder.encode(question)
        } catch {
            throw .invalidRequest(code: "not-json", message: "The request is not JSON.")
        }
        var request = request("POST", path, context)
        request.headers["Content-Type"] = "application/json"
        request.headers["Idempotency-Key"] = context.idempotencyKey
        request.body = Array(data)
        let response = try await http.send(request, deadline: context.deadline)
        guard (200..<300).contains(response.status) else { throw Self.meaning(of: response) }
        guard let body = decode(type, response) else {
            throw .ambiguous(message: "The bank's answer could not be read.")
        }
        return body
    }

    func get<Body: Decodable>(
        _ type: Body.Type, _ path: String, _ context: OperationContext
    ) async throws(ProviderError) -> Body {
        let response = try await http.send(
            request("GET", path, context), deadline: context.deadline)
        guard response.status == 200 else { throw Self.meaning(of: response) }
        guard let body = decode(type, response) else {
            throw .unavailable(
                message: "The bank's answer could not be read.", retryAfterSeconds: nil)
        }
        return body
    }

    /// Nil when the bank has never heard of it.
    func find<Body: Decodable>(
        _ type: Body.Type, _ path: String, _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> Body? {
        let address =
            switch key {
            case .reference(let reference): path + "/" + Self.escaped(reference)
            case .idempotencyKey(let key): path + "?idempotencyKey=" + Self.escaped(key)
            }
        let response = try await http.send(
            request("GET", address, context), deadline: context.deadline)
        // Only the bank's own word is a promise; a machine in between has its own 404.
        if response.status == 404, Self.problem(in: response)?.code == "not_found" { return nil }
        guard response.status == 200 else { throw Self.meaning(of: response) }
        guard let body = decode(type, response) else {
            throw .unavailable(
                message: "The bank's answer could not be read.", retryAfterSeconds: nil)
        }
        return body
    }

    private func request(
        _ method: String, _ path: String, _ context: OperationContext
    ) -> HTTPRequest {
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        return HTTPRequest(
            method, base + path,
            headers: [
                "Authorization": "Bearer \(key.reveal())", "X-Request-Id": context.requestID,
            ])
    }

    private func decode<Body: Decodable>(_ type: Body.Type, _ response: HTTPResponse) -> Body? {
        // Whatever is not the bank's JSON is the same to us: unreadable.
        try? JSONDecoder().decode(type, from: Data(response.body))
    }

    /// The table from HTTP to what happened to the money.
    private static func meaning(of response: HTTPResponse) -> ProviderError {
        let problem = problem(in: response)
        let code = problem?.code ?? "status-\(response.status)"
        let message = problem?.message ?? "The bank answered \(response.status)."
        switch response.status {
        case 402: return .declined(code: code, message: message, mayRetry: true)
        case 401, 403: return .misconfigured(message: "The bank does not know this API key.")
        case 429, 503:
            let seconds = response.headers["Retry-After"].flatMap { Int($0) }
                .flatMap { (0...86_400).contains($0) ? $0 : nil }
            return .unavailable(message: message, retryAfterSeconds: seconds)
        // The other call may be acting at this moment.
        case 409 where code == "key_in_use": return .ambiguous(message: message)
        // What is not in the bank's own words may come from a machine in between, behind which
        // the bank has acted.
        case 400..<500 where problem != nil:
            return .invalidRequest(code: code, message: message)
        default: return .ambiguous(message: message)
        }
    }

    private static func problem(in response: HTTPResponse) -> ErrorBody.Problem? {
        try? JSONDecoder().decode(ErrorBody.self, from: Data(response.body)).error
    }

    /// Percent-encodes all but letters, digits, `-`, `_` and `.`.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%" + hexadecimal([byte])
            }
        }
        return escaped
    }
}
