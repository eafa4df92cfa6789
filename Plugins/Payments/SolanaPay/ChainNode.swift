import Foundation
import ProviderKit
import Vocabulary

/// A node of the chain, asked over JSON-RPC 2.0. Nothing here changes anything, so every failure is
/// `unavailable` at worst and may be repeated.
///
/// Source: Solana documentation, "RPC HTTP methods".
struct ChainNode: Sendable {
    let url: String
    let token: Secret?
    let http: any HTTPTransport

    /// Calls `method`; nil for a result of null.
    func call<Answer: Decodable>(
        _ type: Answer.Type, _ method: String, _ parameters: [Parameter],
        _ context: OperationContext
    ) async throws(ProviderError) -> Answer? {
        let question = Question(method: method, params: parameters)
        let data: Data
        do {
            data = try JSONEncoder().encode(question)
        } catch {
            throw .invalidRequest(code: "not-json", message: "The request is not JSON.")
        }
        var request = HTTPRequest("POST", url, body: Array(data))
        request.headers["Content-Type"] = "application/json"
        if let token { request.headers["Authorization"] = "Bearer \(token.reveal())" }
        let response: HTTPResponse
        do {
            response = try await http.send(request, deadline: context.deadline)
        } catch .ambiguous(let message) {
            throw .unavailable(message: message, retryAfterSeconds: nil)
        }
        guard response.status == 200 else { throw Self.meaning(of: response) }
        guard let answer = try? JSONDecoder().decode(Reply<Answer>.self, from: Data(response.body))
        else {
            throw .unavailable(
                message: "The node's answer is not JSON-RPC.", retryAfterSeconds: nil)
        }
        if let fault = answer.error { throw fault.meaning }
        return answer.result
    }

    private static func meaning(of response: HTTPResponse) -> ProviderError {
        switch response.status {
        case 401, 403: .misconfigured(message: "The node does not let us in.")
        case 400, 404, 405, 413:
            .invalidRequest(
                code: "status-\(response.status)",
                message: "The node does not take the request: \(response.status).")
        default:
            .unavailable(
                message: "The node answered \(response.status).",
                retryAfterSeconds: response.headers["Retry-After"].flatMap { Int($0) })
        }
    }

    /// As ``call(_:_:_:_:)``, where null is no answer.
    func answer<Answer: Decodable>(
        _ type: Answer.Type, _ method: String, _ parameters: [Parameter],
        _ context: OperationContext
    ) async throws(ProviderError) -> Answer {
        guard let answer = try await call(type, method, parameters, context) else {
            throw .unavailable(message: "The node's answer is empty.", retryAfterSeconds: nil)
        }
        return answer
    }

    /// A parameter of a call.
    enum Parameter: Encodable {
        case text(String)
        case texts([String])
        case options(Options)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .texts(let texts): try container.encode(texts)
            case .options(let options): try container.encode(options)
            }
        }
    }

    struct Options: Encodable {
        var commitment: String?
        var encoding: String?
        var limit: Int?
        var before: String?
        var maxSupportedTransactionVersion: Int?
        var searchTransactionHistory: Bool?
    }

    private struct Question: Encodable {
        let jsonrpc = "2.0"
        let id = 1
        let method: String
        let params: [Parameter]
    }

    private struct Reply<Answer: Decodable>: Decodable {
        let result: Answer?
        let error: Fault?

        enum CodingKeys: CodingKey { case result, error }

        /// A null result is an answer; none, without an error, is not.
        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            error = try values.decodeIfPresent(Fault.self, forKey: .error)
            result = error == nil ? try values.decode(Answer?.self, forKey: .result) : nil
        }
    }

    private struct Fault: Decodable {
        let code: Int
        let message: String

        /// The node's own codes are those of its `custom_error.rs`; below -32600 are JSON-RPC's.
        var meaning: ProviderError {
            switch code {
            case -32602, -32601, -32600, -32015:
                .invalidRequest(code: "rpc\(code)", message: String(message.prefix(200)))
            default:
                .unavailable(
                    message: "The node says \(code): \(message.prefix(200))",
                    retryAfterSeconds: nil)
            }
        }
    }
}

extension ChainNode {
    /// An account as it stands; nil when there is none.
    func account(
        _ address: ChainAddress, _ context: OperationContext
    ) async throws(ProviderError) -> AccountBody? {
        let options = Options(commitment: "confirmed", encoding: "base64")
        return try await answer(
            Valued<AccountBody?>.self, "getAccountInfo",
            [.text("\(address)"), .options(options)], context
        ).value
    }

    /// Transactions that name `address`, the newest first, confirmed at least.
    func signatures(
        naming address: ChainAddress, before: String?, limit: Int, _ context: OperationContext
    ) async throws(ProviderError) -> [SignatureBody] {
        let options = Options(commitment: "confirmed", limit: limit, before: before)
        return try await answer(
            [SignatureBody].self, "getSignaturesForAddress",
            [.text("\(address)"), .options(options)], context)
    }

    /// Nil when the node does not have it yet.
    func transaction(
        _ signature: String, _ context: OperationContext
    ) async throws(ProviderError) -> TransactionBody? {
        // As plain JSON: the parsed form leaves out the extra accounts, and so the reference.
        let options = Options(
            commitment: "confirmed", encoding: "json", maxSupportedTransactionVersion: 0)
        return try await call(
            TransactionBody.self, "getTransaction", [.text(signature), .options(options)],
            context)
    }

    /// How far each is on its way to where it cannot vanish; nil for what is not known.
    func statuses(
        of signatures: [String], _ context: OperationContext
    ) async throws(ProviderError) -> [StatusBody?] {
        let options = Options(searchTransactionHistory: true)
        return try await answer(
            Valued<[StatusBody?]>.self, "getSignatureStatuses",
            [.texts(signatures), .options(options)], context
        ).value
    }
}
