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

extension LetterFacts {
    /// The amount in the language of the letter.
    var money: String { amount.map(Format.money) ?? localized("the money") }
}
