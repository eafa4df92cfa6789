import Kernel
import Vocabulary
import Web

/// Who works for the shop, for programs.
struct TeamAPI {
    enum Role: String, Codable, Sendable, CaseIterable {
        case owner, catalogue, orders, finance, support

        init(_ role: SellerRole) {
            switch role {
            case .owner: self = .owner
            case .catalogue: self = .catalogue
            case .orders: self = .orders
            case .finance: self = .finance
            case .support: self = .support
            }
        }

        var kernel: SellerRole {
            switch self {
            case .owner: .owner
            case .catalogue: .catalogue
            case .orders: .orders
            case .finance: .finance
            case .support: .support
            }
        }
    }

    struct MemberPath: Described { let account: ID<Account> }

    struct NewMember: Described {
        let email: String
        let role: Role
        static let rules: [String: [Rule]] = ["email": [.length(3...254), .pattern(.email)]]
    }

    struct ChangedMember: Described { let role: Role }

    struct MemberAnswer: Codable, Sendable {
        let accountId: ID<Account>
        let name: String
        let email: String
        let role: Role
        let joinedAt: Instant

        init(_ member: TeamMember) {
            accountId = member.account
            name = member.name
            email = member.email
            role = Role(member.role)
            joinedAt = member.joinedAt
        }
    }

    func mount(on api: API) {
        let tag = "Team"
        api.get("/team", "Who works for the shop", tag: tag)
            .handle(as: Member.self, needing: [.manageTeam]) { call, member in
                try await answer(call.marketplace, member)
            }
        api.post("/team", "Take somebody in who has an account", tag: tag)
            .body(NewMember.self).refuses(.conflict).onlyOnce().succeeds(with: .created)
            .handle(as: Member.self, needing: [.manageTeam]) { call, member in
                try await call.marketplace.addMember(
                    email: call.body.email, role: call.body.role.kernel, as: member.membership)
                return try await answer(call.marketplace, member)
            }
        api.put("/team/{account}", "Give a member another role", tag: tag)
            .path(MemberPath.self).body(ChangedMember.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.manageTeam]) { call, member in
                try await call.marketplace.changeRole(
                    of: call.path.account, to: call.body.role.kernel, as: member.membership)
                return try await answer(call.marketplace, member)
            }
        api.delete("/team/{account}", "Take a member out", tag: tag)
            .path(MemberPath.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.manageTeam]) { call, member in
                try await call.marketplace.removeMember(
                    call.path.account, as: member.membership)
                return Nothing()
            }
    }

    @Sendable private func answer(
        _ marketplace: Marketplace, _ member: Member
    ) async throws -> Listed<MemberAnswer> {
        Listed(
            items: try await marketplace.team(of: member.seller).map { MemberAnswer($0) },
            next: nil)
    }
}
