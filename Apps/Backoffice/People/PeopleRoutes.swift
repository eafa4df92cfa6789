import Kernel
import Vocabulary
import Web

/// Who may do what in the back office.
struct PeopleRoutes {
    struct Grant: Described {
        let email: String
        let role: AdminRole
        let reason: String
        static let rules: [String: [Rule]] = [
            "email": [.length(3...254)], "reason": [.length(3...500)],
        ]
    }

    struct Withdrawal: Described {
        let account: ID<Account>
        let role: AdminRole
        let reason: String
        static let rules: [String: [Rule]] = ["reason": [.length(3...500)]]
    }

    struct PersonAnswer: Codable {
        let id: ID<Account>
        let name: String
        let email: String
        let roles: [String]

        init(_ person: (Account, Set<AdminRole>)) {
            id = person.0.id
            name = person.0.name
            email = person.0.email
            roles = person.1.map(\.rawValue).sorted()
        }
    }

    struct RoleAnswer: Codable { let role: String }

    let desk: Desk

    func mount() {
        desk.page("/people", .managePeople, query: ListQuery.self) { call, _ in
            Self.page(try await call.marketplace.administrators(call.query.page(limit: 50)))
        }
        desk.read(
            "/people", "Who has a role", tag: "People", .managePeople, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.administrators(call.query.page())) {
                PersonAnswer($0)
            }
        }
        desk.act(
            Act<Nothing>(
                "/people/roles", "Give a role", tag: "People", .managePeople,
                done: "The role is given.", back: { _ in "/people" }), input: Grant.self
        ) { marketplace, _, input, admin in
            try await marketplace.grant(
                input.role, toEmail: input.email, reason: input.reason, by: admin.account.id)
            return RoleAnswer(role: input.role.rawValue)
        }
        desk.act(
            Act<Nothing>(
                "/people/withdrawals", "Take a role away", tag: "People", .managePeople,
                done: "The role is taken away.", back: { _ in "/people" }), input: Withdrawal.self
        ) { marketplace, _, input, admin in
            try await marketplace.withdraw(
                input.role, from: input.account, reason: input.reason, by: admin.account.id)
            return RoleAnswer(role: input.role.rawValue)
        }
    }

    private static func page(_ people: Kernel.Page<(Account, Set<AdminRole>)>) -> DeskPage {
        let roles = AdminRole.allCases.map {
            (key: $0.rawValue, text: Phrase.data($0.rawValue.inWords))
        }
        let give = Block(
            "Give a role",
            text: "The person needs an account; anybody can register in the shop.",
            forms: [
                .reasoned(
                    "Give the role", to: "/people/roles",
                    hint: "From then on they see and do here whatever the role allows.",
                    [.line("email", "E-mail", type: "email"), .choice("role", "Role", roles)])
            ])
        let everybody = people.items.map { account, held in
            let names = held.map(\.rawValue).sorted()
            return Block(
                .data(account.name),
                facts: [
                    Fact("E-mail", data: account.email),
                    Fact("Roles", data: names.map(\.inWords).joined(separator: ", ")),
                ],
                forms: [
                    .dangerous(
                        "Take a role away", to: "/people/withdrawals",
                        hint: """
                            From the next click on, this person may no longer do what the role \
                            allows.
                            """,
                        [
                            .hidden("account", account.id.description),
                            .choice(
                                "role", "Role",
                                names.map { (key: $0, text: Phrase.data($0.inWords)) }),
                        ])
                ])
        }
        let more = people.next.map { Block(more: "/people?after=\(Cursor.seal($0))") }
        return DeskPage("People", everybody + [more].compactMap { $0 } + [give])
    }
}
