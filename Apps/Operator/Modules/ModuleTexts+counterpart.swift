extension ModuleTexts {
    /// The imagined provider of the payment template, in memory.
    static let counterpart = #"""
        @_cdecl("guildhall_counterpart") public func counterpart() -> UnsafeMutableRawPointer {
            exportCounterpart { Counterpart() }
        }

        /// The provider in memory, for the conformance run: change it to what yours answers.
        private final class Counterpart: ScriptedCounterpart {
            struct State {
                var payments: [String: Wire.Payment] = [:]
                var refunds: [String: Wire.Refund] = [:]
                var answers: [String: (body: [UInt8], id: String, response: HTTPResponse)] = [:]
                var events: [Wire.Event] = []
            }

            static let key = "key_conformance_1f8e27c0a94b6d35"
            let state = Mutex(State())
            let settings = [
                "url": "http://provider.example", "apiKey": Counterpart.key,
                "webhookSecret": "secret_conformance_7b2d95e1c8f04a63",
            ]
            /// What an instance in sandbox mode must refuse, or reach nobody with.
            let liveSettings: [String: String]? = [
                "url": "https://\(<NAME>.liveHost)", "apiKey": "key_conformance_live_9d4c1b7e",
                "webhookSecret": "secret_conformance_live_3e8a5f20",
            ]
            let payingMethod: String? = "card"
            let decliningMethod: String? = "declined"
            let webhookSecret: String? = "webhookSecret"

            func answer(_ request: HTTPRequest, at now: Instant) async -> HTTPResponse {
                guard request.headers["Authorization"] == "Bearer \(Self.key)" else {
                    return Self.no(401, "key")
                }
                let address = request.url.dropFirst("http://provider.example".count)
                    .split(separator: "?", maxSplits: 1)
                let path = address.first ?? ""
                if path == "/account" { return Self.yes(Wire.Account(name: "Conformance")) }
                if request.method == "GET" {
                    return state.withLock { state in
                        let query = String(address.last ?? "")
                        let id =
                            query.hasPrefix("key=")
                            ? state.answers[String(query.dropFirst(4))]?.id ?? ""
                            : String(query.dropFirst(3))
                        if let payment = state.payments[id], path == "/payments" {
                            return Self.yes(payment)
                        }
                        if let refund = state.refunds[id], path == "/refunds" {
                            return Self.yes(refund)
                        }
                        return Self.no(404, "unknown")
                    }
                }
                let key = request.headers["Idempotency-Key"] ?? ""
                guard
                    let question = try? JSONDecoder().decode(
                        Wire.Question.self, from: Data(request.body))
                else { return Self.no(400, "malformed") }
                return state.withLock { state in
                    if let known = state.answers[key] {
                        return known.body == request.body ? known.response : Self.no(409, "key")
                    }
                    let id = "p\(state.answers.count + 1)"
                    let response =
                        path == "/payments"
                        ? state.pay(id, question, now) : state.refund(id, question, now)
                    if response.status == 200 { state.answers[key] = (request.body, id, response) }
                    return response
                }
            }

            var books: CounterpartBooks {
                state.withLock { state in
                    CounterpartBooks(
                        payments: state.payments.values.compactMap { try? $0.snapshot() },
                        refunds: state.refunds.values.compactMap { try? $0.snapshot() })
                }
            }

            var webhooks: [[UInt8]] {
                state.withLock { $0.events.compactMap { try? Array(JSONEncoder().encode($0)) } }
            }

            var unknownWebhook: [UInt8] {
                let event = Wire.Event(
                    id: "e0", type: "galaxy.collided", at: .systemNow, payment: nil)
                return (try? Array(JSONEncoder().encode(event))) ?? []
            }

            func headers(
                signing body: [UInt8], with secret: Secret, at instant: Instant
            ) -> HTTPHeaders {
                ["Signature": WebhookSignature.header(body, secret: secret, at: instant)]
            }

            static func yes(_ body: some Encodable) -> HTTPResponse {
                HTTPResponse(status: 200, body: (try? Array(JSONEncoder().encode(body))) ?? [])
            }

            static func no(_ status: Int, _ code: String) -> HTTPResponse {
                let problem = Wire.Problem(error: code)
                let body = (try? Array(JSONEncoder().encode(problem))) ?? []
                return HTTPResponse(status: status, body: body)
            }
        }

        extension Counterpart.State {
            fileprivate mutating func pay(
                _ id: String, _ question: Wire.Question, _ now: Instant
            ) -> HTTPResponse {
                if question.method == "declined" { return Counterpart.no(402, "card_declined") }
                guard (1...Money.amountMax).contains(question.amount.amount) else {
                    return Counterpart.no(400, "amount")
                }
                let payment = Wire.Payment(
                    id: id, order: question.order, status: "paid", amount: question.amount,
                    refunded: .zero(question.amount.currency), version: 1)
                tell(payment, "payment.paid", now)
                return Counterpart.yes(payment)
            }

            fileprivate mutating func refund(
                _ id: String, _ question: Wire.Question, _ now: Instant
            ) -> HTTPResponse {
                guard var payment = payments[question.method] else {
                    return Counterpart.no(404, "unknown")
                }
                let sum = payment.refunded.amount + question.amount.amount
                guard question.amount.isPositive, sum <= payment.amount.amount else {
                    return Counterpart.no(400, "amount")
                }
                payment.refunded = Money(sum, payment.amount.currency)
                payment.version += 1
                let refund = Wire.Refund(
                    id: id, payment: payment.id, order: question.order, amount: question.amount)
                refunds[id] = refund
                tell(payment, "payment.refunded", now)
                return Counterpart.yes(refund)
            }

            private mutating func tell(_ payment: Wire.Payment, _ type: String, _ now: Instant) {
                payments[payment.id] = payment
                events.append(
                    Wire.Event(id: "e\(events.count + 1)", type: type, at: now, payment: payment))
            }
        }

        """#

    static let paymentTest = #"""
        import ProviderKit
        import Testing
        import Vocabulary

        @testable import <NAME>

        private struct NoNetwork: HTTPTransport {
            func send(
                _ request: HTTPRequest, deadline: Instant
            ) async throws(ProviderError) -> HTTPResponse {
                throw .unavailable(message: "there is no network here", retryAfterSeconds: nil)
            }
        }

        @Test func `nothing is said to be paid while nobody answers`() async throws {
            let payments = try <NAME>(
                settings: InstanceSettings(
                    instanceID: "test", values: ["url": "https://provider.example"],
                    secrets: ["apiKey": Secret("key"), "webhookSecret": Secret("secret")]),
                services: ProviderServices(http: NoNetwork()))

            let error = await #expect(throws: ProviderError.self) {
                try await payments.start(
                    PaymentStart(
                        paymentID: "p", amount: Money(4250, .eur), method: "card", capture: .now,
                        returnURL: "https://market.example/",
                        webhookURL: "https://market.example/"),
                    OperationContext(key: "k", within: .seconds(1)))
            }

            #expect(
                error
                    == .unavailable(message: "there is no network here", retryAfterSeconds: nil))
        }

        """#
}
