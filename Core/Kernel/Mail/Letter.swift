import Vocabulary

/// What an event's payload may say; each event has some of it.
struct LetterFacts: Codable, Sendable {
    var number: String?
    var amount: Money?
    var note: String?
    var reason: String?
    var failure: String?
    var label: String?
    var oldAccount: String?
    var newAccount: String?
    var payoutsFrom: Instant?
    var graceDays: Int?
    var respondBy: Instant?
    /// What a shop gave back of a lost dispute.
    var charged: Money?
}

/// What a person is written of an event: a subject and some sentences. Pure. Nothing in it is
/// secret, for e-mail is a postcard.
struct Letter: Hashable, Sendable {
    let subject: String
    let sentences: [String]

    init(_ subject: String, _ sentences: String?...) {
        self.subject = subject
        self.sentences = sentences.compactMap { $0 }
    }

    /// The whole text.
    /// - Parameter home: where one chooses what one is written of.
    /// - Parameter isGuest: whether the purchase is in nobody's account.
    func body(
        to name: String?, about link: String?, home: String, isGuest: Bool = false
    ) -> String {
        let elsewhere = "On another device, or to keep it in an account: \(home)/find-purchase"
        let links = [link, isGuest && link != nil ? elsewhere : nil].compactMap { $0 }
        let foot =
            "-- \nGuildhall. You get this because you buy or sell here; what you get you choose "
            + "under \(home)/mail. Nobody reads answers to it."
        let hello = name.map { "Hello \($0)," } ?? "Hello,"
        return ([hello] + sentences + links + [foot]).joined(separator: "\n\n") + "\n"
    }

    /// With the link that puts a guest's purchase into an account.
    init(claiming number: String) {
        self.init(
            "Your purchase \(number)",
            "With this link you put your purchase \(number) into an account of yours, and see "
                + "from everywhere how it stands. It works once, until tomorrow.",
            "If you did not ask for it, leave it: nothing happens.")
    }

    /// The letter of an event for one audience; nil for what nobody is written of.
    init?(_ topic: String, for audience: Notice.Audience, _ facts: LetterFacts) {
        let letter =
            switch audience {
            case .customer: Self.customer(topic, facts)
            case .seller:
                Self.order(topic, facts) ?? Self.money(topic, facts)
                    ?? Self.shop(topic, facts) ?? Self.dispute(topic, facts)
            case .administrator: Self.administrator(topic, facts)
            }
        guard let letter else { return nil }
        self = letter
    }

    /// Whether only those in a shop are written who may see its money.
    static func isAboutMoney(_ topic: String) -> Bool {
        topic.hasPrefix("payout") || topic.hasPrefix("dispute.")
    }

    private static func customer(_ topic: String, _ facts: LetterFacts) -> Letter? {
        let number = facts.number ?? ""
        let amount = facts.amount.map { "\($0)" } ?? ""
        if topic.hasPrefix("account.") { return account(topic) }
        return switch topic {
        case "purchase.paid":
            Letter(
                "Your purchase \(number) is placed",
                "Thank you. Your purchase \(number) over \(amount) is placed and paid.",
                "Each maker packs and ships their own part; we write when a parcel leaves.")
        case "purchase.promised":
            Letter(
                "Your purchase \(number) is placed",
                "Thank you. Your purchase \(number) over \(amount) is placed.",
                "You pay when your things are handed over. We write when the parcel leaves.")
        case "purchase.payment-failed":
            Letter(
                "Your purchase \(number) was not paid",
                "The payment of \(amount) for your purchase \(number) failed; nothing was bought.")
        case "purchase.expired":
            Letter(
                "Your purchase \(number) ran out of time",
                "Your purchase \(number) was not paid in time; nothing was bought.")
        case "order.shipped":
            Letter(
                "Your order \(number) is on its way",
                "The maker has shipped your order \(number).",
                facts.note.map { "How: \($0)" })
        case "order.cancelled":
            Letter(
                "Your order \(number) was cancelled",
                "Your order \(number) was cancelled\(because(facts.note))",
                "What you paid for it, \(amount), goes back to you.")
        case "order.called-off":
            Letter(
                "Your order \(number) was cancelled",
                "Your order \(number) was cancelled\(because(facts.note))",
                "Nothing was paid for it, and you owe nothing.")
        case "order.refunded":
            Letter(
                "Money of your order \(number) went back to you",
                "We sent \(amount) of your order \(number) back to you\(because(facts.note))",
                "Your bank may need some days to show it.")
        case "order.refund-returned":
            Letter(
                "Your bank sent our refund back",
                "We sent \(amount) of your order \(number) back to you, and your bank returned it.",
                "The money is still yours. Tell us where it may go, or we try the same way again.")
        default: nil
        }
    }

    /// What concerns somebody's safety: nobody may do without it.
    private static func account(_ topic: String) -> Letter? {
        let otherwise =
            "If this was not you, change your password now, sign out everywhere, and tell us."
        return switch topic {
        case "account.two-step-on":
            Letter(
                "Two-step sign-in is on",
                "From now on, signing in asks for a code of your authenticator app.", otherwise)
        case "account.two-step-off":
            Letter(
                "Two-step sign-in is off",
                "Signing in asks for your password alone from now on.", otherwise)
        case "account.recovery-codes-renewed":
            Letter(
                "You have new recovery codes",
                "New recovery codes were made for your account; those before open nothing more.",
                otherwise)
        case "account.recovery-code-used":
            Letter(
                "A recovery code was used",
                "Somebody signed in to your account with a recovery code, in place of a code of "
                    + "your authenticator app.", otherwise)
        case "account.two-step-locked":
            Letter(
                "Somebody types wrong codes for your account",
                "Your password was typed rightly and then several wrong codes. For a quarter of "
                    + "an hour no code is taken.", otherwise)
        default: nil
        }
    }

    private static func order(_ topic: String, _ facts: LetterFacts) -> Letter? {
        let number = facts.number ?? ""
        return switch topic {
        case "order.paid":
            Letter(
                "Order \(number) waits to be packed",
                "Order \(number) is paid and waits to be packed.",
                facts.amount.map { "It brings you \($0)." })
        case "order.promised":
            Letter(
                "Order \(number) waits to be packed",
                "Order \(number) waits to be packed. The customer pays you at its delivery.",
                "Say on its page that you have the money when you have it.")
        case "order.cash-due":
            Letter(
                "Was order \(number) paid for?",
                "Order \(number) was delivered a week ago, and the customer was to pay you "
                    + "\(facts.amount.map { "\($0)" } ?? "") at the door.",
                "Say on its page that you have the money, or that the delivery was refused. "
                    + "If you say nothing for another week, the market decides.")
        case "order.cash-decided":
            Letter(
                "Order \(number) counts as paid",
                "You never said whether order \(number) was paid for at its delivery. The market "
                    + "decided that it was\(because(facts.note))",
                facts.amount.map { "You owe the market \($0) of it; your next sales pay it." })
        case "order.capture-refused": notTaken(facts)
        case "order.cancelled":
            Letter(
                "Order \(number) was cancelled",
                "Order \(number) was cancelled\(because(facts.note)) Do not ship it.")
        case "order.refunded":
            Letter(
                "Money of order \(number) went back",
                "Money of order \(number) went back to the customer\(because(facts.note))")
        case "order.refund-failed", "order.refund-returned": notRefunded(topic, facts)
        default: nil
        }
    }

    private static func money(_ topic: String, _ facts: LetterFacts) -> Letter? {
        let amount = facts.amount.map { "\($0)" } ?? "Money"
        return switch topic {
        case "payout.paid":
            Letter("A payout of \(amount) was sent", "\(amount) is on its way to your bank.")
        case "payout.failed":
            Letter(
                "A payout of \(amount) could not be made",
                "A payout of \(amount) could not be made\(because(facts.failure))",
                "The money is available again.")
        case "payout.returned" where facts.failure == Payout.takenBackWords:
            Letter(
                "A payout of \(amount) was taken back",
                "The market took a payout of \(amount) back out of your account at the payment "
                    + "provider.", "Your money page says what becomes of it.")
        case "payout.returned":
            Letter(
                "Your bank sent a payout of \(amount) back",
                "Your bank sent a payout of \(amount) back\(because(facts.failure))",
                "The money is available again. Payouts wait until you look at your bank details.")
        case "payouts.frozen":
            Letter(
                "Your payouts are held",
                "Your payouts are held for now\(because(facts.reason))",
                "Nothing of your money is lost: it stays available.")
        case "payouts.unfrozen":
            Letter("Your payouts go on", "Your payouts are no longer held.")
        default: nil
        }
    }

    private static func shop(_ topic: String, _ facts: LetterFacts) -> Letter? {
        switch topic {
        case "invoice.paid":
            Letter(
                "Your payment of invoice \(facts.number ?? "") arrived",
                "\(facts.amount.map { "\($0)" } ?? "Your payment") arrived for invoice "
                    + "\(facts.number ?? ""). Thank you.")
        case "wallet.account-changed":
            Letter(
                "Your bank details were changed",
                "Somebody in your shop changed where \(facts.label ?? "a wallet") is paid out to: "
                    + "from \(facts.oldAccount ?? "nowhere") to \(facts.newAccount ?? "nowhere").",
                facts.payoutsFrom.map {
                    "To be safe, payouts to it are held until \(MailMessage.date($0))."
                },
                "If this was not you or your team, change your password now and tell us.")
        case "seller.verified":
            Letter(
                "Your shop is verified",
                "Your shop is verified: what you publish is for sale from now on.")
        case "seller.rejected":
            Letter(
                "Your application needs a change",
                "We could not verify your shop yet\(because(facts.reason))",
                "Change what is missing and send it in again.")
        case "seller.suspended":
            Letter(
                "Your shop is suspended",
                "Your shop is suspended\(because(facts.reason)) Open orders go on.")
        case "seller.in-debt":
            Letter(
                "Your shop owes the market money",
                "Money went back to customers after it had been paid out to you.",
                facts.graceDays.map {
                    "Your next sales pay it; after \($0) days without that your payouts stop."
                })
        case "seller.restricted":
            Letter(
                "Your shop is restricted",
                "Your shop still owes the market money: until it is paid, nothing is paid out and "
                    + "nothing new can be published.")
        default: nil
        }
    }

    private static func administrator(_ topic: String, _ facts: LetterFacts) -> Letter? {
        switch topic {
        case "order.capture-refused": notTaken(facts)
        case "order.refund-failed", "order.refund-returned": notRefunded(topic, facts)
        default: nil
        }
    }

    private static func notTaken(_ facts: LetterFacts) -> Letter {
        let number = facts.number ?? ""
        return Letter(
            "The money of order \(number) was not taken",
            "The provider refused to take the money of order \(number)\(because(facts.note))",
            "We ask again by ourselves for some days; the order's page says how it went.")
    }

    private static func notRefunded(_ topic: String, _ facts: LetterFacts) -> Letter {
        let number = facts.number ?? ""
        let came = topic == "order.refund-returned"
        return Letter(
            "A refund of order \(number) \(came ? "came back" : "failed")",
            "\(facts.amount.map { "\($0)" } ?? "Money") of order \(number) did not reach the "
                + "customer\(because(facts.note))",
            "The money is in the books again, and the order's page can send it once more.")
    }

    static func because(_ reason: String?) -> String {
        guard let reason, !reason.isEmpty else { return "." }
        return ": " + reason + (".!?".contains(reason.last ?? "x") ? "" : ".")
    }
}
