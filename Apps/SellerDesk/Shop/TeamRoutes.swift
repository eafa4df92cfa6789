import Kernel
import Vocabulary
import Web

/// Who works for the shop, for people.
struct TeamRoutes {
    func mount(on routes: Routes) {
        routes.get("/team").show(as: Member.self, needing: [.manageTeam]) { call, member in
            try await page(call.marketplace, member, warning: nil)
        }
        routes.post("/team").form(NewMember.self)
            .show(as: Member.self, needing: [.manageTeam], again: again) { call, member in
                try await call.marketplace.addMember(
                    email: call.form.email, role: call.form.role, as: member.membership)
                return .seeOther(
                    Links.team, notice: localized("\(call.form.email) is in your team."))
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
        try await page(again.request.marketplace, member, warning: again.explanation)
    }

    private func page(
        _ marketplace: Marketplace, _ member: Member, warning: String?
    ) async throws -> PageAnswer {
        let team = try await marketplace.team(as: member.membership)
        return .page("team", TeamPage(team, warning: warning), title: localized("Team"))
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

    let members: [Row]
    let roles: [Choice]
    /// What each role may do.
    let explained: [String]
    let warning: String?

    init(_ team: [TeamMember], warning: String?) {
        members = team.map {
            Row(
                id: $0.account.description, name: $0.name, email: $0.email,
                since: Format.date($0.joinedAt), roles: Choice.roles(chosen: $0.role))
        }
        roles = Choice.roles(chosen: .catalogue)
        explained = SellerRole.allCases.map(\.label)
        self.warning = warning
    }
}
