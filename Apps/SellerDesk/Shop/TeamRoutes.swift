import Kernel
import Vocabulary
import Web

/// Who works for the shop, for people.
struct TeamRoutes {
    func mount(on routes: Routes) {
        routes.get("/team").show(as: Member.self, needing: [.manageTeam]) { call, member in
            try await Self.page(call.marketplace, member)
        }
        routes.post("/team/{account}").path(AccountPath.self).form(RoleInput.self)
            .show(as: Member.self, needing: [.manageTeam], again: again) { call, member in
                try await call.marketplace.changeRole(
                    of: call.path.account, to: call.form.role, as: member.membership)
                return .seeOther(Links.team, notice: localized("The role is changed."))
            }
        routes.post("/team/{account}/leave").path(AccountPath.self)
            .show(as: Member.self, needing: [.manageTeam], again: again) { call, member in
                try await call.marketplace.removeMember(
                    call.path.account, as: member.membership)
                return .seeOther(
                    Links.team, notice: localized("That person is no longer in your team."))
            }
    }

    @Sendable private func again(_ again: Again, _ member: Member) async throws -> PageAnswer {
        try await Self.page(again.request.marketplace, member, warning: again.explanation)
    }

    static func page(
        _ marketplace: Marketplace, _ member: Member, warning: String? = nil,
        typed: NewMemberTyped? = nil
    ) async throws -> PageAnswer {
        let team = try await marketplace.team(as: member.membership)
        let invited = try await marketplace.invitations(as: member.membership)
        return .page(
            "team", TeamPage(team, invited, warning: warning, typed: typed),
            title: localized("Team"))
    }
}

/// The model of `team.mustache`.
struct TeamPage {
    struct Row {
        let id: String
        let name: String
        let email: String
        let since: String
        let roles: [Choice]
    }

    struct Invited {
        let id: String
        let email: String
        let role: String
        let sent: String
        /// Until when the link is good; nil when it is too old.
        let until: String?
    }

    let members: [Row]
    let invited: [Invited]
    let hasInvited: Bool
    let email: String
    let roles: [Choice]
    /// What each role may do.
    let explained: [String]
    let warning: String?

    init(
        _ team: [TeamMember], _ invitations: [TeamInvitation], warning: String?,
        typed: NewMemberTyped?
    ) {
        members = team.map {
            Row(
                id: $0.account.description, name: $0.name, email: $0.email,
                since: Format.date($0.joinedAt), roles: Choice.roles(chosen: $0.role))
        }
        invited = invitations.map {
            Invited(
                id: $0.id.description, email: $0.email, role: $0.role.name,
                sent: Format.date($0.sentAt),
                until: $0.isOver(at: .systemNow) ? nil : Format.date($0.expiresAt))
        }
        hasInvited = !invitations.isEmpty
        email = typed?.email ?? ""
        roles = Choice.roles(chosen: typed?.role ?? .catalogue)
        explained = SellerRole.allCases.map(\.label)
        self.warning = warning
    }
}
