import Kernel
import Vocabulary
import Web

/// What came of payments, on pages.
enum ReceiptPages {
    static func review(_ page: Kernel.Page<PaymentCase>, maySettle: Bool) -> DeskPage {
        let rows = page.items.map { payment in
            [
                Cell(data: payment.purchaseNumber, to: Links.purchase(payment.purchase)),
                .state(payment.state),
                Cell(data: payment.instanceName, to: Links.provider(payment.instance)),
                .money(payment.amount), .money(payment.received), .time(payment.createdAt),
            ]
        }
        let forms = page.items.filter { _ in maySettle }.map { payment in
            DeskForm.reasoned(
                "Done with \(payment.purchaseNumber)", to: "/payments/\(payment.id)/review",
                hint: "It leaves this list for good. No money moves by it.")
        }
        return DeskPage(
            "Money to look at",
            lead: "More came than was asked for, or it came for a payment that is over.",
            [
                Block(
                    table: Table(
                        ["Purchase", "State", "Provider", "Asked for#", "Came#", "Begun"], rows),
                    forms: forms, nothing: "All money that came was asked for.",
                    more: page.next.map {
                        Links.with("/payments/to-review", [("after", Cursor.seal($0))])
                    })
            ])
    }

    /// What came of a payment, and the form for more of it.
    static func receipts(of payment: PaymentAnswer, mayConfirm: Bool) -> [Block] {
        let forms = mayConfirm && payment.isConfirmable ? [form(payment)] : []
        guard !payment.receipts.isEmpty || !forms.isEmpty else { return [] }
        let rows = payment.receipts.map { receipt in
            [
                .time(receipt.receivedAt), .money(receipt.amount), Cell(data: line(receipt.id)),
                Cell(
                    data: [receipt.orderNumber, receipt.sellerName].compactMap { $0 }
                        .joined(separator: ", ")),
                Cell(receipt.isFinal ? "certain" : "not certain yet"),
                Cell(receipt.confirmedBy.map(Phrase.data) ?? "the provider"),
                Cell(data: receipt.note ?? ""),
            ] as [Cell]
        }
        return [
            Block(
                "What came",
                text: rows.isEmpty ? nil : .data(localized(sentence: payment.receivedSentence)),
                table: Table(["When", "Amount#", "What", "For", "Certain", "Says", "Note"], rows),
                forms: forms, nothing: "Nothing came yet.")
        ]
    }

    /// The line of the statement as it was typed; entries of ours that had none have no name.
    private static func line(_ id: String) -> String {
        let (mark, text) = (id.prefix { $0 != ":" }, id.drop { $0 != ":" }.dropFirst())
        return switch mark {
        case "said": String(text)
        case "entry": ""
        default: id
        }
    }

    private static func form(_ payment: PaymentAnswer) -> DeskForm {
        let open = max(payment.amount.amount - payment.received.amount, 0)
        return DeskForm(
            "Money came", to: "/payments/\(payment.id)/receipts",
            hint: """
                Parts add up. What is too much is listed under money to look at; what comes after \
                the end of the purchase goes back.
                """,
            [
                .amount(
                    "amount.amount", "How much, in \(payment.amount.currency)",
                    in: "amount.currency",
                    open > 0 ? Money(open, payment.amount.currency) : nil),
                .hidden("amount.currency", payment.amount.currency.code),
                .line(
                    "receivedOn", "Day (UTC)", help: "Empty: now.", required: false, type: "date"),
                .line(
                    "reference", "The line of the statement",
                    help: "What tells it apart at the bank; none counts twice.", required: false),
                .line("note", "Note", required: false),
            ])
    }
}
