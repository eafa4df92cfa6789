import Kernel
import Vocabulary
import Web

/// Who is there: signing in and out, and what one may do.
struct SessionRoutes {
    struct MeAnswer: Codable {
        let id: ID<Account>
        let name: String
        let email: String
        let roles: [String]
        /// What these roles allow.
        let duties: [String]
    }

    let desk: Desk

    func mount() {
        AccountPages(afterSignIn: Self.requireRole).mount(on: desk.routes)
        AccountAPI(afterSignIn: Self.requireRole).mount(on: desk.api)
        desk.page("/me", .lookAround) { call, admin in
            try await Self.me(call.marketplace, admin)
        }
        desk.read("/me", "Who is signed in, and what they may do", tag: "Account", .lookAround) {
            _, admin in
            MeAnswer(
                id: admin.account.id, name: admin.account.name, email: admin.account.email,
                roles: admin.roles.map(\.rawValue).sorted(),
                duties: Duty.allCases.filter { $0.isAllowed(to: admin.roles) }.map(\.rawValue))
        }
    }

    /// Customers and sellers have accounts too; here they are told at once that nothing is for
    /// them, and no session stays.
    @Sendable private static func requireRole(
        _ request: WebRequest, _ account: Account
    ) async throws {
        guard try await request.marketplace.adminRoles(of: account.id).isEmpty else { return }
        try await request.signOut()
        throw BackofficeRefusal.noRole
    }

    private static func me(
        _ marketplace: Marketplace, _ admin: Administrator
    ) async throws -> DeskPage {
        let tokens = try await marketplace.accessTokens(of: admin.account.id)
        let duties = Duty.allCases.filter { $0.isAllowed(to: admin.roles) }
        return DeskPage(
            .data(admin.account.name),
            [
                Block(facts: [
                    Fact("E-mail", data: admin.account.email),
                    Fact(
                        "Roles",
                        data: admin.roles.map(\.rawValue).sorted().map(\.inWords).joined(
                            separator: ", ")),
                    Fact("May", data: duties.map(\.inWords).joined(separator: ", ")),
                ]),
                Block(
                    "Access tokens for programs",
                    text: "Made with POST /api/v1/tokens, which shows the secret once.",
                    table: Table(
                        ["Name", "Made", "Revoked"],
                        tokens.items.map {
                            [Cell(data: $0.name), .time($0.createdAt), .time($0.revokedAt)]
                        }), nothing: "There is none."),
            ])
    }
}

extension Duty {
    /// `decideOnSellers` → `decide on sellers`
    var inWords: String {
        localized(
            name: rawValue.reduce(into: "") { words, letter in
                words += letter.isUppercase ? " " + letter.lowercased() : String(letter)
            })
    }
}
