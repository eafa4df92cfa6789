import Vocabulary

extension Letter {
    /// The letters that list what was bought.
    static func listsWhatWasBought(_ topic: String) -> Bool {
        topic == "purchase.paid" || topic == "purchase.promised"
    }

    /// The same letter with what was bought and what it came to after its first sentence, and with
    /// the page to print before its last.
    /// - Throws: `MoneyError`, never for amounts that were placed.
    func listing(_ receipt: PurchaseReceipt, at page: String) throws -> Letter {
        let parts = receipt.orders.map { detail in
            let order = detail.order
            let lines = detail.lines.map { line in
                let title =
                    line.optionsText.isEmpty ? line.title : "\(line.title), \(line.optionsText)"
                return "\(line.quantity) × \(title): \(Format.money(line.total))"
            }
            return
                ([localized("Order \(order.number) from \(order.sellerName):")] + lines
                + [localized("Shipping: \(Format.money(order.amounts.shipping))")])
                .joined(separator: "\n")
        }
        let print =
            receipt.purchase.account == nil
            ? localized("Your receipt, to print, in the browser that you bought with: \(page)")
            : localized("Your receipt, to print: \(page)")
        let sums = try Self.sums(of: receipt).joined(separator: "\n")
        var all = Array(sentences.prefix(1))
        all += parts
        all.append(sums)
        all += sentences.dropFirst()
        all.append(print)
        return Letter(subject: subject, sentences: all)
    }

    private static func sums(of receipt: PurchaseReceipt) throws -> [String] {
        let totals = try receipt.totals()
        let added = receipt.taxes.filter { !$0.isIncluded }.map {
            "\($0.said): \(Format.money($0.amount))"
        }
        let included = receipt.taxes.filter(\.isIncluded).map {
            localized("\($0.said), included: \(Format.money($0.amount))")
        }
        return [
            localized("Things: \(Format.money(totals.items))"),
            localized("Shipping: \(Format.money(totals.shipping))"),
        ] + added + [localized("Total: \(Format.money(totals.total))")] + included
    }
}

extension PurchaseReceipt.Tax {
    /// What its module calls it, in the language of the letter where the catalogues have it.
    fileprivate var said: String { Words.current.sentence(label) ?? label }
}
