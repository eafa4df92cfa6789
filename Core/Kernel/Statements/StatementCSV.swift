import Vocabulary

extension MonthStatement {
    /// RFC 4180, UTF-8: opening and closing as rows of their own, amounts in major units. The
    /// column `net` adds up from opening to closing.
    public func csv() -> String {
        var rows: [[String]] = [
            [
                "date", "what", "order", "payout", "gross", "fee", "fee_vat", "tax", "net",
                "currency", "sellers_tax",
            ], boundary("opening balance", month.start, opening),
        ]
        rows += lines.items.map { line in
            [
                line.at.description, line.kind.rawValue, line.orderNumber ?? "",
                line.payout?.description ?? "", line.gross.decimalText, line.fee.decimalText,
                line.feeVAT.decimalText, line.tax.decimalText, line.net.decimalText,
                currency.code, line.sellerTax.decimalText,
            ]
        }
        rows.append(boundary("closing balance", month.end, closing))
        return rows.map { CSV.line($0) }.joined()
    }

    private func boundary(_ what: String, _ at: Instant, _ amount: Money) -> [String] {
        [at.description, what, "", "", "", "", "", "", amount.decimalText, currency.code, ""]
    }
}
