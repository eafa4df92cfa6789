import ProviderKit
import Vocabulary

extension TransferBatch {
    /// A customer credit transfer initiation: `pain.001.001.03` or `.09` of ISO 20022, by the
    /// EPC's implementation guidelines for SEPA credit transfers (EPC132-08).
    func creditTransferInitiation(_ format: BankFilePayouts.Format) -> String {
        let isNew = format == .pain09
        let day = executeOn.description.prefix(10)
        var xml = XMLText()
        xml.open("Document", "xmlns=\"urn:iso:std:iso:20022:tech:xsd:\(format.rawValue)\"")
        xml.open("CstmrCdtTrfInitn")
        xml.open("GrpHdr")
        xml.element("MsgId", messageID)
        xml.element("CreDtTm", String(createdAt.description.prefix(19)) + "Z")
        xml.element("NbOfTxs", String(transfers.count))
        xml.element("CtrlSum", total.decimalText)
        xml.open("InitgPty")
        xml.element("Nm", debtor.name.text)
        xml.close("InitgPty")
        xml.close("GrpHdr")
        xml.open("PmtInf")
        xml.element("PmtInfId", messageID + "-1")
        xml.element("PmtMtd", "TRF")
        xml.element("BtchBookg", "true")
        xml.element("NbOfTxs", String(transfers.count))
        xml.element("CtrlSum", total.decimalText)
        xml.open("PmtTpInf")
        xml.open("SvcLvl")
        xml.element("Cd", "SEPA")
        xml.close("SvcLvl")
        xml.close("PmtTpInf")
        if isNew {
            xml.open("ReqdExctnDt")
            xml.element("Dt", String(day))
            xml.close("ReqdExctnDt")
        } else {
            xml.element("ReqdExctnDt", String(day))
        }
        write(debtor, to: &xml, isNew)
        xml.element("ChrgBr", "SLEV")
        for transfer in transfers { write(transfer, to: &xml, isNew) }
        xml.close("PmtInf")
        xml.close("CstmrCdtTrfInitn")
        xml.close("Document")
        return xml.text
    }

    private func write(_ debtor: DebtorAccount, to xml: inout XMLText, _ isNew: Bool) {
        xml.open("Dbtr")
        xml.element("Nm", debtor.name.text)
        xml.close("Dbtr")
        write(debtor.iban, as: "DbtrAcct", to: &xml)
        xml.open("DbtrAgt")
        xml.open("FinInstnId")
        if let bic = debtor.bic {
            xml.element(isNew ? "BICFI" : "BIC", bic.text)
        } else {
            // The guidelines' word for an account whose IBAN says enough.
            xml.open("Othr")
            xml.element("Id", "NOTPROVIDED")
            xml.close("Othr")
        }
        xml.close("FinInstnId")
        xml.close("DbtrAgt")
    }

    private func write(_ transfer: CreditTransfer, to xml: inout XMLText, _ isNew: Bool) {
        xml.open("CdtTrfTxInf")
        xml.open("PmtId")
        xml.element("EndToEndId", transfer.endToEndID)
        xml.close("PmtId")
        xml.open("Amt")
        xml.element(
            "InstdAmt", transfer.amount.decimalText, "Ccy=\"\(transfer.amount.currency.code)\"")
        xml.close("Amt")
        if let bic = transfer.bic {
            xml.open("CdtrAgt")
            xml.open("FinInstnId")
            xml.element(isNew ? "BICFI" : "BIC", bic.text)
            xml.close("FinInstnId")
            xml.close("CdtrAgt")
        }
        xml.open("Cdtr")
        xml.element("Nm", transfer.name.text)
        xml.close("Cdtr")
        write(transfer.iban, as: "CdtrAcct", to: &xml)
        if let remittance = transfer.remittance {
            xml.open("RmtInf")
            xml.element("Ustrd", remittance.text)
            xml.close("RmtInf")
        }
        xml.close("CdtTrfTxInf")
    }

    private func write(_ iban: AccountNumber, as name: String, to xml: inout XMLText) {
        xml.open(name)
        xml.open("Id")
        xml.element("IBAN", iban.text)
        xml.close("Id")
        xml.close(name)
    }
}

/// XML under construction; contents are escaped, names are ours.
struct XMLText {
    private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private var depth = 0

    mutating func open(_ name: String, _ attributes: String = "") {
        line("<\(name)\(attributes.isEmpty ? "" : " " + attributes)>")
        depth += 1
    }

    mutating func close(_ name: String) {
        depth -= 1
        line("</\(name)>")
    }

    mutating func element(_ name: String, _ content: String, _ attributes: String = "") {
        let opening = attributes.isEmpty ? name : name + " " + attributes
        line("<\(opening)>\(Self.escaped(content))</\(name)>")
    }

    private mutating func line(_ content: String) {
        text += String(repeating: "  ", count: depth) + content + "\n"
    }

    static func escaped(_ content: String) -> String {
        var text = ""
        for character in content {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&apos;"
            default: text.append(character)
            }
        }
        return text
    }
}
