import ProviderHost
import ProviderKit
import Vocabulary

/// It believes whatever is delivered, and reads a payment out of it.
enum BelievesAnybody: Flaw {
    static let caught = [
        "webhooks: forged", "webhooks: stale", "webhooks: the secret before",
        "webhooks: signed nonsense", "webhooks: unknown kinds",
    ]

    static func verify(
        _ delivery: WebhookDelivery, _ sound: any PaymentProvider
    ) throws(ProviderError) -> VerifiedWebhook {
        VerifiedWebhook(
            eventID: hexadecimal(sha256(delivery.body)), kind: "payment",
            occurredAt: delivery.receivedAt, body: delivery.body)
    }

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .events = question else { return try await sound.ask(question, context) }
        let zero = Money.zero(.eur)
        return .events(list: [
            .payment(
                PaymentSnapshot(
                    reference: "p", status: .processing, authorized: zero, captured: zero,
                    refunded: zero, version: 1))
        ])
    }
}

/// Of several signatures it looks at the last one alone.
enum LastSignature: Flaw {
    static let caught = ["webhooks: one signature of several"]

    static func verify(
        _ delivery: WebhookDelivery, _ sound: any PaymentProvider
    ) throws(ProviderError) -> VerifiedWebhook {
        var delivery = delivery
        let parts = (delivery.headers["Sandbox-Signature"] ?? "").split(separator: ",")
        if let time = parts.first, let last = parts.last {
            delivery.headers["Sandbox-Signature"] = "\(time),\(last)"
        }
        return try sound.verify(delivery)
    }
}

/// A repetition is news to it.
enum Forgetful: Flaw {
    static let caught = ["webhooks: a doubled one"]

    static func verify(
        _ delivery: WebhookDelivery, _ sound: any PaymentProvider
    ) throws(ProviderError) -> VerifiedWebhook {
        var webhook = try sound.verify(delivery)
        webhook.eventID = randomKey()
        return webhook
    }
}

/// It reads past refunds.
enum Misreads: Flaw {
    static let caught = ["webhooks: genuine"]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .events(let list) = reply else { return reply }
        return .events(
            list: list.map { event in
                guard case .payment(var snapshot) = event else { return event }
                snapshot.refunded = .zero(snapshot.refunded.currency)
                return .payment(snapshot)
            })
    }
}

/// To it a refund that is told has failed, and a payout too.
enum Pessimist: Flaw {
    static let caught = [
        "webhooks: what they say of a refund", "webhooks: what they say of a payout",
    ]

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        let reply = try await sound.ask(question, context)
        guard case .events(let list) = reply else { return reply }
        return .events(
            list: list.map { event in
                switch event {
                case .refund(var refund):
                    refund.status = .failed
                    return .refund(refund)
                case .payout(var payout):
                    payout.status = .failed
                    return .payout(payout)
                default: return event
                }
            })
    }
}

/// Its files are never the same.
enum RestlessFiles: Flaw {
    static let caught = ["payout files: the same request"]
    static let library = "BankFilePayouts"

    static func file(
        _ request: PayoutFileRequest, _ sound: any PayoutFileProvider
    ) throws(ProviderError) -> PayoutFile {
        var file = try sound.file(request)
        file.bytes += randomBytes(4)
        return file
    }
}

/// It writes whatever it is given.
enum WritesAnything: Flaw {
    static let caught = ["payout files: nothing"]
    static let library = "BankFilePayouts"

    static func file(
        _ request: PayoutFileRequest, _ sound: any PayoutFileProvider
    ) throws(ProviderError) -> PayoutFile {
        PayoutFile(name: "f", mediaType: "text/plain", bytes: Array(request.fileID.utf8))
    }
}

/// It promises payouts that no file can hold.
enum Promises: Flaw {
    static let caught = ["payout files: what cannot"]
    static let library = "BankFilePayouts"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        do throws(ProviderError) {
            return try await sound.ask(question, context)
        } catch {
            guard case .pay(let request) = question, request.amount.isPositive,
                request.amount.amount <= Money.amountMax
            else { throw error }
            return .payout(
                snapshot: PayoutSnapshot(
                    reference: "p", payoutID: request.payoutID, status: .pending,
                    amount: request.amount, version: 1))
        }
    }
}

/// Its prices are in a currency of its own.
enum ForeignPrices: Flaw {
    static let caught = ["quotes: make sense"]
    static let library = "TableRateShipping"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .quotes(let list) = try await sound.ask(question, context) else {
            return .quotes(list: [])
        }
        return .quotes(
            list: list.map { quote in
                var quote = quote
                quote.price = Money(490, .usd)
                return quote
            })
    }
}

/// Its prices go by its mood.
enum MoodyPrices: Flaw {
    static let caught = ["quotes: are the same", "quotes: many at once"]
    static let library = "TableRateShipping"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .quotes(let list) = try await sound.ask(question, context) else {
            return .problems(sentences: [])
        }
        return .quotes(
            list: list.map { quote in
                var quote = quote
                let price = quote.price
                quote.price = Money(price.amount + Int64(randomBytes(1)[0]), price.currency)
                return quote
            })
    }
}

/// It ships nothing anywhere.
enum ShipsNothing: Flaw {
    static let caught = ["quotes: exist"]
    static let library = "TableRateShipping"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply { .quotes(list: []) }
}

/// Base and tax are a cent apart from the price.
enum CentOff: Flaw {
    static let caught = ["tax: adds up"]
    static let library = "RateTableTax"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .taxes(let lines) = try await sound.ask(question, context) else {
            return .taxes(lines: [])
        }
        return .taxes(
            lines: lines.map { line in
                var line = line
                if line.isIncluded { line.amount = Money(line.amount.amount + 1, .eur) }
                return line
            })
    }
}

/// Its tables change between two questions.
enum MoodyTax: Flaw {
    static let caught = ["tax: is the same"]
    static let library = "RateTableTax"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .taxes(let lines) = try await sound.ask(question, context) else {
            return .problems(sentences: [])
        }
        return .taxes(
            lines: lines.map { line in
                var line = line
                line.source = randomKey()
                return line
            })
    }
}

/// It forgets what comes after the fiftieth line.
enum TiresOfLines: Flaw {
    static let caught = ["tax: of no lines"]
    static let library = "RateTableTax"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        guard case .taxes(let lines) = try await sound.ask(question, context) else {
            return .problems(sentences: [])
        }
        return .taxes(lines: Array(lines.prefix(50)))
    }
}
