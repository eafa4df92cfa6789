import ProviderHost
import ProviderKit
import Vocabulary

/// The five kinds of calls that move money.
private let acts = ["start", "capture", "void", "refund", "pay"]

private func each(_ group: String, _ rest: String...) -> [String] {
    acts.flatMap { act in rest.map { "\(group): \(act)\($0)" } }
}

/// A transport that does something before or instead.
struct Detour: HTTPTransport {
    let inner: any HTTPTransport
    let body:
        @Sendable (HTTPRequest, Instant, any HTTPTransport) async throws(ProviderError) ->
            HTTPResponse

    func send(
        _ request: HTTPRequest, deadline: Instant
    ) async throws(ProviderError) -> HTTPResponse { try await body(request, deadline, inner) }
}

/// Every call is another one to the provider.
enum FreshKeys: Flaw {
    static let caught =
        each("one effect", ", asked three", ", asked eight") + each("lost", ": an answer")

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        var context = context
        context.idempotencyKey = randomKey()
        return try await sound.ask(question, context)
    }
}

/// The key is not sent, and the provider does not insist on one.
enum NoKeys: Flaw {
    static let caught = each("one effect", ", its requests doubled")

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        services.http = Detour(inner: services.http) {
            (request, deadline, inner) async throws(ProviderError) in
            var request = request
            request.headers["Idempotency-Key"] = nil
            return try await inner.send(request, deadline: deadline)
        }
    }

    static func counterpart(_ sound: any ScriptedCounterpart) -> any ScriptedCounterpart {
        LooseCounterpart(sound)
    }
}

/// What nobody knows is taken for a no.
enum HastyNo: Flaw {
    static let caught = each("mapped", ": 5xx", ": nonsense")

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch .ambiguous(let message) {
            throw .declined(code: "no", message: message, mayRetry: true)
        }
    }
}

/// After one failure the object never works again.
enum GivesUp: Flaw {
    static let caught = each("lost", ": a request")

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        if sound.remembers("gave up") { throw .invalidRequest(code: "gave-up", message: "No.") }
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch {
            sound.remember("gave up")
            throw error
        }
    }
}

/// A connection that was refused may have been a payment, it thinks.
enum Doubtful: Flaw {
    static let caught = each("unreachable", ": nobody")

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch .unavailable(let message, _) {
            throw .ambiguous(message: message)
        }
    }
}

/// A wrong key is the customer's fault, it thinks.
enum BlamesCustomer: Flaw {
    static let caught = each("mapped", ": 401")

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch .misconfigured(let message) {
            throw .declined(code: "no", message: message, mayRetry: true)
        }
    }
}

/// When to come again it forgets.
enum ForgetsWhen: Flaw {
    static let caught = each("mapped", ": 429")

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch .unavailable(let message, _) {
            throw .unavailable(message: message, retryAfterSeconds: nil)
        }
    }
}

/// What it cannot look up was never there, it says.
enum DeniesAll: Flaw {
    static let caught = ["mapped: look-ups: a stumble"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch {
            guard case .lookup = question else { throw error }
            return .payment(snapshot: nil)
        }
    }
}

/// What never was is an error to it.
enum ErrsOnNothing: Flaw {
    static let caught = ["mapped: look-ups: what never was"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        if reply == .payment(snapshot: nil) { throw .invalidRequest(code: "404", message: "No.") }
        return reply
    }
}

/// Its check never finds anything.
enum BlindCheck: Flaw {
    static let caught = ["mapped: check"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard question == .check else { return try await sound.ask(question, context) }
        _ = try? await sound.ask(question, context)
        return .problems(sentences: [])
    }
}

/// It waits longer than it may.
enum Patient: Flaw {
    static let caught =
        each("deadlines", " ends")
        + ["deadlines: look-ups", "deadlines: payouts", "deadlines: what", "deadlines: check"]

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        services.http = Detour(inner: services.http) {
            (request, deadline, inner) async throws(ProviderError) in
            try await inner.send(request, deadline: deadline.advanced(by: .milliseconds(300)))
        }
    }
}

/// It calls home as well.
enum Strays: Flaw {
    static let caught = ["egress: "]
    static let before = ["capabilities: pays at once"]

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        services.http = Detour(inner: services.http) {
            (request, deadline, inner) async throws(ProviderError) in
            let home = HTTPRequest("GET", "http://169.254.169.254/latest/meta-data")
            _ = try? await inner.send(home, deadline: deadline)
            return try await inner.send(request, deadline: deadline)
        }
    }
}

/// It writes its key into the log, in a disguise.
enum Talkative: Flaw {
    static let caught = ["secrets: "]
    static let before = ["settings: its check"]

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        let key = settings.secrets["apiKey"]?.reveal() ?? ""
        services.log("payment.started", ["with": base64(Array(key.utf8))])
    }
}

/// It logs more than anybody keeps, and then its key.
enum Verbose: Flaw {
    static let caught = ["secrets: "]
    static let before = ["settings: its check"]

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        for _ in 0..<60_000 { services.log("tick", [:]) }
        services.log("payment.started", ["with": settings.secrets["apiKey"]?.reveal() ?? ""])
    }
}

/// In sandbox mode it goes wherever it is told.
enum Fearless: Flaw {
    static let caught = ["sandbox: "]

    static func counterpart(_ sound: any ScriptedCounterpart) -> any ScriptedCounterpart {
        LooseCounterpart(sound, liveSettings: sound.settings)
    }
}

/// It takes real money's mode as it takes the other, and nobody says what is live.
enum Ambidextrous: Flaw {
    static let caught = ["sandbox: "]

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        settings.mode = .sandbox
    }
}
