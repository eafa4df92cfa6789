import Logging
import Postgres
import ProviderKit
import Vocabulary

/// Which stored delivery is to be applied.
struct WebhookArgs: Codable, Sendable {
    let instance: ID<ProviderInstance>
    let event: String
}

extension JobKind where Args == WebhookArgs {
    static var applyWebhook: JobKind { JobKind("webhooks.apply", lane: .payments) }
}

extension Marketplace {
    /// Longer than any webhook that a provider sends.
    public static let webhookBytesMax = 262_144

    /// Takes in what a provider tells us: checks its signature before anything else, stores it,
    /// and leaves it to a job. A repeated delivery is stored once. When this returns, the provider
    /// may be told that it arrived; when it throws anything but a refusal, it should send again.
    /// - Throws: `signatureInvalid`, `webhookTooLarge`, `instanceMissing`.
    public func receiveWebhook(
        from instance: ID<ProviderInstance>, headers: HTTPHeaders, body: [UInt8]
    ) async throws {
        guard body.count <= Self.webhookBytesMax else { throw PaymentRefusal.webhookTooLarge }
        let delivery = WebhookDelivery(headers: headers, body: body, receivedAt: .systemNow)
        let webhook: VerifiedWebhook
        do {
            webhook = try await providers.payment(instance).verify(delivery)
        } catch is ProviderRefusal {
            throw PaymentRefusal.instanceMissing
        } catch let error as ProviderError where error == .signatureInvalid {
            logger.warning(
                "webhook.refused", metadata: ["instance": "\(instance)", "error": "\(error)"])
            throw PaymentRefusal.signatureInvalid
        }
        try await database.transaction { tx in
            guard try await tx.webhooks.insert(webhook, [:], from: instance) else { return }
            try await tx.jobs.enqueue(
                .applyWebhook, WebhookArgs(instance: instance, event: webhook.eventID),
                uniqueKey: "\(instance):\(webhook.eventID)")
        }
        reach(.webhook, .intentCommitted)
    }

    /// Applies a stored delivery. What it says of payments and refunds is absolute, so a repeat or
    /// an older one changes nothing. What may only have come too early is thrown: the job tries
    /// again, and stands among the dead letters in the end. The delivery says itself that its work
    /// failed, and why.
    func applyWebhook(_ args: WebhookArgs) async throws {
        guard let stored = try await database.webhooks.find(args.event, from: args.instance) else {
            return
        }
        do { try await apply(stored, args) } catch {
            // A worker that is stopped failed at nothing.
            guard !Task.isCancelled else { throw error }
            // The job is told in any case; this is for whoever looks at the deliveries.
            do {
                try await database.failedWebhooks.note(
                    "\(error)", of: args.event, from: args.instance)
            } catch let unnoted {
                logger.warning("webhook.unnoted", metadata: ["error": "\(unnoted)"])
            }
            throw error
        }
    }

    private func apply(_ stored: StoredWebhook, _ args: WebhookArgs) async throws {
        let context = OperationContext(
            idempotencyKey: "webhook:\(args.event)",
            deadline: Instant.systemNow.advanced(by: settings.callDeadline))
        let provider = try await providers.payment(args.instance)
        let events = try await provider.events(in: stored.webhook, context)
        var isKnown = false
        do {
            for event in events where try await apply(event, from: args.instance) {
                isKnown = true
            }
            // Last: nobody waits for what of it fails.
            if provider.tellsBankPayouts,
                try await hearBankPayouts(in: stored.webhook, at: args.instance, provider, context)
            {
                isKnown = true
            }
            try await database.webhooks.settle(
                args.event, from: args.instance, isKnown ? "done" : "ignored")
            reach(.webhook, .recorded)
        } catch let quarantined as SnapshotQuarantined where !quarantined.mayBeEarly {
            try await database.webhooks.settle(
                args.event, from: args.instance, "failed", error: quarantined.problem)
        }
    }

    /// Whether it was about something of ours.
    private func apply(
        _ event: PaymentEvent, from instance: ID<ProviderInstance>
    ) async throws -> Bool {
        switch event {
        case .payment(let snapshot):
            guard let payment = try await payment(snapshot, at: instance) else { return false }
            try await settle(payment, snapshot)
            return true
        case .refund(let snapshot):
            guard
                let payment = try await database.payments.find(
                    reference: snapshot.paymentReference, at: instance)
            else { return false }
            let known = snapshot.refundID.flatMap { ID<Refund>($0) }
            let found = try await database.refunds.find(
                reference: snapshot.reference, of: payment)
            guard let refund = known ?? found,
                try await database.refunds.find(refund)?.payment == payment
            else { return false }
            try await settleRefund(refund, of: payment, snapshot, attempt: nil)
            return true
        case .payout(let snapshot):
            try await applyPayout(snapshot, at: instance)
            return true
        case .account(let account): return try await applyAccount(account, at: instance)
        case .dispute(let dispute): return try await applyDispute(dispute, at: instance)
        }
    }

    /// The payment that a snapshot is about, by the provider's reference, or by our id when the
    /// webhook is faster than the answer to the start. It must be of this instance.
    private func payment(
        _ snapshot: PaymentSnapshot, at instance: ID<ProviderInstance>
    ) async throws -> ID<Payment>? {
        if let id = try await database.payments.find(reference: snapshot.reference, at: instance) {
            return id
        }
        guard let id = snapshot.paymentID.flatMap({ ID<Payment>($0) }),
            try await database.payments.find(id)?.instance == instance
        else { return nil }
        return id
    }
}
