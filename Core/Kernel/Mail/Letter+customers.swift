extension Letter {
    /// What customers are written of what they bought.
    static func customer(_ topic: String, _ facts: LetterFacts) -> Letter? {
        let number = facts.number ?? ""
        return switch topic {
        case "purchase.paid":
            Letter(
                localized("Your purchase \(number) is placed"),
                localized(
                    """
                    Thank you. Your purchase \(number) over \(facts.money) is placed and paid.
                    """),
                localized(
                    "Each maker packs and ships their own part; we write when a parcel leaves."))
        case "purchase.promised":
            Letter(
                localized("Your purchase \(number) is placed"),
                localized("Thank you. Your purchase \(number) over \(facts.money) is placed."),
                localized(
                    """
                    You pay when your things are handed over. We write when the parcel leaves.
                    """))
        case "purchase.payment-failed":
            Letter(
                localized("Your purchase \(number) was not paid"),
                localized(
                    """
                    The payment of \(facts.money) for your purchase \(number) failed; nothing was \
                    bought.
                    """))
        case "purchase.expired":
            Letter(
                localized("Your purchase \(number) ran out of time"),
                localized("Your purchase \(number) was not paid in time; nothing was bought."))
        case "order.shipped":
            Letter(
                localized("Your order \(number) is on its way"),
                localized("The maker has shipped your order \(number)."),
                facts.note.map { localized("How: \($0)") })
        case "order.cancelled":
            Letter(
                localized("Your order \(number) was cancelled"),
                localized("Your order \(number) was cancelled\(because(facts.note))"),
                localized("What you paid for it, \(facts.money), goes back to you."))
        case "order.called-off":
            Letter(
                localized("Your order \(number) was cancelled"),
                localized("Your order \(number) was cancelled\(because(facts.note))"),
                localized("Nothing was paid for it, and you owe nothing."))
        default: refund(topic, facts)
        }
    }

    private static func refund(_ topic: String, _ facts: LetterFacts) -> Letter? {
        let number = facts.number ?? ""
        return switch topic {
        case "order.part-called-off":
            Letter(
                localized("A part of your order \(number) was called off"),
                localized(
                    "A part of your order \(number) was called off\(because(facts.note))"),
                localized("It will not be charged: \(facts.money) less is taken."))
        case "order.refunded":
            Letter(
                localized("Money of your order \(number) went back to you"),
                localized(
                    """
                    We sent \(facts.money) of your order \(number) back to \
                    you\(because(facts.note))
                    """),
                localized("Your bank may need some days to show it."))
        case "order.refund-returned":
            Letter(
                localized("Your bank sent our refund back"),
                localized(
                    """
                    We sent \(facts.money) of your order \(number) back to you, and your bank \
                    returned it.
                    """),
                localized(
                    """
                    The money is still yours. Tell us where it may go, or we try the same way again.
                    """))
        default: nil
        }
    }

    /// With the link that sets a new password.
    static var forgottenPassword: Letter {
        Letter(
            localized("A new password"),
            localized(
                """
                With this link you choose a new password for your account. It works once, within \
                an hour, signs you out everywhere and ends the tokens of your programs.
                """),
            localized(
                """
                If you did not ask for it, leave it: your password stays as it is. Nobody of ours \
                ever asks you for it.
                """))
    }

    /// What concerns somebody's safety: nobody may do without it.
    static func account(_ topic: String) -> Letter? {
        switch topic {
        case "account.password-changed":
            Letter(
                localized("Your password was changed"),
                localized(
                    """
                    Your account has a new password. Everybody who was signed in with the old one \
                    is signed out, and programs need new tokens.
                    """), otherwise)
        case "account.two-step-on":
            Letter(
                localized("Two-step sign-in is on"),
                localized("From now on, signing in asks for a code of your authenticator app."),
                otherwise)
        case "account.two-step-off":
            Letter(
                localized("Two-step sign-in is off"),
                localized("Signing in asks for your password alone from now on."), otherwise)
        case "account.recovery-codes-renewed":
            Letter(
                localized("You have new recovery codes"),
                localized(
                    """
                    New recovery codes were made for your account; those before open nothing more.
                    """), otherwise)
        case "account.recovery-code-used":
            Letter(
                localized("A recovery code was used"),
                localized(
                    """
                    Somebody signed in to your account with a recovery code, in place of a code of \
                    your authenticator app.
                    """), otherwise)
        case "account.two-step-locked":
            Letter(
                localized("Somebody types wrong codes for your account"),
                localized(
                    """
                    Your password was typed rightly and then several wrong codes. For a quarter of \
                    an hour no code is taken.
                    """), otherwise)
        default: nil
        }
    }
}
