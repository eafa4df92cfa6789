import Kernel
import Vocabulary

/// `/name`: how one is called; the same in all apps.
struct NamePages: Sendable {
    struct Choice: Described {
        let name: String
        static let rules: [String: [Rule]] = ["name": [.length(1...120)]]
    }

    let home: String

    func mount(on routes: Routes) {
        routes.get("/name").show(as: SignedIn.self) { _, person in
            Self.page(person.account.name, warning: nil)
        }
        routes.post("/name").form(Choice.self)
            .show(
                as: SignedIn.self,
                again: { again, _ in
                    Self.page(again.values["name"] ?? "", warning: again.explanation)
                },
                use: { call, person in
                    let account = try await call.marketplace.changeName(
                        of: person.account.id, to: call.form.name)
                    return .seeOther(
                        home, notice: localized("You are called \(account.name) now."))
                })
    }

    func mount(on api: API) {
        api.put("/account/name", "Change how you are called", tag: "Account")
            .body(Choice.self)
            .handle(as: SignedIn.self) { call, person in
                AccountAnswer(
                    try await call.marketplace.changeName(
                        of: person.account.id, to: call.body.name))
            }
    }

    private static func page(_ name: String, warning: String?) -> PageAnswer {
        .page(
            "name", NamePage(name: name, warning: warning), title: localized("Change your name"))
    }
}

/// The model of `name.mustache`.
struct NamePage {
    let name: String
    let warning: String?
}
