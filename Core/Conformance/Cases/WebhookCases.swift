import ProviderKit
import Vocabulary

/// Deliveries that are genuine, forged, old, doubled, out of order, or about nothing known.
enum WebhookCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("webhooks", "a doubled one has the same event id") { subject in
            let post = try await Post(subject)
            for body in post.bodies {
                let first = try await post.verified(post.delivery(body))
                let second = try await post.verified(post.delivery(body, age: 30))
                try expect(first.eventID == second.eventID, "a repetition is another event")
                try expect(
                    (1...200).contains(first.eventID.utf8.count), "an event has no id, or no end")
            }
            var ids: Set<String> = []
            for body in post.bodies {
                ids.insert(try await post.verified(post.delivery(body)).eventID)
            }
            try expect(ids.count == post.bodies.count, "two events have one id")
        },
        ConformanceCase("webhooks", "forged ones are refused") { try await forged($0) },
        ConformanceCase("webhooks", "stale and early ones are refused") { subject in
            let post = try await Post(subject)
            for age in [86_400, 3600, 900, -900, -86_400] as [Int64] {
                try await post.expectRefused(
                    post.delivery(post.bodies[0], age: age), "one signed \(age) s ago")
            }
        },
        ConformanceCase("webhooks", "the secret before the last change is accepted") {
            try await rotated($0)
        },
        ConformanceCase("webhooks", "one signature of several is enough") { try await several($0) },
        ConformanceCase("webhooks", "unknown kinds are accepted and of no concern") { subject in
            let post = try await Post(subject)
            let unknown = post.counterpart.unknownWebhook
            let webhook = try await post.verified(post.delivery(unknown))
            let events = await post.trial.calling { () throws(ProviderError) in
                try await post.payments.events(in: webhook, post.trial.context())
            }
            guard case .success(let list) = events, list.isEmpty else {
                throw Breach("a kind that does not exist is \(words(events))")
            }
        },
        ConformanceCase("webhooks", "signed nonsense does no harm") { subject in
            let post = try await Post(subject)
            for response in MappingCases.nonsense {
                let delivery = post.delivery(response.body)
                guard let webhook = try? await post.trial.provider.verifying(delivery) else {
                    continue
                }
                let events = await post.trial.calling { () throws(ProviderError) in
                    try await post.payments.events(in: webhook, post.trial.context())
                }
                if case .success(let list) = events, !list.isEmpty {
                    throw Breach("it read something out of nonsense")
                }
            }
        },
    ]

    private static func forged(_ subject: Subject) async throws {
        let post = try await Post(subject)
        let body = post.bodies[0]
        let stranger = post.delivery(body, secret: Secret("whsec_of_a_stranger_0123456789"))
        try await post.expectRefused(stranger, "one signed by a stranger")
        try await post.expectRefused(
            post.delivery(body, secret: Secret("")), "one signed with an empty secret")
        var changed = post.delivery(body)
        changed.body[changed.body.count / 2] ^= 1
        try await post.expectRefused(changed, "one whose body was changed")
        var longer = post.delivery(body)
        longer.body.append(32)
        try await post.expectRefused(longer, "one whose body was lengthened")
        var bare = post.delivery(body)
        let signed = bare.headers.fields
        bare.headers = [:]
        try await post.expectRefused(bare, "one without headers")
        let odd = ["", " ", "t=,v1=", "t=1,v1=zz", "v1=00", ",,,,", "\u{0}", "é", "t=-1,v1="]
        for field in signed {
            for value in odd + [String(repeating: "t=1,v1=00,", count: 2000)] {
                var delivery = post.delivery(body)
                delivery.headers[field.name] = value
                if let verified = try? await post.trial.provider.verifying(delivery),
                    delivery.headers[field.name] != field.value
                {
                    // A header that is not part of the signature may say what it likes.
                    var without = post.delivery(body)
                    without.headers[field.name] = nil
                    guard (try? await post.trial.provider.verifying(without)) != nil else {
                        throw Breach("\(verified.eventID) with \(field.name): \(value.prefix(20))")
                    }
                }
            }
        }
    }

    /// While a provider changes its secret it signs with both, in any order.
    private static func several(_ subject: Subject) async throws {
        let post = try await Post(subject)
        let body = post.bodies[0]
        let genuine = post.delivery(body)
        let other = post.delivery(body, secret: Secret("whsec_of_a_stranger_0123456789"))
        for field in genuine.headers.fields {
            guard let ours = WebhookSignature(header: field.value),
                let theirs = other.headers[field.name].flatMap({ WebhookSignature(header: $0) })
            else { continue }
            let marks = [ours, theirs].map { "v1=" + hexadecimal($0.signatures[0]) }
            for signed in [marks, marks.reversed()] {
                var delivery = genuine
                delivery.headers[field.name] =
                    "t=\(ours.timestamp)," + signed.joined(separator: ",")
                _ = try await post.verified(delivery)
            }
            return
        }
        throw DoesNotApply("its webhooks are signed in another way")
    }

    private static func rotated(_ subject: Subject) async throws {
        let post = try await Post(subject)
        guard let field = post.counterpart.webhookSecret, let old = post.trial.values[field] else {
            throw DoesNotApply("it has no webhook secret")
        }
        var values = post.trial.values
        values[field] = "whsec_rotated_\(hexadecimal(randomBytes(16)))"
        let during = try subject.trial(
            post.counterpart, values, previous: [field: Secret(old)])
        let after = try subject.trial(post.counterpart, values)
        let delivery = post.delivery(post.bodies[0])
        let both = await during.calling { () throws(ProviderError) in
            try await during.provider.verifying(delivery)
        }
        guard case .success = both else {
            throw Breach("during the change the old secret is \(words(both))")
        }
        let new = post.delivery(post.bodies[0], secret: Secret(values[field] ?? ""))
        let fresh = await during.calling { () throws(ProviderError) in
            try await during.provider.verifying(new)
        }
        guard case .success = fresh else {
            throw Breach("during the change the new secret is \(words(fresh))")
        }
        let past = await after.calling { () throws(ProviderError) in
            try await after.provider.verifying(delivery)
        }
        guard case .failure(.signatureInvalid) = past else {
            throw Breach("after the change the old secret is \(words(past))")
        }
    }
}

/// A payment, refunded in part where that is possible, a payout, and the webhooks that they made.
struct Post {
    let trial: Trial
    let payments: any PaymentProvider
    let counterpart: any ScriptedCounterpart
    let secret: Secret
    let payment: PaymentSnapshot
    /// Nil when the seller refunds.
    let refund: RefundSnapshot?
    /// Nil when it pays nobody out, or by a file.
    let payout: PayoutSnapshot?
    let bodies: [[UInt8]]

    init(_ subject: Subject) async throws {
        trial = try subject.trial()
        (payments, counterpart) = try trial.payments()
        let field = try applicable(counterpart.webhookSecret, "its provider sends no webhooks")
        secret = Secret(trial.values[field] ?? "")
        payment = try await trial.paid()
        refund = try await subject.can(.directToSeller) ? nil : Self.refunded(payment, trial)
        payout = try await Self.paidOut(trial)
        bodies = counterpart.webhooks
        try expect(!bodies.isEmpty, "its counterpart sends no webhook after a payment")
    }

    private static func refunded(
        _ payment: PaymentSnapshot, _ trial: Trial
    ) async throws -> RefundSnapshot? {
        let isPart = trial.subject.can(.partialRefund)
        let amount = isPart ? payment.captured.amount / 3 : payment.captured.amount
        let result = try await trial.refund(payment, Money(amount, payment.captured.currency))
        return try? result.get()
    }

    private static func paidOut(_ trial: Trial) async throws -> PayoutSnapshot? {
        guard trial.provider.asPayouts != nil, !trial.subject.can(.payoutFiles),
            trial.counterpart?.payoutDestination != nil
        else { return nil }
        return try? await trial.pay().get()
    }

    /// A delivery of `body` that was signed `age` seconds ago.
    func delivery(
        _ body: [UInt8], age: Int64 = 0, secret other: Secret? = nil
    ) -> WebhookDelivery {
        let now = Instant.systemNow
        return WebhookDelivery(
            headers: counterpart.headers(
                signing: body, with: other ?? secret, at: now.advanced(by: .seconds(-age))),
            body: body, receivedAt: now)
    }

    func verified(_ delivery: WebhookDelivery) async throws -> VerifiedWebhook {
        do throws(ProviderError) {
            return try await trial.provider.verifying(delivery)
        } catch {
            throw Breach("a genuine one is refused: \(error)")
        }
    }

    func expectRefused(_ delivery: WebhookDelivery, _ what: String) async throws {
        do throws(ProviderError) {
            _ = try await trial.provider.verifying(delivery)
        } catch {
            guard error == .signatureInvalid else { throw Breach("\(what) is \(error)") }
            return
        }
        throw Breach("\(what) is accepted")
    }
}
