import Kernel

/// What stands beside a moment of an order's life: what a program wrote, in the language of the
/// page; what a person or a provider wrote, as it is.
public enum EventNote {
    /// What programs write, by the kind of the event.
    static let keys: [String: [String]] = [
        "cancelled": [
            "It was not paid in time.", "The customer ended it before it was paid.",
        ],
        "capture-requested": ["{money}, once more"],
        "captured": ["{money}"],
        "delivered": ["{1} days after shipment", "It was paid for."],
        "money-confirmed": received, "money-to-look-at": received,
        "paid-too-late": ["The customer paid the seller after the order was over."],
        "part-called-off": ["{money}: {typed}"],
        "refund-requested": [
            "{money}: It was paid after the order was over.", "{money}: {typed}",
        ],
        "refund-returned": ["{money}: {typed}"],
        "refunded": ["{money}", "{money} by the seller, {typed}"],
        "shipped": ["nothing of it is left to ship"],
    ]

    /// How what came compares with what was asked for.
    private static let received = [
        "Nothing came yet.", "{money} came, {more} is missing.",
        "{money} came, {more} more than was asked for.", "{money} came.",
        "{money} came: {more} too much for one maker, {missing} too little for another.",
        unpaid,
    ]
    /// Behind one of them.
    static let unpaid = "The purchase was not paid whole: who got it gives it back."
    private static let sentences = keys.mapValues { KnownSentences($0) }

    /// - Parameter kind: as the order's event has it, `refund-requested`.
    public static func said(_ note: String?, of kind: String) -> String? {
        guard let note, let known = sentences[kind] else { return note }
        guard note.hasSuffix(" " + unpaid) else { return known.said(note) }
        return known.said(String(note.dropLast(unpaid.count + 1))) + " " + known.said(unpaid)
    }
}
