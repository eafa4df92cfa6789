import Kernel
import Vocabulary
import Web

/// One's own data: to take along, and to erase; for people and for programs.
struct PersonalDataRoutes {
    struct Erasure: Described {
        let currentPassword: String
        let code: String?
        static let rules: [String: [Rule]] = [
            "currentPassword": [.length(1...200)],
            "code": [
                .length(1...40), .about("Needed where two-step sign-in is on."),
            ],
        ]
    }

    func mount(on routes: Routes) {
        routes.get("/account/data").show(as: SignedIn.self) { call, person in
            try await page(call.request, person, warning: nil)
        }
        routes.post("/account/data/export").limited(.register).show(as: SignedIn.self) {
            call, person in
            .response(
                Download(
                    try await call.request.personalData(of: person.account),
                    type: "application/json", fileName: "guildhall-my-data.json"
                ).response)
        }
        routes.post("/account/erasure").form(Erasure.self).limited(.signIn)
            .show(
                as: SignedIn.self,
                again: { again, person in
                    try await page(again.request, person, warning: again.explanation)
                },
                use: { call, person in
                    try await call.request.erase(
                        person.account, password: call.form.currentPassword,
                        code: call.form.code)
                    return .seeOther("/", notice: localized("Your account is erased. Farewell."))
                })
    }

    func mount(on api: API) {
        let tag = "Account"
        api.get("/account/data", "All that is known of you", tag: tag)
            .about("A member for each part. Amounts are in minor units.").limited(.register)
            .refuses(.missing).closedOnBehalf()
            .handle(as: SignedIn.self) { call, person in
                RawJSON<PersonalDataAnswer>(
                    try await call.request.personalData(of: person.account))
            }
        api.post("/account/erasure", "Erase your account, for good", tag: tag)
            .about(
                """
                What is yours alone is deleted. Purchases and payments stay for the books, with no \
                more of you than country and region; stars stay without words and name.
                """
            )
            .body(Erasure.self).limited(.signIn).refuses(.missing, .conflict, .unavailable)
            .handle(as: SignedIn.self) { call, person in
                try await call.request.erase(
                    person.account, password: call.body.currentPassword, code: call.body.code)
                return Nothing()
            }
    }

    private func page(
        _ request: WebRequest, _ person: SignedIn, warning: String?
    ) async throws -> PageAnswer {
        .page(
            "personal-data",
            PersonalDataPage(
                person.account,
                obstacles: try await request.marketplace.erasureObstacles(of: person.account.id),
                hasTwoStep: try await request.marketplace.secondFactor(of: person.account.id)
                    != nil, warning: warning), title: localized("Your data"))
    }
}

/// The model of `personal-data.mustache`.
struct PersonalDataPage {
    let email: String
    let warning: String?
    let obstacles: [String]
    let isErasable: Bool
    let hasTwoStep: Bool

    init(
        _ account: Account, obstacles: [ErasureRefusal], hasTwoStep: Bool, warning: String?
    ) {
        email = account.email
        self.warning = warning
        self.obstacles = obstacles.map(\.localizedExplanation)
        isErasable = obstacles.isEmpty
        self.hasTwoStep = hasTwoStep
    }
}
