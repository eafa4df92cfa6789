import ProviderKit
import Vocabulary

/// What genuine webhooks say, backwards first and then all of them again: the newest version of
/// everything is what a look-up says.
enum NewsCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("webhooks", "genuine ones are understood, by the newest version") {
            try await payments($0)
        },
        ConformanceCase("webhooks", "what they say of a refund is so") { try await refunds($0) },
        ConformanceCase("webhooks", "what they say of a payout is so") { try await payouts($0) },
    ]

    private static func payments(_ subject: Subject) async throws {
        let post = try await Post(subject)
        let told = try applicable(
            try await post.news().payments[post.payment.reference],
            "no webhook is about the payment")
        let found = await post.trial.calling { () throws(ProviderError) in
            try await post.payments.lookup(.reference(post.payment.reference), post.trial.context())
        }
        guard case .success(.some(let known)) = found else {
            throw Breach("the payment is not found: \(words(found))")
        }
        try expect(
            told.status == known.status && told.captured == known.captured
                && told.refunded == known.refunded,
            "webhooks say \(told.status.rawValue) \(told.captured), refunded \(told.refunded); a "
                + "look-up says \(known.status.rawValue) \(known.captured), \(known.refunded)")
    }

    private static func refunds(_ subject: Subject) async throws {
        let post = try await Post(subject)
        let news = try await post.news().refunds
        if news.isEmpty { throw DoesNotApply("no webhook is about a refund") }
        try expect(
            post.refund.map { news[$0.reference] != nil } ?? true,
            "they are about refunds that nobody asked for")
        for told in news.values {
            let found = await post.trial.calling { () throws(ProviderError) in
                try await post.payments.lookupRefund(
                    .reference(told.reference), post.trial.context())
            }
            guard case .success(.some(let known)) = found else {
                throw Breach("a refund that a webhook told is not found: \(words(found))")
            }
            try expect(
                told.status == known.status && told.amount == known.amount
                    && told.paymentReference == known.paymentReference,
                "webhooks say \(told.status.rawValue) \(told.amount); a look-up says "
                    + "\(known.status.rawValue) \(known.amount)")
        }
    }

    private static func payouts(_ subject: Subject) async throws {
        let post = try await Post(subject)
        let provider = try applicable(post.trial.provider.asPayouts, "it pays nobody out")
        let news = try await post.news().payouts
        if news.isEmpty { throw DoesNotApply("no webhook is about a payout") }
        try expect(
            post.payout.map { news[$0.reference] != nil } ?? true,
            "they are about payouts that nobody asked for")
        for told in news.values {
            let found = await post.trial.calling { () throws(ProviderError) in
                try await provider.lookupPayout(.reference(told.reference), post.trial.context())
            }
            guard case .success(.some(let known)) = found else {
                throw Breach("a payout that a webhook told is not found: \(words(found))")
            }
            try expect(
                told.status == known.status && told.amount == known.amount,
                "webhooks say \(told.status.rawValue) \(told.amount); a look-up says "
                    + "\(known.status.rawValue) \(known.amount)")
        }
    }
}

/// The newest that webhooks said of everything, by its reference.
struct News {
    private(set) var payments: [String: PaymentSnapshot] = [:]
    private(set) var refunds: [String: RefundSnapshot] = [:]
    private(set) var payouts: [String: PayoutSnapshot] = [:]

    mutating func hear(_ event: PaymentEvent) {
        switch event {
        case .payment(let it) where it.version >= payments[it.reference]?.version ?? -1:
            payments[it.reference] = it
        case .refund(let it) where it.version >= refunds[it.reference]?.version ?? -1:
            refunds[it.reference] = it
        case .payout(let it) where it.version >= payouts[it.reference]?.version ?? -1:
            payouts[it.reference] = it
        default: break
        }
    }
}

extension Post {
    /// Every webhook twice, the second time in the order in which they were sent.
    func news() async throws -> News {
        var news = News()
        for body in bodies.reversed() + bodies {
            let webhook = try await verified(delivery(body))
            let events = await trial.calling { () throws(ProviderError) in
                try await payments.events(in: webhook, trial.context())
            }
            guard case .success(let list) = events else {
                throw Breach("a genuine one is \(words(events))")
            }
            for event in list { news.hear(event) }
        }
        return news
    }
}
