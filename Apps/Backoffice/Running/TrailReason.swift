import Kernel
import Vocabulary

/// Why something was done, as a row of the trail shows it: what a program wrote in the language of
/// the page, what a person wrote as it is.
enum TrailReason {
    /// What programs write of an act; what is typed stands at places of its own.
    static let keys: [String: [String]] = [
        "account.role-granted": ["{role}: {typed}"],
        "account.role-withdrawn": ["{role}: {typed}"],
        "bank-report.read": ["{1}: {2} payouts settled"],
        "clock.moved": ["by {1} seconds, to {2}", "by {1} seconds, to {2}: {typed}"],
        "order.capture-requested": ["{money}, once more", "{money}, once more: {typed}"],
        "order.part-called-off": ["{money}: {typed}"],
        "order.refund-confirmed": ["{money}, {typed}"],
        "order.refund-recorded": ["{money}, {typed}"],
        "order.refund-requested": [
            "{money}: It was paid after the order was over.",
            "{money}: It was paid after the order was over.; asked for again: {again}",
            "{money}: {typed}; asked for again: {again}", "{money}: {typed}",
        ],
        "invoice.paid": ["{money}, {typed}"],
        "payout-file.made": ["{1} payouts, {money}"],
        "payout-plan.approved": ["approved at the command line"],
        "payout.contradicted": ["It was paid after it had failed."],
        "payout.part-taken-back": [
            "A part of it was taken back at the provider. In the books it is still paid in full."
        ],
        "payouts.frozen": ["A failed payout was paid: {1}"],
        "provider.reconciled": ["{1}: {2} matched, {3} not"],
        "seller.closed": ["closed by its owner"],
        "seller.hold-changed": ["{1} days: {typed}"],
        "seller.member-added": ["{1}: {role}"], "seller.member-changed": ["{1}: {role}"],
        "seller.restricted": ["in debt for {1} days"],
        "settlement.recorded": ["{money}, {typed}"],
    ]

    private static let sentences = keys.mapValues { KnownSentences($0) }

    /// Acts of which the reason is one word of ours.
    private static let words: Set<String> = [
        "account.role-granted", "account.role-withdrawn", "seller.document-added",
    ]

    static func said(_ entry: AuditEntry) -> String? {
        guard let reason = entry.reason else { return nil }
        switch entry.action {
        case "payment.confirmed": return endingInSentence(reason)
        // What a provider answered is its own; what we say of one that cannot do it is ours.
        case "bank-payout.refused", "payout.take-back-refused":
            return Words.current.sentence(reason) ?? reason
        default:
            if words.contains(entry.action), !reason.contains(":") { return reason.inWords }
            return sentences[entry.action]?.said(reason) ?? reason
        }
    }

    /// What was typed, and behind it what came in a sentence of ours.
    private static func endingInSentence(_ reason: String) -> String {
        for colon in reason.ranges(of: ": ").reversed() {
            if let said = Words.current.sentence(String(reason[colon.upperBound...])) {
                return reason[..<colon.upperBound] + said
            }
        }
        return Words.current.sentence(reason) ?? reason
    }
}
