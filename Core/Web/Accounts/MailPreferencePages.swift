import Kernel
import Vocabulary

/// `/mail`: what a person gets e-mail of.
struct MailPreferencePages: Sendable {
    func mount(on routes: Routes) {
        routes.get("/mail").show(as: SignedIn.self) { call, person in
            .page(
                "mail",
                MailPreferencePage(
                    try await call.marketplace.mailChoices(of: person.account.id),
                    email: person.account.email), title: localized("E-mail"))
        }
        routes.post("/mail").form(MailPreferenceForm.self)
            .show(as: SignedIn.self) { call, person in
                try await call.marketplace.chooseMail(call.form.choices, of: person.account.id)
                return .seeOther("/mail", notice: localized("It is kept."))
            }
    }

    func mount(on api: API) {
        api.get("/account/mail", "What you get e-mail of", tag: "Account")
            .handle(as: SignedIn.self) { call, person in
                MailPreferencesAnswer(
                    try await call.marketplace.mailChoices(of: person.account.id))
            }
        api.put("/account/mail", "Choose what you get e-mail of", tag: "Account")
            .about("What did not work, and what concerns your safety, is written in any case.")
            .body(MailPreferences.self)
            .handle(as: SignedIn.self) { call, person in
                try await call.marketplace.chooseMail(call.body.choices, of: person.account.id)
                return MailPreferencesAnswer(call.body.choices)
            }
    }
}

struct MailPreferences: Described {
    /// Parcels that makers have shipped to you.
    let parcels: Bool
    /// Orders of your shop.
    let newOrders: Bool
    /// Payouts to your shop that are on their way.
    let payouts: Bool

    static let rules: [String: [Rule]] = [:]

    var choices: Set<MailChoice> {
        Set(
            [(MailChoice.parcels, parcels), (.newOrders, newOrders), (.payouts, payouts)]
                .filter(\.1).map(\.0))
    }
}

struct MailPreferencesAnswer: Codable {
    let parcels: Bool
    let newOrders: Bool
    let payouts: Bool

    init(_ choices: Set<MailChoice>) {
        parcels = choices.contains(.parcels)
        newOrders = choices.contains(.newOrders)
        payouts = choices.contains(.payouts)
    }
}

/// The same as a page sends it: boxes that are not ticked are left out.
struct MailPreferenceForm: Described {
    let parcels: Bool?
    let newOrders: Bool?
    let payouts: Bool?

    static let rules: [String: [Rule]] = [:]

    var choices: Set<MailChoice> {
        MailPreferences(
            parcels: parcels == true, newOrders: newOrders == true, payouts: payouts == true
        ).choices
    }
}

/// The model of `mail.mustache`.
struct MailPreferencePage {
    struct Choice {
        let name: String
        let label: String
        let isChosen: Bool
    }

    let email: String
    let choices: [Choice]

    init(_ chosen: Set<MailChoice>, email: String) {
        self.email = email
        choices = [
            (MailChoice.parcels, "parcels", localized("Parcels that are on their way to you")),
            (.newOrders, "newOrders", localized("Orders that your shop has got")),
            (.payouts, "payouts", localized("Payouts that are on their way to your bank")),
        ].map { Choice(name: $1, label: $2, isChosen: chosen.contains($0)) }
    }
}
