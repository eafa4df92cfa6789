import Vocabulary

extension BankReport {
    /// A payment status report: of transfers, of the payments of a file, of the file.
    static func statuses(_ report: XMLElement) -> [Line] {
        let original = report["OrgnlGrpInfAndSts"]
        let message = original?["OrgnlMsgId"]?.text ?? ""
        var lines: [Line] = []
        for payment in report.all("OrgnlPmtInfAndSts") {
            lines += payment.all("TxInfAndSts").compactMap(status)
            if let word = payment["PmtInfSts"]?.text, !message.isEmpty {
                lines.append(
                    ofFile(message, word, reason(payment["StsRsnInf"])))
            }
        }
        if let word = original?["GrpSts"]?.text, !message.isEmpty {
            lines.append(ofFile(message, word, reason(original?["StsRsnInf"])))
        }
        return lines
    }

    private static func status(_ transfer: XMLElement) -> Line? {
        guard let reference = reference(transfer["OrgnlEndToEndId"]),
            let word = transfer["TxSts"]?.text
        else { return nil }
        return Line(
            reference: reference, isFile: false, outcome: outcome(word),
            amount: money(transfer.at("OrgnlTxRef", "Amt", "InstdAmt")),
            reason: reason(transfer["StsRsnInf"]))
    }

    private static func ofFile(_ message: String, _ word: String, _ reason: String?) -> Line {
        Line(
            reference: message, isFile: true, outcome: outcome(word), amount: nil, reason: reason)
    }

    /// ISO 20022 ExternalPaymentTransactionStatus1Code: what is settled, what never will be, and
    /// everything between.
    private static func outcome(_ word: String) -> Outcome {
        switch word {
        case "ACSC", "ACCC": .executed
        case "RJCT", "CANC": .returned
        default: .underWay
        }
    }

    /// The booked lines of accounts. A debit with our reference is a transfer that was executed, a
    /// credit one that came back; debits come first, for a bank may list them in any order.
    static func entries(_ accounts: [XMLElement]) -> [Line] {
        let all = accounts.flatMap { $0.all("Ntry") }.flatMap(lines)
        return all.filter { $0.outcome != .returned } + all.filter { $0.outcome == .returned }
    }

    private static func lines(of entry: XMLElement) -> [Line] {
        let state = entry.at("Sts", "Cd")?.text ?? entry["Sts"]?.text ?? "BOOK"
        let details = entry.all("NtryDtls").flatMap { $0.all("TxDtls") }
        return details.compactMap { detail in
            guard let reference = reference(detail.at("Refs", "EndToEndId")) else { return nil }
            let direction = detail["CdtDbtInd"]?.text ?? entry["CdtDbtInd"]?.text
            // Of a batch each transfer has an amount of its own; alone it is the entry's.
            let own = detail["Amt"] ?? detail.at("AmtDtls", "TxAmt", "Amt")
            let outcome: Outcome =
                state != "BOOK" ? .underWay : direction == "CRDT" ? .returned : .executed
            return Line(
                reference: reference, isFile: false, outcome: outcome,
                amount: money(own ?? (details.count == 1 ? entry["Amt"] : nil)),
                reason: outcome == .returned ? reason(detail["RtrInf"]) : nil)
        }
    }

    /// Nil for what has none: banks write NOTPROVIDED then.
    private static func reference(_ element: XMLElement?) -> String? {
        guard let text = element?.text, !text.isEmpty, text != "NOTPROVIDED" else { return nil }
        return String(text.prefix(100))
    }
}
