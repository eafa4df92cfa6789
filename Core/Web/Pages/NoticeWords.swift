import Kernel

extension Notice {
    /// What happened, as a person would say it.
    public var sentence: String {
        let about = Self.members(payload)
        let number = about["number"]?.string ?? ""
        let label = about["label"]?.string ?? ""
        let note = Self.remark(about["note"]?.string)
        let why = Self.remark(about["reason"]?.string)
        return switch topic {
        case "order.paid": localized("Order \(number) is paid and waits to be packed.")
        case "order.promised":
            localized("Order \(number) waits to be packed; it is paid for when it is handed over.")
        case "order.capture-refused":
            localized("The money of order \(number) was not taken: the provider refused\(note)")
                + "."
        case "dispute.unreadable":
            localized(
                """
                Dispute \(number) at \(label) cannot be read\(note). Look at it there: it has to \
                be answered in time.
                """)
        case "order.cash-due":
            localized("Was order \(number) paid for at its delivery? Say so on its page.")
        case "order.cash-decided":
            localized(
                "Order \(number) counts as paid at its delivery: its commission is owed\(note)")
                + "."
        case "order.cancelled": localized("Order \(number) was cancelled\(note).")
        case "order.part-called-off":
            localized("A part of order \(number) was called off\(note).")
        case "order.delivered": localized("Order \(number) has arrived.")
        case "seller.verified": localized("Your shop is verified.")
        case "seller.rejected": localized("Your application needs a change\(why).")
        case "seller.suspended": localized("Your shop is suspended\(why).")
        case "payout.paid": localized("A payout is with your bank.")
        case "payout.failed": localized("A payout could not be made\(note).")
        case "bank-payout.failed":
            localized(
                "Your bank did not take a payout from your account at the payment provider\(note).")
        case "bank-debit.failed":
            localized(
                "Your bank did not pay what your account at the payment provider owed\(note).")
        case "order.refunded": localized("Money of order \(number) went back\(note).")
        case "invoice.paid": localized("Your payment of invoice \(number) arrived.")
        case "order.refund-failed": localized("A refund of order \(number) failed\(note)") + "."
        case "order.refund-returned":
            localized("A refund of order \(number) came back\(note)") + "."
        default:
            // A topic is a past-tense fact: `payout.paid` says enough with its number.
            topic.replacing(".", with: " ").replacing("-", with: " ")
                + (number.isEmpty ? "" : " \(number)") + note
        }
    }

    /// `: late`, without the full stop that the sentence around it has.
    private static func remark(_ reason: String?) -> String {
        guard var reason, !reason.isEmpty else { return "" }
        while reason.hasSuffix(".") { reason.removeLast() }
        return ": \(reason)"
    }

    private static func members(_ payload: String) -> [String: JSONValue] {
        do {
            guard case .object(let members) = try JSONParser.parse(Array(payload.utf8)) else {
                return [:]
            }
            return members
        } catch { return [:] }
    }
}
