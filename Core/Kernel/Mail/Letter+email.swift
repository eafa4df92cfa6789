/// What is written of an account's address, to the one before and the one to come.
enum EmailLetter: Hashable, Sendable {
    /// To the address to come.
    case wantedEmail(isTaken: Bool)
    /// To the present one.
    case emailAsked, emailChanged

    var topic: String {
        switch self {
        case .wantedEmail: "account.email-link"
        case .emailAsked: "account.email-asked"
        case .emailChanged: "account.email-changed"
        }
    }
}

extension Letter {
    static func email(_ kind: EmailLetter) -> Letter {
        switch kind {
        case .wantedEmail(isTaken: false):
            Letter(
                localized("Your new e-mail address"),
                localized(
                    """
                    With this link your account gets this address, and you sign in with it. It \
                    works once, within a day.
                    """),
                localized("If you did not ask for it, leave it: nothing happens."))
        case .wantedEmail(isTaken: true):
            Letter(
                localized("Your new e-mail address"),
                localized(
                    """
                    Somebody wanted to use this address for an account, and it is the address of \
                    another one already. If it was you, sign in with it: nothing was changed.
                    """))
        case .emailAsked:
            Letter(
                localized("Another e-mail address was asked for"),
                localized(
                    """
                    Somebody who knows your password asked that your account gets another e-mail \
                    address. It stays as it is until the link is opened that we sent there.
                    """), otherwise)
        case .emailChanged:
            Letter(
                localized("Your e-mail address was changed"),
                localized(
                    """
                    Your account has another e-mail address now, and nothing more is written to \
                    this one. Purchases keep the address they were placed with.
                    """),
                localized("If this was not you, tell us at once."))
        }
    }

    /// What to do about something that one has not done oneself.
    static var otherwise: String {
        localized(
            "If this was not you, change your password now, sign out everywhere, and tell us.")
    }
}
