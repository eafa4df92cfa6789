public import ProviderKit
import Vocabulary

extension StripePayments {
    public func openAccount(
        _ request: ConnectedAccountRequest, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount {
        var form = StripeForm()
        // What used to be called an Express account: Stripe asks the seller who they are, and the
        // platform bears fees and losses, as it does with separate charges and transfers.
        form.set("controller[fees][payer]", "application")
        form.set("controller[losses][payments]", "application")
        form.set("controller[requirement_collection]", "stripe")
        form.set("controller[stripe_dashboard][type]", "express")
        form.set("country", request.country)
        form.set("email", request.email)
        form.set("business_profile[name]", request.name)
        form.set("capabilities[transfers][requested]", true)
        // Without a schedule Stripe's own pays the seller's bank by itself, so that nobody has to
        // send what was transferred on.
        form.set("settings[payouts][schedule][interval]", opensManually ? "manual" : nil)
        form.set("metadata[guildhall_seller]", request.sellerID)
        form.set(StripeMark.key, StripeMark.key(context.idempotencyKey))
        return try await stripe.post(AccountBody.self, "/v1/accounts", form, "account", context) {
            () throws(ProviderError) in
            try await stripe.made(
                AccountBody.self, "/v1/accounts", by: context.idempotencyKey, now: now(), context)
        }.account(asOf: now())
    }

    public func onboardingLink(
        _ request: OnboardingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> OnboardingLink {
        var form = StripeForm()
        form.set("account", request.account)
        form.set("type", "account_onboarding")
        form.set("return_url", request.returnURL)
        form.set("refresh_url", request.refreshURL)
        form.set("collection_options[fields]", "eventually_due")
        let body = try await stripe.post(
            AccountLinkBody.self, "/v1/account_links", form, "link", context
        ) { () throws(ProviderError) in nil }
        return OnboardingLink(
            url: body.url, expiresAt: Instant(secondsSince1970: body.expiresAt))
    }

    public func account(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount? {
        // Taken before the question: what changes while it is answered is newer.
        let asOf = now()
        switch key {
        case .reference(let reference):
            return try await stripe.find(
                AccountBody.self, "/v1/accounts/\(try Self.path(reference))", context
            )?.account(asOf: asOf)
        case .idempotencyKey(let key):
            return try await stripe.made(
                AccountBody.self, "/v1/accounts", by: key, now: now(), context
            )?.account(asOf: asOf)
        }
    }
}

struct AccountLinkBody: Decodable, Sendable {
    let url: String
    let expiresAt: Int64
}

struct AccountBody: Marked {
    struct Capabilities: Decodable, Sendable { let transfers: String? }

    struct Requirements: Decodable, Sendable {
        let currentlyDue: [String]?
        let pastDue: [String]?
        let disabledReason: String?
    }

    let id: String
    let payoutsEnabled: Bool?
    let detailsSubmitted: Bool?
    let capabilities: Capabilities?
    let requirements: Requirements?
    let metadata: StripeMetadata?

    func account(asOf: Instant) -> ConnectedAccount {
        let overdue = requirements?.pastDue ?? []
        let due = (requirements?.currentlyDue ?? []).filter { !overdue.contains($0) }
        let wanted = overdue.map { ($0, true) } + due.map { ($0, false) }
        return ConnectedAccount(
            reference: id, sellerID: metadata?.guildhallSeller,
            isReady: capabilities?.transfers == "active" && payoutsEnabled == true,
            isSubmitted: detailsSubmitted == true,
            requirements: wanted.prefix(50).map { code, isOverdue in
                AccountRequirement(
                    code: String(code.prefix(100)), words: RequirementWords.words(for: code),
                    isOverdue: isOverdue)
            },
            restriction: requirements?.disabledReason.map { RequirementWords.sentence(for: $0) },
            asOf: asOf)
    }
}
