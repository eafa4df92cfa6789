extension Letter {
    /// What a shop is written of its orders.
    static func order(_ topic: String, _ facts: LetterFacts) -> Letter? {
        let number = facts.number ?? ""
        return switch topic {
        case "order.paid":
            Letter(
                localized("Order \(number) waits to be packed"),
                localized("Order \(number) is paid and waits to be packed."),
                facts.amount.map { localized("It brings you \(Format.money($0)).") })
        case "order.promised":
            Letter(
                localized("Order \(number) waits to be packed"),
                localized(
                    """
                    Order \(number) waits to be packed. The customer pays you at its delivery.
                    """),
                localized("Say on its page that you have the money when you have it."))
        case "order.cash-due":
            Letter(
                localized("Was order \(number) paid for?"),
                localized(
                    """
                    Order \(number) was delivered a week ago, and the customer was to pay you \
                    \(facts.money) at the door.
                    """),
                localized(
                    """
                    Say on its page that you have the money, or that the delivery was refused. If \
                    you say nothing for another week, the market decides.
                    """))
        case "order.cash-decided":
            Letter(
                localized("Order \(number) counts as paid"),
                localized(
                    """
                    You never said whether order \(number) was paid for at its delivery. The \
                    market decided that it was\(because(facts.note))
                    """),
                facts.amount.map {
                    localized(
                        "You owe the market \(Format.money($0)) of it; your next sales pay it.")
                })
        case "order.capture-refused": notTaken(facts)
        case "order.cancelled":
            Letter(
                localized("Order \(number) was cancelled"),
                localized("Order \(number) was cancelled\(because(facts.note)) Do not ship it."))
        case "order.part-called-off":
            Letter(
                localized("A part of order \(number) was called off"),
                localized("A part of order \(number) was called off\(because(facts.note))"),
                localized("Its page says what is left to ship."))
        case "order.refunded":
            Letter(
                localized("Money of order \(number) went back"),
                localized(
                    "Money of order \(number) went back to the customer\(because(facts.note))"))
        case "order.refund-failed", "order.refund-returned": notRefunded(topic, facts)
        default: nil
        }
    }

    /// What a shop is written of its money.
    static func money(_ topic: String, _ facts: LetterFacts) -> Letter? {
        let money = facts.money
        let failed = because(facts.failure.map { PayoutFailure.said($0) })
        let held = because(facts.reason.map { FreezeReason.said($0) })
        return switch topic {
        case "payout.paid":
            Letter(
                localized("A payout of \(money) was sent"),
                localized("\(money) is on its way to your bank."))
        case "payout.failed":
            Letter(
                localized("A payout of \(money) could not be made"),
                localized("A payout of \(money) could not be made\(failed)"),
                localized("The money is available again."))
        case "payout.returned" where facts.failure == Payout.takenBackWords:
            Letter(
                localized("A payout of \(money) was taken back"),
                localized(
                    """
                    The market took a payout of \(money) back out of your account at the payment \
                    provider.
                    """), localized("Your money page says what becomes of it."))
        case "payout.returned":
            Letter(
                localized("Your bank sent a payout of \(money) back"),
                localized("Your bank sent a payout of \(money) back\(failed)"),
                localized(
                    """
                    The money is available again. Payouts wait until you look at your bank details.
                    """))
        case "bank-payout.failed":
            Letter(
                localized("Your bank did not take a payout of \(money)"),
                localized(
                    """
                    Your bank did not take a payout of \(money) from your account at the payment \
                    provider\(because(facts.failure))
                    """),
                localized(
                    """
                    The money is in that account again. Look there at the bank account that you \
                    gave.
                    """))
        case "bank-debit.failed":
            Letter(
                localized("Your bank did not pay \(money)"),
                localized(
                    """
                    Your account at the payment provider owed \(money), and your bank did not pay \
                    it\(because(facts.failure))
                    """),
                localized(
                    """
                    The account owes it still. Look there at the bank account that you gave.
                    """))
        case "payouts.frozen":
            Letter(
                localized("Your payouts are held"),
                localized("Your payouts are held for now\(held)"),
                localized("Nothing of your money is lost: it stays available."))
        case "payouts.unfrozen":
            Letter(
                localized("Your payouts go on"), localized("Your payouts are no longer held."))
        default: nil
        }
    }

    /// What a shop is written of itself.
    static func shop(_ topic: String, _ facts: LetterFacts) -> Letter? {
        switch topic {
        case "invoice.paid":
            Letter(
                localized("Your payment of invoice \(facts.number ?? "") arrived"),
                localized(
                    "\(facts.money) arrived for invoice \(facts.number ?? ""). Thank you."))
        case "wallet.account-changed":
            Letter(
                localized("Your bank details were changed"),
                localized(
                    """
                    Somebody in your shop changed where \(facts.label ?? localized("a wallet")) is \
                    paid out to: from \(facts.oldAccount ?? localized("nowhere")) to \
                    \(facts.newAccount ?? localized("nowhere")).
                    """),
                facts.payoutsFrom.map {
                    localized("To be safe, payouts to it are held until \(Format.time($0)).")
                },
                localized(
                    "If this was not you or your team, change your password now and tell us."))
        case "seller.verified":
            Letter(
                localized("Your shop is verified"),
                localized("Your shop is verified: what you publish is for sale from now on."))
        case "seller.rejected":
            Letter(
                localized("Your application needs a change"),
                localized("We could not verify your shop yet\(because(facts.reason))"),
                localized("Change what is missing and send it in again."))
        case "seller.suspended":
            Letter(
                localized("Your shop is suspended"),
                localized("Your shop is suspended\(because(facts.reason)) Open orders go on."))
        case "seller.in-debt":
            Letter(
                localized("Your shop owes the market money"),
                localized("Money went back to customers after it had been paid out to you."),
                facts.graceDays.map {
                    localized(
                        """
                        Your next sales pay it; after \($0) days without that your payouts stop.
                        """)
                })
        case "seller.restricted":
            Letter(
                localized("Your shop is restricted"),
                localized(
                    """
                    Your shop still owes the market money: until it is paid, nothing is paid out \
                    and nothing new can be published.
                    """))
        default: nil
        }
    }
}
