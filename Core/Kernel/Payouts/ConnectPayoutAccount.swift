import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

/// What sellers read when their account at a provider changed.
struct PayoutAccountNotice: Codable, Sendable {
    let isReady: Bool
    let requirements: [String]
    let restriction: String?
}

extension Marketplace {
    /// The providers that pay into sellers' accounts there, and the seller's account at each.
    public func payoutConnections(as member: SellerMember) async throws -> [PayoutConnection] {
        try member.require(.readMoney)
        let accounts = try await database.payoutAccounts.list(of: member.seller)
        var connections: [PayoutConnection] = []
        for instance in try await database.providers.tables().instances
        where instance.kind == .payment && instance.state != .draft {
            let account = accounts.first { $0.instance == instance.id }
            guard account != nil || instance.state == .active,
                try await connects(instance.id)
            else { continue }
            connections.append(
                PayoutConnection(instance: instance.id, name: instance.name, account: account))
        }
        return connections
    }

    /// Opens the seller's account at a provider, if there is none yet, and makes a link to the
    /// page where the provider asks the seller who they are. Repeated or raced, the seller has one
    /// account: the row's id is the key of the call that opens it.
    /// - Parameters:
    ///   - returnURL: where the seller comes back to, finished or not.
    ///   - refreshURL: where the provider sends a seller whose link is too old.
    /// - Returns: the link; it lives for minutes and can be used once.
    /// - Throws: ``PayoutRefusal`` `accountNotOffered`, `accountNotOpened`, `accountUnavailable`.
    public func connectPayoutAccount(
        at instance: ID<ProviderInstance>, returnURL: String, refreshURL: String,
        as member: SellerMember
    ) async throws -> String {
        try member.require(.editWallets)
        guard let seller = try await database.sellers.find(member.seller) else {
            throw SellerRefusal.unknown
        }
        return try await askingForAccounts(at: instance) { provider in
            let account = try await open(seller, at: instance, provider)
            let link = try await provider.onboardingLink(
                OnboardingRequest(account: account, returnURL: returnURL, refreshURL: refreshURL),
                // Each link is another one: an old one may have been used.
                OperationContext(key: "link:\(ID<PayoutAccount>())", within: Self.accountDeadline))
            try await database.transaction { tx in
                try await tx.audit.record(
                    "payout-account.link-made", on: "seller", seller.id.description,
                    by: member.account, as: .seller, for: seller.id, before: String?.none,
                    after: account)
            }
            return link.url
        }
    }

    /// Asks the provider how the seller's account stands, as when the seller comes back from its
    /// page. Nil when the seller has none there.
    /// - Throws: ``PayoutRefusal`` `accountNotOffered`, `accountUnavailable`.
    @discardableResult
    public func refreshPayoutAccount(
        at instance: ID<ProviderInstance>, as member: SellerMember
    ) async throws -> PayoutAccount? {
        try member.require(.readMoney)
        return try await askingForAccounts(at: instance) { provider in
            guard
                let known = try await database.payoutAccounts.find(member.seller, at: instance)
            else { return nil }
            let key: ProviderLookup =
                known.reference.map { .reference($0) } ?? .idempotencyKey("\(known.id)")
            if let found = try await provider.account(key, accountContext(known)) {
                try await keep(found, as: known)
            }
            return try await database.payoutAccounts.find(member.seller, at: instance)
        }
    }

    /// Applies what a provider says of a seller's account by webhook.
    /// - Returns: false when it is not one of ours.
    func applyAccount(
        _ account: ConnectedAccount, at instance: ID<ProviderInstance>
    ) async throws -> Bool {
        var known = try await database.payoutAccounts.find(
            reference: account.reference, at: instance)
        if known == nil, let seller = account.sellerID.flatMap({ ID<Seller>($0) }) {
            // The webhook was faster than the answer to the call.
            known = try await database.payoutAccounts.find(seller, at: instance)
        }
        guard let known, known.reference == nil || known.reference == account.reference else {
            return false
        }
        try await keep(account, as: known)
        return true
    }

    private static let accountDeadline: Duration = .seconds(15)

    private func accountContext(_ account: PayoutAccount) -> OperationContext {
        OperationContext(
            idempotencyKey: "\(account.id)",
            deadline: Instant.systemNow.advanced(by: Self.accountDeadline),
            requestID: "\(account.id)", firstMadeAt: account.id.madeAt)
    }

    private func connects(_ instance: ID<ProviderInstance>) async throws -> Bool {
        do {
            return try await providers.payment(instance).connectsAccounts
        } catch {
            logger.warning(
                "payouts.instance-unusable",
                metadata: ["instance": "\(instance)", "error": "\(error)"])
            return false
        }
    }

    private func open(
        _ seller: Seller, at instance: ID<ProviderInstance>, _ provider: GuardedPayment
    ) async throws -> String {
        try await database.payoutAccounts.claim(seller.id, at: instance)
        guard let known = try await database.payoutAccounts.find(seller.id, at: instance) else {
            throw PayoutRefusal.accountUnavailable
        }
        if let reference = known.reference { return reference }
        guard try await providers.instance(instance).takesNewBusiness else {
            throw PayoutRefusal.accountNotOffered
        }
        let opened = try await provider.openAccount(
            ConnectedAccountRequest(
                sellerID: "\(seller.id)", country: seller.country, name: seller.name),
            accountContext(known))
        try await keep(opened, as: known)
        return opened.reference
    }

    private func keep(_ account: ConnectedAccount, as known: PayoutAccount) async throws {
        try await database.transaction { tx in
            guard try await tx.payoutAccounts.save(account, as: known.id) else { return }
            // Told when it becomes ready, and when it no longer is.
            guard account.isReady != known.isReady else { return }
            try await tx.outbox.record(
                OutboxEvent(
                    account.isReady ? "payout-account.ready" : "payout-account.held-back",
                    about: "seller", known.seller,
                    PayoutAccountNotice(
                        isReady: account.isReady, requirements: account.requirements.map(\.words),
                        restriction: account.restriction)
                ).telling(team: known.seller))
        }
    }

    /// Runs `body` with the provider; its failures become refusals that a seller understands.
    private func askingForAccounts<Answer: Sendable>(
        at instance: ID<ProviderInstance>,
        _ body: (GuardedPayment) async throws -> Answer
    ) async throws -> Answer {
        do {
            let provider = try await providers.payment(instance)
            guard provider.connectsAccounts else { throw PayoutRefusal.accountNotOffered }
            return try await body(provider)
        } catch is ProviderRefusal {
            throw PayoutRefusal.accountNotOffered
        } catch let error as ProviderError {
            logger.warning(
                "payout-account.failed",
                metadata: ["instance": "\(instance)", "error": "\(error)"])
            switch error {
            case .declined, .invalidRequest, .unsupported: throw PayoutRefusal.accountNotOpened
            default: throw PayoutRefusal.accountUnavailable
            }
        }
    }
}
