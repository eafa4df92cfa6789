extension ModuleTexts {
    /// A module that works with an imagined provider, and that provider in memory for the
    /// conformance run. Whoever writes a real one changes both, the second first.
    static let payment =
        #"""
        import Foundation
        import ProviderKit
        import Synchronization
        import Vocabulary

        /// Payments at <TITLE>. Change `Wire` to what your provider speaks, and the counterpart at
        /// the end of this file to what it answers.
        public struct <NAME>: PaymentProvider {
            static let url = ConfigurationField(
                "url", label: "Address", kind: .url, required: true,
                help: "Where the provider's API is: https://api.example.com")
            static let apiKey = ConfigurationField(
                "apiKey", label: "API key", kind: .secret, required: true)
            static let webhookSecret = ConfigurationField(
                "webhookSecret", label: "Webhook secret", kind: .secret, required: true)
            /// Where real money moves: an instance in sandbox mode is not let through to it. Where
            /// your provider has one host for both, say none, and have `init` refuse a key that
            /// does not fit `settings.mode`.
            static let liveHost = "live.provider.example"

            public static let descriptor = ModuleDescriptor(
                kind: .payment, key: "<KEY>", name: "<TITLE>", version: "1.0",
                summary: "Payments at <TITLE>.", fields: [url, apiKey, webhookSecret],
                capabilities: [.partialRefund], liveHosts: [liveHost])

            private let wire: Wire
            private let webhookSecrets: [Secret]

            public init(
                settings: InstanceSettings, services: ProviderServices
            ) throws(ProviderError) {
                wire = Wire(
                    url: try settings.required(Self.url), key: try settings.secret(Self.apiKey),
                    http: services.http)
                let current = try settings.secret(Self.webhookSecret)
                webhookSecrets =
                    [current] + [settings.previousSecrets[Self.webhookSecret.key]].compactMap { $0 }
            }

            public func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
                _ = try await wire.ask(Wire.Account.self, "GET", "/account", nil, context)
                return []
            }

            public func methods(
                for amount: Money, _ context: OperationContext
            ) async throws(ProviderError) -> [PaymentMethod] {
                [PaymentMethod(code: "card", label: "Card")]
            }

            public func start(
                _ request: PaymentStart, _ context: OperationContext
            ) async throws(ProviderError) -> StartedPayment {
                guard request.capture == .now else {
                    throw .unsupported(operation: "capture later")
                }
                let question = Wire.Question(
                    order: request.paymentID, method: request.method, amount: request.amount)
                let payment = try await wire.ask(
                    Wire.Payment.self, "POST", "/payments", question, context)
                return StartedPayment(snapshot: try payment.snapshot())
            }

            public func capture(
                _ request: CaptureRequest, _ context: OperationContext
            ) async throws(ProviderError) -> PaymentSnapshot {
                throw .unsupported(operation: "capture")
            }

            public func void(
                reference: String, _ context: OperationContext
            ) async throws(ProviderError) -> PaymentSnapshot {
                throw .unsupported(operation: "void")
            }

            public func refund(
                _ request: RefundRequest, _ context: OperationContext
            ) async throws(ProviderError) -> RefundSnapshot {
                let question = Wire.Question(
                    order: request.refundID, method: request.reference, amount: request.amount)
                return try await wire.ask(Wire.Refund.self, "POST", "/refunds", question, context)
                    .snapshot()
            }

            public func lookup(
                _ key: ProviderLookup, _ context: OperationContext
            ) async throws(ProviderError) -> PaymentSnapshot? {
                try await wire.find(Wire.Payment.self, "/payments", key, context)?.snapshot()
            }

            public func lookupRefund(
                _ key: ProviderLookup, _ context: OperationContext
            ) async throws(ProviderError) -> RefundSnapshot? {
                try await wire.find(Wire.Refund.self, "/refunds", key, context)?.snapshot()
            }

            public func verify(
                _ delivery: WebhookDelivery
            ) throws(ProviderError) -> VerifiedWebhook {
                guard let header = delivery.headers["Signature"],
                    let signature = WebhookSignature(header: header),
                    signature.holds(
                        for: delivery.body, secrets: webhookSecrets, at: delivery.receivedAt),
                    let event = Wire.event(in: delivery.body)
                else { throw .signatureInvalid }
                return VerifiedWebhook(
                    eventID: event.id, kind: event.type, occurredAt: event.at, body: delivery.body)
            }

            public func events(
                in webhook: VerifiedWebhook, _ context: OperationContext
            ) async throws(ProviderError) -> [PaymentEvent] {
                guard let event = Wire.event(in: webhook.body) else {
                    throw .invalidRequest(code: "webhook", message: "It is not an event.")
                }
                guard let payment = event.payment else { return [] }
                return [.payment(try payment.snapshot())]
            }
        }

        /// What goes over the wire, and what its answers mean for money.
        private struct Wire: Sendable {
            struct Account: Codable { var name: String }
            struct Problem: Codable { var error: String }

            struct Question: Codable {
                var order: String
                var method: String
                var amount: Money
            }

            struct Payment: Codable {
                var id: String
                var order: String
                var status: String
                var amount: Money
                var refunded: Money
                var version: Int64

                func snapshot() throws(ProviderError) -> PaymentSnapshot {
                    // A status that is not known is loud: money may have moved.
                    guard status == "paid" else {
                        throw .ambiguous(message: "It is \(status.prefix(40)).")
                    }
                    return PaymentSnapshot(
                        reference: id, paymentID: order, status: .captured, authorized: amount,
                        captured: amount, refunded: refunded, version: version)
                }
            }

            struct Refund: Codable {
                var id: String
                var payment: String
                var order: String
                var amount: Money

                func snapshot() throws(ProviderError) -> RefundSnapshot {
                    RefundSnapshot(
                        reference: id, paymentReference: payment, refundID: order,
                        status: .succeeded, amount: amount, version: 1)
                }
            }

            struct Event: Codable {
                var id: String
                var type: String
                var at: Instant
                var payment: Payment?
            }

            static func event(in body: [UInt8]) -> Event? {
                try? JSONDecoder().decode(Event.self, from: Data(body))
            }

            let url: String
            let key: Secret
            let http: any HTTPTransport

            func ask<Answer: Decodable>(
                _ type: Answer.Type, _ method: String, _ path: String, _ question: Question?,
                _ context: OperationContext
            ) async throws(ProviderError) -> Answer {
                let response = try await send(method, path, question, context)
                guard response.status == 200 else { throw Self.meaning(of: response) }
                guard let answer = try? JSONDecoder().decode(type, from: Data(response.body)) else {
                    throw .ambiguous(message: "The answer could not be read.")
                }
                return answer
            }

            /// Nil when the provider itself says that it has never heard of it.
            func find<Answer: Decodable>(
                _ type: Answer.Type, _ path: String, _ key: ProviderLookup,
                _ context: OperationContext
            ) async throws(ProviderError) -> Answer? {
                let query =
                    switch key {
                    case .reference(let reference): "id=\(Self.escaped(reference))"
                    case .idempotencyKey(let key): "key=\(Self.escaped(key))"
                    }
                let response = try await send("GET", path + "?" + query, nil, context)
                if response.status == 404, Self.problem(in: response) == "unknown" { return nil }
                guard response.status == 200 else { throw Self.meaning(of: response) }
                guard let answer = try? JSONDecoder().decode(type, from: Data(response.body)) else {
                    throw .unavailable(
                        message: "The answer could not be read.", retryAfterSeconds: nil)
                }
                return answer
            }

            private func send(
                _ method: String, _ path: String, _ question: Question?, _ context: OperationContext
            ) async throws(ProviderError) -> HTTPResponse {
                var request = HTTPRequest(
                    method, url + path,
                    headers: [
                        "Authorization": "Bearer \(key.reveal())",
                        "Idempotency-Key": context.idempotencyKey,
                    ])
                if let question {
                    // The same call under its key is the same bytes.
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = .sortedKeys
                    guard let body = try? encoder.encode(question) else {
                        throw .invalidRequest(code: "json", message: "The request is not JSON.")
                    }
                    request.headers["Content-Type"] = "application/json"
                    request.body = Array(body)
                }
                return try await http.send(request, deadline: context.deadline)
            }

            private static func problem(in response: HTTPResponse) -> String? {
                try? JSONDecoder().decode(Problem.self, from: Data(response.body)).error
            }

            private static func meaning(of response: HTTPResponse) -> ProviderError {
                switch (response.status, problem(in: response)) {
                case (401, _), (403, _): return .misconfigured(message: "The API key is refused.")
                case (402, let code?):
                    return .declined(
                        code: code, message: "The payment was declined.", mayRetry: true)
                case (429, _):
                    let seconds = response.headers["Retry-After"].flatMap { Int($0) }
                    return .unavailable(
                        message: "The provider has too many calls.",
                        retryAfterSeconds: seconds.flatMap { (0...86_400).contains($0) ? $0 : nil })
                case (400..<500, let code?):
                    return .invalidRequest(code: code, message: "The provider refused the request.")
                // Whatever else it is, it may have been done.
                default: return .ambiguous(message: "The provider answered \(response.status).")
                }
            }

            private static func escaped(_ text: String) -> String {
                text.utf8.map { byte in
                    switch byte {
                    case 48...57, 65...90, 97...122, 45, 46, 95: String(Unicode.Scalar(byte))
                    default: "%" + hexadecimal([byte])
                    }
                }.joined()
            }
        }
        """# + "\n" + exports + counterpart
}
