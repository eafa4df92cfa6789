import ProviderHost
import ProviderKit
import Vocabulary

/// It takes a cent less than it says.
enum TakesLess: Flaw {
    static let caught = ["capabilities: pays at once"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .lookup = question, case .payment(var snapshot?) = reply else { return reply }
        snapshot.captured = Money(snapshot.captured.amount - 1, snapshot.captured.currency)
        return .payment(snapshot: snapshot)
    }
}

/// A declined card is a provider that is down, it says.
enum SoftNo: Flaw {
    static let caught = ["capabilities: says no"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch .declined(_, let message, _) {
            throw .unavailable(message: message, retryAfterSeconds: nil)
        }
    }
}

/// It can more than it says.
enum Modest: Flaw {
    static let caught = [
        "capabilities: separateCapture", "capabilities: partialRefund", "capabilities: redirect",
        "capabilities: payouts",
    ]

    static func describe(_ module: inout ModuleDescriptor) { module.capabilities = [] }
}

/// It captures in parts and does not say so.
enum CapturesInParts: Flaw {
    static let caught = ["capabilities: multipleCaptures"]

    static func describe(_ module: inout ModuleDescriptor) {
        module.capabilities.remove(.multipleCaptures)
    }
}

/// Whatever part is asked for, it takes all, and says nothing of it.
enum TakesAll: Flaw {
    static let caught = ["capabilities: a final capture"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .capture(var request) = question, request.isFinal else {
            return try await sound.ask(question, context)
        }
        let asked = request.amount
        if case .payment(let held?) = try await sound.ask(
            .lookup(key: .reference(request.reference)), context)
        {
            request.amount = held.authorized
        }
        let reply = try await sound.ask(.capture(request: request), context)
        guard case .payment(var snapshot?) = reply else { return reply }
        snapshot.captured = asked
        return .payment(snapshot: snapshot)
    }
}

/// It keeps its hand on what it did not take.
enum Clings: Flaw {
    static let caught = ["capabilities: a final capture"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .capture(var request) = question else {
            return try await sound.ask(question, context)
        }
        request.isFinal = false
        return try await sound.ask(.capture(request: request), context)
    }
}

/// It gives back whatever is asked for.
enum Generous: Flaw {
    static let caught = ["capabilities: refunds no more"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch {
            guard case .refund(let request) = question else { throw error }
            return .refund(
                snapshot: RefundSnapshot(
                    reference: "r", paymentReference: request.reference,
                    refundID: request.refundID, status: .succeeded, amount: request.amount,
                    version: 1))
        }
    }
}

/// Its books go on for ever.
enum EndlessBooks: Flaw {
    static let caught = ["capabilities: a balance"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .balance(_, _, let cursor) = question, case .balance(var page) = reply else {
            return reply
        }
        page.next = (cursor ?? "") + "x"
        return .balance(page: page)
    }
}

/// Every currency has cents, it thinks.
enum CentsEverywhere: Flaw {
    static let caught = ["JPY", "KWD", "USDC", "SOL"].map { "amounts: \($0)" }

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .start(var request) = question else {
            return try await sound.ask(question, context)
        }
        var amount = request.amount.amount
        let exponent = request.amount.currency.exponent
        if exponent < 2 { amount *= 100 } else { for _ in 2..<exponent { amount /= 10 } }
        request.amount = Money(amount, request.amount.currency)
        return try await sound.ask(.start(request: request), context)
    }
}

/// It has room for six digits.
enum SixDigits: Flaw {
    static let caught = ["amounts: EUR"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .start(var request) = question else {
            return try await sound.ask(question, context)
        }
        request.amount = Money(request.amount.amount % 1_000_000, request.amount.currency)
        return try await sound.ask(.start(request: request), context)
    }
}

/// It begins payments of nothing.
enum TakesNothing: Flaw {
    static let caught = ["amounts: nothing"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .start(let request) = question, !request.amount.isPositive else {
            return try await sound.ask(question, context)
        }
        let zero = Money.zero(request.amount.currency)
        return .started(
            payment: StartedPayment(
                snapshot: PaymentSnapshot(
                    reference: "p", status: .requiresAction, authorized: zero, captured: zero,
                    refunded: zero, version: 1)))
    }
}

/// What it began only the same object can go on with.
enum Possessive: Flaw {
    static let caught = [
        "settling: another object captures", "settling: another object releases",
        "settling: another object finds",
    ]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        if case .start = question { sound.remember("mine") }
        switch question {
        case .capture, .void, .refund, .lookup:
            guard sound.remembers("mine") else {
                throw .invalidRequest(code: "unknown", message: "Not mine.")
            }
        default: break
        }
        return try await sound.ask(question, context)
    }
}

/// Its key is no key.
enum OddKey: Flaw {
    static let caught = ["description: "]
    static func describe(_ module: inout ModuleDescriptor) { module.key = "Odd Key" }
}

/// It makes do without its API key, until somebody is charged.
enum MakesDo: Flaw {
    static let caught = ["settings: those that it needs"]

    static func prepare(_ settings: inout InstanceSettings, _ services: inout ProviderServices) {
        if settings.secrets["apiKey"] == nil { settings.secrets["apiKey"] = Secret("none") }
    }
}

/// Nothing is good enough for it.
enum Grumbles: Flaw {
    static let caught = ["settings: its check passes"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard question == .check else { return try await sound.ask(question, context) }
        return .problems(sentences: ["I do not like it."])
    }
}

/// It says that it ships.
enum Impostor: Flaw {
    static let caught = ["settings: its protocol"]
    static func describe(_ module: inout ModuleDescriptor) { module.kind = .shipping }
}
