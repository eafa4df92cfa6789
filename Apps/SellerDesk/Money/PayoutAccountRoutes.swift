import Kernel
import Vocabulary
import Web

/// A seller's accounts at providers that pay sellers there: opened from here, completed on the
/// provider's pages, and back.
struct PayoutAccountRoutes {
    struct InstancePath: Described { let instance: ID<ProviderInstance> }

    func mount(on routes: Routes) {
        routes.get("/money/accounts")
            .show(as: Member.self, needing: [.readMoney]) { call, member in
                .page(
                    "payout-accounts",
                    PayoutAccountsPage(
                        try await call.marketplace.payoutConnections(as: member.membership),
                        mayEdit: member.membership.may(.editWallets)),
                    title: localized("Accounts at providers"))
            }
        routes.post("/money/accounts/{instance}").path(InstancePath.self)
            .show(as: Member.self, needing: [.editWallets]) { call, member in
                .seeOther(
                    try await call.request.onboardingLink(
                        at: call.path.instance, as: member.membership))
            }
        routes.get("/money/accounts/{instance}/return").path(InstancePath.self)
            .closedOnBehalf().show(as: Member.self, needing: [.readMoney]) { call, member in
                let account = try await call.marketplace.refreshPayoutAccount(
                    at: call.path.instance, as: member.membership)
                let isReady = account?.isReady == true
                return isReady
                    ? .seeOther(
                        Links.payoutAccounts, notice: localized("You can be paid there now."))
                    : .seeOther(
                        Links.payoutAccounts,
                        warning: localized(
                            "The provider still needs something, or is still checking."))
            }
        // The provider sends a seller here whose link was used or is too old. Whoever comes has
        // only followed a link, so nothing is made before the seller presses the button.
        routes.get("/money/accounts/{instance}/link").path(InstancePath.self)
            .closedOnBehalf().show(as: Member.self, needing: [.editWallets]) { call, member in
                let connections = try await call.marketplace.payoutConnections(
                    as: member.membership)
                guard connections.contains(where: { $0.instance == call.path.instance }) else {
                    throw PayoutRefusal.accountNotOffered
                }
                return .page(
                    "payout-accounts",
                    PayoutAccountsPage(
                        connections.filter { $0.instance == call.path.instance }, mayEdit: true,
                        isStale: true), title: localized("Accounts at providers"))
            }
    }

    func mount(on api: API) {
        let tag = "Wallets"
        api.get("/payout-accounts", "Your accounts at providers that pay you there", tag: tag)
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                Listed(
                    items: try await call.marketplace.payoutConnections(as: member.membership)
                        .map { PayoutConnectionAnswer($0) }, next: nil)
            }
        api.post(
            "/payout-accounts/{instance}/links", "A link to the provider's page", tag: tag
        )
        .about(
            "Opens the account when there is none yet. The link lives for minutes and works once; "
                + "the provider's page leads back to the desk."
        )
        .path(InstancePath.self).refuses(.missing, .conflict, .unavailable)
        .succeeds(with: .created)
        .handle(as: Member.self, needing: [.editWallets]) { call, member in
            OnboardingLinkAnswer(
                url: try await call.request.onboardingLink(
                    at: call.path.instance, as: member.membership))
        }
    }
}

extension WebRequest {
    fileprivate func onboardingLink(
        at instance: ID<ProviderInstance>, as member: SellerMember
    ) async throws -> String {
        let place = "\(ownURL)\(Links.payoutAccounts)/\(instance)"
        return try await marketplace.connectPayoutAccount(
            at: instance, returnURL: place + "/return", refreshURL: place + "/link", as: member)
    }
}

struct OnboardingLinkAnswer: Codable, Sendable { let url: String }

struct PayoutConnectionAnswer: Codable, Sendable {
    struct RequirementAnswer: Codable, Sendable {
        let code: String
        let words: String
        let isOverdue: Bool
    }

    let instanceId: ID<ProviderInstance>
    let name: String
    /// The provider's id of your account; absent until it is open.
    let reference: String?
    let isReady: Bool
    let requirements: [RequirementAnswer]
    /// Why the provider holds it back; absent when it does not.
    let restriction: String?

    init(_ connection: PayoutConnection) {
        instanceId = connection.instance
        name = connection.name
        reference = connection.account?.reference
        isReady = connection.account?.isReady ?? false
        requirements = (connection.account?.requirements ?? []).map {
            RequirementAnswer(code: $0.code, words: $0.words, isOverdue: $0.isOverdue)
        }
        restriction = connection.account?.restriction
    }
}

/// The model of `payout-accounts.mustache`.
struct PayoutAccountsPage {
    struct Row {
        let name: String
        let action: String
        /// `Connect your Stripe account`, or to go on with it.
        let button: String
        let isReady: Bool
        let isOpen: Bool
        let restriction: String?
        let requirements: [String]
        let hasRequirements: Bool
    }

    let rows: [Row]
    let hasRows: Bool
    let hasOpen: Bool
    let mayEdit: Bool
    /// The provider's page was left by a link that works no more.
    let isStale: Bool

    init(_ connections: [PayoutConnection], mayEdit: Bool, isStale: Bool = false) {
        self.isStale = isStale
        rows = connections.map { connection in
            let account = connection.account
            let isOpen = account?.reference != nil
            let requirements = (account?.requirements ?? []).map {
                $0.isOverdue ? localized("\($0.words) (overdue)") : $0.words
            }
            return Row(
                name: connection.name, action: "\(Links.payoutAccounts)/\(connection.instance)",
                button: isOpen
                    ? localized("Go on at \(connection.name)")
                    : localized("Connect your \(connection.name) account"),
                isReady: account?.isReady ?? false, isOpen: isOpen,
                restriction: account?.restriction, requirements: requirements,
                hasRequirements: !requirements.isEmpty)
        }
        hasRows = !rows.isEmpty
        hasOpen = rows.contains(where: \.isOpen)
        self.mayEdit = mayEdit
    }
}
